/** The built gateway as a process, and what the kernel says of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../bin/clawdbot.mjs", import.meta.url));
/** Clock ticks a second in /proc/<pid>/stat (USER_HZ, 100 on Linux). */
const ticks = 100;

export interface Place {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  remove(): void;
}

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
  readonly process: ChildProcess;
  readonly url: string;
  readonly startedAt: number;
  token(): string;
  /** User and system CPU time so far, in milliseconds. */
  cpu(): number;
  /** Megabytes: resident, and proportional share. */
  memory(): { readonly resident: number; readonly proportional: number };
  stop(): Promise<void>;
}

export function startGateway({ environment, directory }: Place): Promise<Measured> {
  const startedAt = performance.now() + performance.timeOrigin;
  const child = spawn(process.execPath, [bin, "gateway", "--json", "--port", "0"], {
    env: environment,
    cwd: directory,
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error(`The gateway ended: ${errors}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /\{"event":"ready".*\}/.exec(output);
      if (!ready) return;
      const { port } = JSON.parse(ready[0]) as { port: number };
      const pid = child.pid!;
      resolve({
        process: child,
        url: `http://127.0.0.1:${port}`,
        startedAt,
        token: () => readFileSync(join(directory, ".clawdbot/credentials/gateway-token"), "utf8").trim(),
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
          child.kill("SIGTERM");
          await ended;
        },
      });
    });
  });
}

export interface Ran {
  readonly milliseconds: number;
  /** Largest resident size, in megabytes. */
  readonly megabytes: number;
}

/** One command of the built command line, from its start to its end. */
export async function runCommand({ environment, directory }: Place, words: readonly string[]): Promise<Ran> {
  const start = performance.now();
  const child = spawn("/usr/bin/env", ["time", "-f", "%M", process.execPath, bin, ...words], {
    env: environment,
    cwd: directory,
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  return {
    milliseconds: performance.now() - start,
    megabytes: Number(errors.trim().split("\n").at(-1)) / 1024,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
