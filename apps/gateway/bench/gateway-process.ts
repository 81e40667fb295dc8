/** The built gateway as a process, and what the kernel says of it and of what it is held against. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../bin/clawdbot.mjs", import.meta.url));
const echoBot = fileURLToPath(new URL("echo-bot.mjs", import.meta.url));
const peakMemory = new URL("peak-memory.mjs", import.meta.url).href;
/** Clock ticks a second in /proc/<pid>/stat (USER_HZ, 100 on Linux). */
const ticks = 100;

export interface Place {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  remove(): void;
}

/** A home of its own, with this config. */
export function aPlace(config: unknown): Place {
  const directory = mkdtempSync(join(tmpdir(), "clawd-bench-"));
  const stateDir = join(directory, ".clawdbot");
  mkdirSync(stateDir, { mode: 0o700 });
  writeFileSync(join(stateDir, "clawdbot.json"), JSON.stringify(config), { mode: 0o600 });
  const environment = {
    PATH: process.env["PATH"],
    HOME: directory,
    CLAWDBOT_STATE_DIR: stateDir,
    CLAWDBOT_LOG_DIR: join(directory, "log"),
  };
  return { directory, environment, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export interface Measured {
  /** User and system CPU time so far, in milliseconds. */
  cpu(): number;
  /** Megabytes: resident, and proportional share. */
  memory(): { readonly resident: number; readonly proportional: number };
  stop(): Promise<void>;
}

export interface MeasuredGateway extends Measured {
  readonly url: string;
  readonly token: string;
}

/** Resolves when the gateway says that it is ready. */
export async function startGateway({ environment, directory }: Place): Promise<MeasuredGateway> {
  const child = spawn(process.execPath, [bin, "gateway", "--json", "--port", "0"], {
    env: environment,
    cwd: directory,
  });
  const line = await firstLine(child, /\{"event":"ready".*\}/);
  const { port } = JSON.parse(line) as { port: number };
  return {
    ...measured(child),
    url: `http://127.0.0.1:${port}`,
    token: readFileSync(join(directory, ".clawdbot/credentials/gateway-token"), "utf8").trim(),
  };
}

/** A bare grammY bot at the same kind of server; resolves when it fetches updates. */
export async function startEchoBot(url: string, token: string, mode: "echo" | "ignore"): Promise<Measured> {
  const child = spawn(process.execPath, [echoBot, url, token, mode]);
  await firstLine(child, /started/);
  return measured(child);
}

/** Node, doing nothing. */
export async function startIdleNode(): Promise<Measured> {
  const child = spawn(process.execPath, ["-e", "console.log('started'); setInterval(() => {}, 60_000)"]);
  await firstLine(child, /started/);
  return measured(child);
}

function firstLine(child: ChildProcess, wanted: RegExp): Promise<string> {
  let output = "";
  let errors = "";
  child.stderr!.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("close", () => reject(new Error(`The process ended: ${errors}`)));
    child.stdout!.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const found = wanted.exec(output);
      if (found) resolve(found[0]);
    });
  });
}

function measured(child: ChildProcess): Measured {
  const pid = child.pid!;
  return {
    cpu() {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks;
    },
    memory() {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      const megabytes = (name: string) =>
        Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1]) / 1024;
      return { resident: megabytes("Rss"), proportional: megabytes("Pss") };
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** One command of the built command line, from its start to its end, in milliseconds. */
export const timeCommand = (place: Place, words: readonly string[]) => timeNode(place, [bin, ...words]);

/** Node with these arguments, from its start to its end, in milliseconds. */
export async function timeNode({ environment, directory }: Place, words: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, words, { env: environment, cwd: directory, stdio: "ignore" });
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`node ${words.join(" ")} ended with ${String(status)}`);
  return performance.now() - start;
}

/** The largest resident size of a command, in megabytes. */
export async function commandMemory(
  { environment, directory }: Place,
  words: readonly string[],
): Promise<number> {
  const child = spawn(process.execPath, ["--import", peakMemory, bin, ...words], {
    env: environment,
    cwd: directory,
  });
  return Number((await firstLine(child, /peak \d+ kB/)).split(" ")[1]) / 1024;
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
