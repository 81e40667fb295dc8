/**
 * Measures one supervisor over a unix socket, without a container around it: `node --conditions=@clawd/source bench/supervisor.ts`.
 * JSON on stdout. Each number is the median of its rounds.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectSupervisor } from "../src/supervisor/supervisor.ts";
import { childrenOf } from "../test/supervisor/processes.ts";
import { environment, launch } from "../test/supervisor/run.ts";

/** Milliseconds, commands and megabytes a second, kilobytes. */
export interface SupervisorMeasurement {
  readonly ping: number;
  readonly command: number;
  readonly read1k: number;
  readonly write1k: number;
  readonly commandsASecond: number;
  readonly outputMegabytesASecond: number;
  readonly pssIdle: number;
  readonly pssAfter: number;
}

const directory = mkdtempSync(join(tmpdir(), "clawd-bench-"));
chmodSync(directory, 0o777);
const path = join(directory, "socket");
const server = createServer();
const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
await new Promise<void>((resolve) => server.listen(path, resolve));
chmodSync(path, 0o666);
const launched = launch(["--connect", path]);
const roots = [{ path: directory, isReadOnly: false }];
const supervisor = await connectSupervisor(await connected, { home: directory, roots });
server.close();
const [pid] = childrenOf(launched.process.pid!);

const pssIdle = pss();
await supervisor.files.write("kilobyte", Buffer.alloc(1024));
const kilobyte = Buffer.alloc(1024);
const measured: SupervisorMeasurement = {
  ping: await median(2000, () => supervisor.ping()),
  command: await median(300, () => run(["/bin/true"])),
  read1k: await median(1000, () => supervisor.files.read("kilobyte", { maxBytes: 1024 })),
  write1k: await median(500, () => supervisor.files.write("kilobyte", kilobyte)),
  commandsASecond: await commandsASecond(8, 2000),
  outputMegabytesASecond: await outputRate(256),
  pssIdle,
  // It gives its buffers back after a second in which nothing happened.
  pssAfter: await new Promise((resolve) => setTimeout(() => resolve(pss()), 2500)),
};
supervisor.close();
await launched.ended;
rmSync(directory, { recursive: true });
process.stdout.write(`${JSON.stringify(measured)}\n`);

async function run(argv: readonly [string, ...string[]]): Promise<number> {
  const command = await supervisor.start({ argv, cwd: ".", environment, input: "none" });
  let bytes = 0;
  for await (const piece of command.output) bytes += piece.bytes.length;
  await command.exit;
  return bytes;
}

async function median(rounds: number, operation: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await operation();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[rounds >> 1]!;
}

async function commandsASecond(callers: number, commands: number): Promise<number> {
  let left = commands;
  const start = performance.now();
  const caller = async () => {
    while (left-- > 0) await run(["/bin/true"]);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (commands * 1000) / (performance.now() - start);
}

async function outputRate(megabytes: number): Promise<number> {
  const start = performance.now();
  await run(["head", "-c", String(megabytes * 2 ** 20), "/dev/zero"]);
  return (megabytes * 1000) / (performance.now() - start);
}

function pss(): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]);
}
