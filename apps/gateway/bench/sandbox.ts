/**
 * Commands and files in a warm container beside the engine's own exec and beside the bare host, in turns in one run. Takes the
 * engine of `CLAWD_TEST_DOCKER_HOST` or `DOCKER_HOST`, and the image of `clawdbot sandbox build`; without them it says so.
 */
import { silentLogger, systemClock } from "@clawd/kernel";
import { createPlanner, createSandboxes, ensureImage, type Lease, type Place } from "@clawd/sandbox";
import { installationOf, resolveSettings } from "@clawd/sandbox/config";
import { dockerEngine, engineAddress } from "@clawd/sandbox/docker";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { figures, type Row } from "./statistics.ts";
import { toolCall } from "./tool-call.ts";

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
  const settings = resolveSettings({}, {}, "session", stateDirectory);
  const pooled = resolveSettings({ pool: poolSize }, {}, "session", stateDirectory);
  const wide = resolveSettings({ docker: { cpus: availableParallelism() } }, {}, "session", stateDirectory);
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
  const enter: Enter = (session, which = "usual") =>
    sandboxes.enter({
      scopeKey: session,
      agent: "main",
      access: "none",
      agentWorkspace: directory,
      settings: { usual: settings, wide, pooled }[which],
    });
  try {
    return [...(await measure(enter, directory)), ...(await toolCall(host))];
  } finally {
    await sandboxes.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param which `wide`: as many processors as there are, instead of the default; `pooled`: some are kept ready */
type Enter = (session: string, which?: "usual" | "wide" | "pooled") => Promise<Lease>;

async function measure(enter: Enter, directory: string): Promise<readonly Row[]> {
  const { place } = await enter("agent:main:warm");
  const container = place.receipt.place === "sandbox" ? place.receipt.container : "";
  const engineExec = () =>
    execute("docker", ["exec", container, "true"], { env: { ...process.env, DOCKER_HOST: host } });
  await place.files.write("kilobyte", new Uint8Array(1024));
  await writeFile(join(directory, "kilobyte"), new Uint8Array(1024));

  const command = await inTurns(() => run(place, ["true"]), engineExec);
  const beside = await inTurns(
    () => run(place, ["true"]),
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
    await run(fresh, ["true"]);
    cold.push(performance.now() - start);
  }
  const rates = await commandRates(enter, place);
  const much = await muchOutput(place);
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
    { what: "container made, and its first command", unit: "ms", goal: { below: 500 }, ours: figures(cold) },
    await fromPool(enter),
    ...rates,
    ...much,
    await idle(enter, container),
  ];
}

const poolSize = 8;

/** New sessions, each with the container that waited for whoever comes. */
async function fromPool(enter: Enter): Promise<Row> {
  await enter("agent:main:pool", "pooled");
  // One a second, and the time that each takes.
  await new Promise((resolve) => setTimeout(resolve, poolSize * 2_000));
  const times: number[] = [];
  for (let session = 0; session < poolSize; session++) {
    const start = performance.now();
    const { place } = await enter(`agent:main:pooled${session}`, "pooled");
    await run(place, ["true"]);
    times.push(performance.now() - start);
  }
  // Nobody needs any more of them.
  await enter("agent:main:pool", "usual");
  return {
    what: "one from the pool, and its first command",
    unit: "ms",
    goal: { below: 10 },
    ours: figures(times),
  };
}

/** `true` by 8 callers at once, each the next when the last has ended, with the default limit of one processor for a container. */
async function commandRates(enter: Enter, place: Place): Promise<readonly Row[]> {
  const places = await Promise.all(
    Array.from({ length: callers }, async (_, caller) => (await enter(`agent:main:caller${caller}`)).place),
  );
  const { place: wide } = await enter("agent:main:wide", "wide");
  const loop = `i=0; while [ $i -lt ${callers * each} ]; do /bin/true; i=$((i+1)); done`;
  const rates = { apart: [] as number[], one: [] as number[], wide: [] as number[], shell: [] as number[] };
  for (let round = 0; round < 4; round++) {
    rates.apart.push(await perSecond((caller) => run(places[caller]!, ["true"])));
    rates.one.push(await perSecond(() => run(place, ["true"])));
    const start = performance.now();
    await run(place, ["/bin/sh", "-c", loop]);
    rates.shell.push((callers * each) / ((performance.now() - start) / 1000));
    rates.wide.push(await perSecond(() => run(wide, ["true"])));
  }
  const row = (what: string, values: readonly number[]) => ({
    what,
    unit: "/s",
    ours: figures(values.slice(1)),
  });
  const goal = { above: 1000 };
  return [
    { ...row("commands a second, 8 callers, each with a sandbox", rates.apart), goal },
    {
      ...row("commands a second, 8 callers of one sandbox", rates.one),
      goal,
      beside: { what: "a shell in it that does nothing else", figures: figures(rates.shell.slice(1)) },
    },
    row("the same, with all processors", rates.wide),
  ];
}

/** Megabytes that a command says, read and not kept, as the gateway follows a command. */
async function muchOutput(place: Place): Promise<readonly Row[]> {
  const rates: number[] = [];
  const sizes = [process.memoryUsage.rss()];
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    await run(place, ["head", "-c", String(256 * megabyte), "/dev/zero"]);
    rates.push(256 / ((performance.now() - start) / 1000));
    sizes.push(process.memoryUsage.rss());
  }
  const growth = (from: number, to: number) => figures([Math.max(0, sizes[to]! - sizes[from]!) / megabyte]);
  const goal = { below: 64 };
  return [
    { what: "256 MB of output: rate", unit: "MB/s", ours: figures(rates) },
    { what: "256 MB of output: growth of the gateway's side", unit: "MB", goal, ours: growth(0, 1) },
    { what: "its growth over 512 MB more", unit: "MB", goal, ours: growth(1, 3) },
  ];
}

const idleSandboxes = 50;

/** What each of many costs that do nothing. */
async function idle(enter: Enter, warm: string): Promise<Row> {
  const containers: string[] = [];
  for (let session = 0; session < idleSandboxes; session++) {
    const { place } = await enter(`agent:main:idle${session}`);
    if (place.receipt.place === "sandbox") containers.push(place.receipt.container);
  }
  // Buffers are given back after a second.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  return {
    what: `an idle sandbox of ${idleSandboxes}: its first process and the engine's`,
    unit: "MB",
    goal: { below: 5 },
    ours: figures(containers.filter((id) => id !== warm).map(memoryOf)),
  };
}

async function run(place: Place, argv: readonly [string, ...string[]]): Promise<void> {
  const command = await place.start({ argv, cwd: ".", environment: place.environment.base, input: "none" });
  for await (const piece of command.output) piece.free?.();
  await command.exit;
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

const each = 100;

async function perSecond(work: (caller: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let round = 0; round < each; round++) await work(caller);
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
