/**
 * Commands and files in a warm container beside the engine's own exec and beside the bare host, in turns in one run. Takes the
 * engine of `CLAWD_TEST_DOCKER_HOST` or `DOCKER_HOST`, and the image of `clawdbot sandbox build`; without them it says so.
 */
import { silentLogger, systemClock } from "@clawd/kernel";
import { createPlanner, createSandboxes, ensureImage, type Lease } from "@clawd/sandbox";
import { installationOf, resolveSettings } from "@clawd/sandbox/config";
import { dockerEngine, engineAddress } from "@clawd/sandbox/docker";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { figures, type Row } from "./statistics.ts";

const execute = promisify(execFile);
const host = process.env["CLAWD_TEST_DOCKER_HOST"] ?? process.env["DOCKER_HOST"];
const rounds = 40;
const callers = 8;
const megabyte = 1024 * 1024;

export async function sandbox(): Promise<readonly Row[]> {
  if (host === undefined) {
    process.stderr.write("left out: set CLAWD_TEST_DOCKER_HOST to a container engine … ");
    return [];
  }
  const engine = dockerEngine(engineAddress({ socket: host }, {}));
  const directory = mkdtempSync(join(tmpdir(), "clawd-bench-"));
  const stateDirectory = join(directory, "state");
  mkdirSync(stateDirectory);
  const settings = resolveSettings(
    { docker: { cpus: availableParallelism() } },
    {},
    "session",
    stateDirectory,
  );
  const sandboxes = createSandboxes({
    engine,
    clock: systemClock,
    logger: silentLogger,
    installation: installationOf(stateDirectory),
    plan: createPlanner({
      engine,
      image: (reference) => ensureImage(engine, reference),
      stateDirectory,
      binds: () => ({ home: directory, own: [stateDirectory], roots: [] }),
      wayOut: () => null,
    }),
  });
  const enter = (session: string): Promise<Lease> =>
    sandboxes.enter({
      scopeKey: session,
      agent: "main",
      access: "none",
      agentWorkspace: directory,
      settings,
    });
  try {
    return await measure(enter, directory);
  } finally {
    await sandboxes.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(
  enter: (session: string) => Promise<Lease>,
  directory: string,
): Promise<readonly Row[]> {
  const { place } = await enter("agent:main:warm");
  const container = place.receipt.place === "sandbox" ? place.receipt.container : "";
  const run = async (argv: readonly [string, ...string[]]) => {
    const command = await place.start({ argv, cwd: ".", environment: place.environment.base, input: "none" });
    let bytes = 0;
    for await (const piece of command.output) bytes += piece.bytes.length;
    await command.exit;
    return bytes;
  };
  const engineExec = () =>
    execute("docker", ["exec", container, "true"], { env: { ...process.env, DOCKER_HOST: host } });
  await place.files.write("kilobyte", new Uint8Array(1024));
  await writeFile(join(directory, "kilobyte"), new Uint8Array(1024));

  const command = await inTurns(() => run(["true"]), engineExec);
  const beside = await inTurns(
    () => run(["true"]),
    () => execute("/bin/true"),
  );
  const read = await inTurns(
    () => place.files.read("kilobyte", { maxBytes: 2048 }),
    () => readFile(join(directory, "kilobyte")),
  );
  const cold: number[] = [];
  for (let session = 0; session < 5; session++) {
    const start = performance.now();
    const { place: fresh } = await enter(`agent:main:cold${session}`);
    const first = await fresh.start({
      argv: ["true"],
      cwd: ".",
      environment: fresh.environment.base,
      input: "none",
    });
    await first.exit;
    cold.push(performance.now() - start);
  }
  const rates: number[] = [];
  for (let round = 0; round < 3; round++) rates.push(await perSecond(() => run(["true"])));
  const outputs: number[] = [];
  const sizes: number[] = [];
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    await run(["head", "-c", String(256 * megabyte), "/dev/zero"]);
    outputs.push(256 / ((performance.now() - start) / 1000));
    sizes.push(process.memoryUsage().rss);
  }
  return [
    {
      what: "`true` in a warm container",
      unit: "ms",
      goal: { below: 4 },
      ours: figures(command.ours),
      beside: { what: "docker exec", figures: figures(command.beside) },
      openclaw: ["158–206", "91–96"],
    },
    {
      what: "the same, beside the host",
      unit: "ms",
      ours: figures(beside.ours),
      beside: { what: "a process of the host", figures: figures(beside.beside) },
    },
    {
      what: "1 KB read in a warm container",
      unit: "ms",
      goal: { below: 1 },
      ours: figures(read.ours),
      beside: { what: "readFile on the host", figures: figures(read.beside) },
      openclaw: ["625", "11"],
    },
    {
      what: "commands a second, 8 callers, all cores",
      unit: "/s",
      goal: { above: 1000 },
      ours: figures(rates),
    },
    { what: "container made, and its first command", unit: "ms", goal: { below: 500 }, ours: figures(cold) },
    { what: "256 MB of output: rate", unit: "MB/s", ours: figures(outputs) },
    {
      what: "growth of the gateway's side over 512 MB more",
      unit: "MB",
      goal: { below: 64 },
      ours: figures([(sizes[2]! - sizes[0]!) / megabyte]),
    },
    {
      what: "an idle container: its first process and the engine's",
      unit: "MB",
      goal: { below: 5 },
      ours: figures([memoryOf(container)]),
    },
  ];
}

async function inTurns(ours: () => Promise<unknown>, beside: () => Promise<unknown>) {
  const times = { ours: [] as number[], beside: [] as number[] };
  for (let round = -3; round < rounds; round++)
    for (const [side, work] of [
      ["ours", ours],
      ["beside", beside],
    ] as const) {
      const start = performance.now();
      await work();
      if (round >= 0) times[side].push(performance.now() - start);
    }
  return times;
}

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const each = 100;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let round = 0; round < each; round++) await work();
    }),
  );
  return (callers * each) / ((performance.now() - start) / 1000);
}

/** Megabytes of the container's first process and of the engine's process above it. */
function memoryOf(container: string): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const above = processes.find((pid) => pid !== process.pid && read(pid, "cmdline").includes(container));
  const own = processes.filter(
    (pid) => pid === above || read(pid, "stat").split(") ")[1]?.split(" ")[1] === String(above),
  );
  const kilobytes = (pid: number) => Number(/^Pss:\s+(\d+)/m.exec(read(pid, "smaps_rollup"))?.[1] ?? 0);
  return own.reduce((sum, pid) => sum + kilobytes(pid), 0) / 1024;
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
