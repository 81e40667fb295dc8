/** A command that people wait for. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aPlace, commandMemory, type Place, timeCommand, timeNode } from "./gateway-process.ts";
import { figures, type Row } from "./statistics.ts";

const rounds = 15;
const command = ["pairing", "list", "telegram"];

export async function pairingList(): Promise<readonly Row[]> {
  const place = aPlace({ telegram: {} });
  requestIn(place);
  const ours: number[] = [];
  const node: number[] = [];
  const memory: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      ours.push(await timeCommand(place, command));
      node.push(await timeNode(place, ["-e", "0"]));
    }
    for (let round = 0; round < 3; round++) memory.push(await commandMemory(place, command));
  } finally {
    place.remove();
  }
  return [
    {
      what: "`pairing list`",
      unit: "ms",
      goal: { below: 120 },
      ours: figures(ours.slice(1)),
      beside: { what: "`node -e 0`", figures: figures(node.slice(1)) },
      openclaw: ["5,950", "2,350"],
    },
    {
      what: "`pairing list`, most memory",
      unit: "MB",
      ours: figures(memory),
      openclaw: ["496", "288"],
    },
  ];
}

function requestIn({ directory }: Place): void {
  const credentials = join(directory, ".clawdbot/credentials");
  mkdirSync(credentials, { mode: 0o700 });
  const now = new Date().toISOString();
  const request = { id: "42", code: "ABCDEFGH", createdAt: now, lastSeenAt: now, meta: { name: "Ada" } };
  const document = { version: 1, requests: [request] };
  writeFileSync(join(credentials, "telegram-pairing.json"), JSON.stringify(document), { mode: 0o600 });
}
