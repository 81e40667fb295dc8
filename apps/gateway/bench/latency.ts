/** How long a message takes on its way in, and its answer on its way out. */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { TelegramEmulator } from "@clawd/emulators/telegram";
import { aPlace, pause, startEchoBot, startGateway } from "./gateway-process.ts";
import { anthropic, configFor, next, people, telegram } from "./networks.ts";
import { figures, type Row } from "./statistics.ts";

const rounds = 250;
/** As many as V8 takes to compile what runs often. */
const warmUp = 150;
/** Below Telegram's pace for all chats together, and with this many people below that of each chat. */
const pauseMilliseconds = 25;
const everybody = people(60);

export async function latency(): Promise<readonly Row[]> {
  const model = await anthropic();
  const network = await telegram();
  const bare = await telegram();
  const place = aPlace(
    configFor(network, model, { dmPolicy: "allowlist", allowFrom: everybody.map(String) }),
  );
  for (const { control } of [network, bare])
    for (const id of everybody) control.addUser({ id, firstName: `Person ${id}` });
  const gateway = await startGateway(place);
  const bot = await startEchoBot(bare.url, bare.token, "echo");
  const wayIn: number[] = [];
  const wayOut: number[] = [];
  const echo: number[] = [];
  const disk: number[] = [];
  const file = openSync(join(place.directory, "waits"), "w");
  try {
    for (let round = 0; round < warmUp + rounds; round++) {
      const from = everybody[round % everybody.length]!;
      const answered = next(model.port, "/v1/messages", "answered");
      const sent = next(network.port, "/sendMessage");
      const asked = say(network, model.port, "/v1/messages", from);
      wayIn.push(await asked);
      wayOut.push((await sent) - (await answered));
      await pause(pauseMilliseconds);
      echo.push(await say(bare, bare.port, "/sendMessage", from));
      disk.push(waitForDisk(file));
      await pause(pauseMilliseconds);
    }
  } finally {
    await gateway.stop();
    await bot.stop();
    closeSync(file);
    place.remove();
    await Promise.all([model, network, bare].map((one) => one.stop()));
  }
  const counted = (values: readonly number[]) => figures(values.slice(warmUp));
  const beside = { what: "bare grammY bot, update to sendMessage", figures: counted(echo) };
  return [
    {
      what: "update to model request",
      unit: "ms",
      goal: { below: 5 },
      ours: counted(wayIn),
      beside,
      openclaw: ["676", "133"],
    },
    {
      what: "update to model request",
      unit: "ms",
      ours: counted(wayIn),
      beside: { what: "one wait for the disk, which it includes", figures: counted(disk) },
    },
    { what: "model's answer to sendMessage", unit: "ms", goal: { below: 5 }, ours: counted(wayOut), beside },
  ];
}

/** Milliseconds from the moment a person's message left the network to the arrival of the request that it leads to. */
async function say(network: TelegramEmulator, port: number, ending: string, from: number): Promise<number> {
  const arrived = next(port, ending);
  const left = next(network.port, "/getUpdates", "answered");
  network.control.say({ from, text: "what is a lobster?" });
  return (await arrived) - (await left);
}

/** Milliseconds until the disk has four more kilobytes. */
export function waitForDisk(file: number): number {
  writeSync(file, Buffer.alloc(4096));
  const startedAt = performance.now();
  fdatasyncSync(file);
  return performance.now() - startedAt;
}
