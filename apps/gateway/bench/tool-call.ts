/**
 * One tool call of a whole gateway, with a model that thinks for no time: from the last byte of the answer that asks for it to
 * the arrival of the request that brings its result. In turns with the engine's own exec and the bare host.
 */
import { execFile } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type AnthropicEmulator, startAnthropicEmulator } from "@clawd/emulators/anthropic";
import { aPlace, pause, startGateway } from "./gateway-process.ts";
import { waitForDisk } from "./latency.ts";
import { configFor, next, people, telegram } from "./networks.ts";
import { figures, type Row } from "./statistics.ts";

const execute = promisify(execFile);
const rounds = 120;
/** As many as V8 takes to compile what runs often. */
const warmUp = 80;
/** Below Telegram's pace for all chats together, and with this many people below that of each chat. */
const pauseMilliseconds = 25;
const everybody = people(60);
const bash = { name: "bash", input: { command: "true" } };
const read = { name: "read", input: { path: "kilobyte" } };
const prepare = { name: "bash", input: { command: "head -c 1024 /dev/zero | tr '\\0' x > kilobyte" } };

export async function toolCall(host: string): Promise<readonly Row[]> {
  const model = await aModelWithHands();
  const network = await telegram();
  const rules = { dmPolicy: "allowlist", allowFrom: everybody.map(String) };
  const place = aPlace({
    ...configFor(network, model, rules),
    agents: { defaults: { sandbox: { mode: "all", docker: { socket: host } } } },
  });
  for (const id of everybody) network.control.addUser({ id, firstName: `Person ${id}` });
  const gateway = await startGateway(place);
  const times = { bash: [] as number[], read: [] as number[] };
  const beside = {
    exec: [] as number[],
    execRead: [] as number[],
    host: [] as number[],
    hostRead: [] as number[],
  };
  const disk: number[] = [];
  const file = openSync(join(place.directory, "waits"), "w");
  const kilobyte = join(place.directory, "kilobyte");
  writeFileSync(kilobyte, "x".repeat(1024));
  const docker = (...words: readonly string[]) =>
    execute("docker", ["exec", container, ...words], { env: { ...process.env, DOCKER_HOST: host } });
  let container = "";
  try {
    for (let round = -1; round < warmUp + rounds; round++) {
      const from = everybody[(round + 1) % everybody.length]!;
      const took = await twoCalls(network, model, from);
      if (round < 0) container = await ofGateway(host, place.directory);
      else {
        times.bash.push(took.bash);
        times.read.push(took.read);
      }
      if (round >= warmUp) {
        beside.exec.push(await timed(() => docker("true")));
        beside.execRead.push(await timed(() => docker("cat", "/workspace/kilobyte")));
        beside.host.push(await timed(() => execute("/bin/bash", ["-c", "true"])));
        beside.hostRead.push(await timed(() => readFile(kilobyte)));
        disk.push(waitForDisk(file));
      }
      await pause(pauseMilliseconds);
    }
  } finally {
    await gateway.stop();
    closeSync(file);
    place.remove();
    await Promise.all([model, network].map((one) => one.stop()));
  }
  const ours = { bash: figures(times.bash.slice(warmUp)), read: figures(times.read.slice(warmUp)) };
  const row = (what: string, own: Row["ours"], other: string, values: readonly number[]): Row => ({
    what,
    unit: "ms",
    ours: own,
    beside: { what: other, figures: figures(values) },
  });
  const goal = { below: 8 };
  return [
    { ...row("whole tool call: `bash true`", ours.bash, "docker exec true", beside.exec), goal },
    row("the same, beside the host", ours.bash, "`bash -c true`, a process of the host", beside.host),
    row("the same", ours.bash, "one wait for the disk, of which it has two", disk),
    { ...row("whole tool call: `read` of 1 KB", ours.read, "docker exec cat", beside.execRead), goal },
    row("the same, beside the host", ours.read, "readFile on the host", beside.hostRead),
  ];
}

/** Asks for a command, then for a file, then says something. The very first command makes the file. */
function aModelWithHands(): Promise<AnthropicEmulator> {
  let isPrepared = false;
  return startAnthropicEmulator({
    respond({ messages }) {
      const content = messages.at(-1)!.content;
      const results = typeof content === "string" ? [] : content.filter(({ type }) => type === "tool_result");
      if (results.length === 0) {
        const first = isPrepared ? bash : prepare;
        isPrepared = true;
        return { toolUses: [first] };
      }
      return JSON.stringify(results).includes("xxxxxxxx") ? { text: "Fine." } : { toolUses: [read] };
    },
  });
}

/** Milliseconds of the gateway's own between the model's answer and the next request, of both calls. */
async function twoCalls(
  network: Awaited<ReturnType<typeof telegram>>,
  model: AnthropicEmulator,
  from: number,
): Promise<{ readonly bash: number; readonly read: number }> {
  const sent = next(network.port, "/sendMessage");
  const asked = next(model.port, "/v1/messages", "answered");
  network.control.say({ from, text: "what is in the file?" });
  const first = await asked;
  const askedAgain = next(model.port, "/v1/messages", "answered");
  const second = await next(model.port, "/v1/messages");
  const answered = await askedAgain;
  const third = await next(model.port, "/v1/messages");
  await sent;
  return { bash: second - first, read: third - answered };
}

/** The container that the gateway whose home this is has made. */
async function ofGateway(host: string, home: string): Promise<string> {
  const env = { ...process.env, DOCKER_HOST: host };
  const { stdout } = await execute(
    "docker",
    ["ps", "-q", "--no-trunc", "--filter", "label=clawdbot.sandbox=1"],
    { env },
  );
  for (const id of stdout.split("\n").filter(Boolean)) {
    const { stdout: mounts } = await execute("docker", ["inspect", "-f", "{{json .Mounts}}", id], { env });
    if (mounts.includes(home)) return id;
  }
  throw new Error("the gateway made no container");
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
