/** Every schedule of a few processes over one directory; each must look as if the operations had run one after the other. */
import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, realDisk } from "../src/disk.ts";
import { filePairingStore } from "../src/file.ts";
import { memoryPairingStore } from "../src/memory.ts";
import { openPairing, type Pairing } from "../src/pairing.ts";
import type { PairingState, PairingStore } from "../src/store.ts";
import { testNetwork } from "../src/testing.ts";
import { type Actor, type Grain, type Operation, type Progress, resume, type World } from "./replay.ts";

export interface Scenario {
  /** What happened before; the codes that an actor makes are eight times its letter. */
  readonly before?: (pairing: Pairing, advance: (milliseconds: number) => void) => void;
  /** By letter, `A` first. A number is time that passes at any moment, in milliseconds. */
  readonly actors: Readonly<Record<string, readonly Operation[] | number>>;
  /** Absent means `look`. */
  readonly grains?: Readonly<Record<string, Grain>>;
  /** An actor that may be killed at any point. */
  readonly mayDie?: string;
  /** Called at the end of every schedule with a process that comes later; needed where an actor may die. */
  readonly judge?: (later: Pairing, results: Readonly<Record<string, readonly unknown[]>>) => void;
  /** Absent means the real one; a broken one shows that the proof can fail. */
  readonly disk?: Disk;
}

const start = Date.UTC(2026, 0, 1);

/** Renames without waiting for the platter: here only other processes look, never a machine after a power cut. */
export const quickDisk: Disk = {
  ...realDisk,
  replace(path, text) {
    writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
  },
};

/** The number of schedules. @throws at the first that no order of the operations explains, or that `judge` rejects. */
export function explore(scenario: Scenario): number {
  const directory = mkdtempSync(join(tmpdir(), "pairing-proof-"));
  try {
    return exploreIn(directory, scenario);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Moment {
  readonly progress: ReadonlyMap<string, Progress>;
  readonly dead: string | undefined;
  /** Actors in the order in which they moved; what a failure prints. */
  readonly schedule: readonly string[];
  /** For each operation, the steps at which it began and ended. */
  readonly spans: Readonly<Record<string, Span>>;
}

interface Span {
  readonly begin: number;
  readonly end: number;
}

function exploreIn(directory: string, scenario: Scenario): number {
  const disk = scenario.disk ?? quickDisk;
  const world: Explored = { directory, disk, now: start, holder: undefined, files: new Map() };
  world.disk = {
    ...disk,
    replace(path, text) {
      disk.replace(path, text);
      world.files = new Map(world.files).set(path, text);
    },
  };
  const real = filePairingStore({ directory, provider: "telegram", disk: world.disk });
  world.now = prepare(real, scenario);
  const actors = new Map<string, Actor>();
  for (const [name, operations] of Object.entries(scenario.actors)) {
    if (typeof operations === "number") continue;
    actors.set(name, { name, operations, grain: scenario.grains?.[name] ?? "look" });
  }
  const orders = sequentialOutcomes(scenario);
  const passing = timeOf(scenario);
  let schedules = 0;

  const visit = (moment: Moment): void => {
    checkFiles(real, world.now, moment);
    const saved = { ...world };
    let isEnd = true;
    for (const branch of branches(moment)) {
      isEnd = false;
      restore(world, saved);
      visit(branch());
    }
    if (!isEnd) return;
    schedules++;
    restore(world, saved);
    judgeEnd(moment);
  };

  function branches(moment: Moment): (() => Moment)[] {
    const possible: (() => Moment)[] = [];
    for (const [name, { next }] of moment.progress) {
      const actor = actors.get(name);
      if (next === undefined || name === moment.dead) continue;
      if (name === scenario.mayDie && moment.dead === undefined && actor !== undefined) {
        possible.push(() => {
          if (world.holder === actor) world.holder = undefined;
          return { ...moment, dead: name, schedule: [...moment.schedule, `${name} dies`] };
        });
      }
      if (next.needsLock && world.holder !== undefined) continue;
      possible.push(() => move(moment, name, actor, next.perform));
    }
    return possible;
  }

  function move(moment: Moment, name: string, actor: Actor | undefined, perform: () => unknown): Moment {
    const before = moment.progress.get(name)!;
    const log = [...before.log, perform()];
    const after: Progress =
      actor === undefined ? { log, results: [null], next: undefined } : resume(actor, world, log);
    const step = moment.schedule.length;
    const spans = { ...moment.spans };
    const first = before.results.length;
    for (let index = first; index <= after.results.length; index++) {
      const key = `${name}${index}`;
      // Learning on the way to the first pause of an operation tells nothing of the files: it begins with its first step.
      const begin = index === first ? (spans[key]?.begin ?? step) : step;
      if (index < after.results.length) spans[key] = { begin, end: step };
      else if (index === first) spans[key] = { begin, end: Infinity };
    }
    return {
      ...moment,
      spans,
      progress: new Map(moment.progress).set(name, after),
      schedule: [...moment.schedule, name],
    };
  }

  function judgeEnd({ progress, schedule, spans, dead }: Moment): void {
    const results = Object.fromEntries([...progress].map(([name, one]) => [name, one.results]));
    try {
      if (dead === undefined) {
        const outcome = outcomeOf(results, real.read());
        const explained = orders.some(
          (sequential) =>
            sequential.outcome === outcome &&
            respects(sequential.order, spans) &&
            isInTime(sequential.clocks, spans, passing),
        );
        if (!explained) throw new Error(`no order of the operations explains ${outcome}`);
      }
      scenario.judge?.(
        pairingOf(real, () => world.now, "Q"),
        results,
      );
    } catch (cause) {
      throw new Error(`schedule ${schedule.join(" ")}: ${String(cause)}`, { cause });
    }
  }

  const progress = new Map<string, Progress>();
  for (const [name, operations] of Object.entries(scenario.actors)) {
    const actor = actors.get(name);
    if (actor !== undefined) progress.set(name, resume(actor, world, []));
    else {
      const perform = () => (world.now += Number(operations));
      progress.set(name, { log: [], results: [], next: { needsLock: false, perform } });
    }
  }
  visit({ progress, dead: undefined, schedule: [], spans: {} });
  return schedules;
}

/** At no moment more than three live requests, two of one id, two with one code, an id that was approved twice, or a grant without its id. */
function checkFiles(store: PairingStore, now: number, { schedule }: Moment): void {
  const { requests, approvals } = store.read();
  const { allowFrom, grants } = approvals;
  const live = requests.filter(({ createdAt }) => now - Date.parse(createdAt) <= 3_600_000);
  const isSound =
    live.length <= 3 &&
    new Set(live.map(({ id }) => id)).size === live.length &&
    new Set(live.map(({ code }) => code)).size === live.length &&
    new Set(allowFrom).size === allowFrom.length &&
    Object.keys(grants).every((id) => allowFrom.includes(id));
  if (!isSound) throw new Error(`schedule ${schedule.join(" ")}: ${JSON.stringify({ live, approvals })}`);
}

interface Sequential {
  readonly order: readonly string[];
  /** What the clock said to each operation. */
  readonly clocks: Readonly<Record<string, "before" | "after">>;
  readonly outcome: string;
}

/**
 * What happens when the operations run one after the other in memory, for every order that keeps each actor's own. No disk can
 * write at the moment when a clock is read: each operation is judged by what the clock said at any moment while it ran.
 */
function sequentialOutcomes(scenario: Scenario): readonly Sequential[] {
  const passing = timeOf(scenario);
  const names = Object.keys(scenario.actors).filter((name) => name !== passing);
  const operationsOf = (name: string) => scenario.actors[name] as readonly Operation[];
  const times = passing === undefined ? (["before"] as const) : (["before", "after"] as const);
  const lengths = names.map((name) => operationsOf(name).length);
  return merges(names, lengths).flatMap((actorsInTurn) =>
    choices(times, actorsInTurn.length).map((chosen) => {
      const store = memoryPairingStore();
      const start = prepare(store, scenario);
      const results = Object.fromEntries(
        Object.keys(scenario.actors).map((name) => [name, name === passing ? [null] : ([] as unknown[])]),
      );
      const clocks: Record<string, "before" | "after"> = {};
      const order = actorsInTurn.map((name, turn) => {
        const done = results[name]!;
        const operation = `${name}${done.length}`;
        clocks[operation] = chosen[turn]!;
        const now = start + (chosen[turn] === "after" ? Number(scenario.actors[passing!]) : 0);
        done.push(operationsOf(name)[done.length]!(pairingOf(store, () => now, name)));
        return operation;
      });
      return { order, clocks, outcome: outcomeOf(results, store.read()) };
    }),
  );
}

/** The one actor that is time. */
function timeOf({ actors }: Scenario): string | undefined {
  return Object.keys(actors).find((name) => typeof actors[name] === "number");
}

function choices<Choice>(among: readonly Choice[], length: number): readonly (readonly Choice[])[] {
  if (length === 0) return [[]];
  return choices(among, length - 1).flatMap((rest) => among.map((one) => [...rest, one]));
}

/** An operation that ended before time passed, or began after it, was told of no other time. */
function isInTime(
  clocks: Sequential["clocks"],
  spans: Readonly<Record<string, Span>>,
  passing: string | undefined,
): boolean {
  if (passing === undefined) return true;
  const passed = spans[`${passing}0`]!.end;
  return Object.entries(clocks).every(([operation, clock]) => {
    const { begin, end } = spans[operation]!;
    return clock === "before" ? begin < passed : end > passed;
  });
}

function merges(names: readonly string[], lengths: readonly number[]): readonly (readonly string[])[] {
  if (lengths.every((length) => length === 0)) return [[]];
  return names.flatMap((name, index) => {
    if (lengths[index] === 0) return [];
    const rest = lengths.map((length, other) => (other === index ? length - 1 : length));
    return merges(names, rest).map((order) => [name, ...order]);
  });
}

/** An operation that ended before another began comes before it. */
function respects(order: readonly string[], spans: Readonly<Record<string, Span>>): boolean {
  return order.every((later, position) =>
    order.slice(0, position).every((earlier) => spans[earlier]!.begin <= spans[later]!.end),
  );
}

function outcomeOf(results: Readonly<Record<string, readonly unknown[]>>, state: PairingState): string {
  const { requests, approvals, notes } = state;
  return JSON.stringify({ results, requests, approvals, notes });
}

function prepare(store: PairingStore, scenario: Scenario): number {
  let now = start;
  scenario.before?.(
    pairingOf(store, () => now, "P"),
    (milliseconds) => (now += milliseconds),
  );
  return now;
}

/** The codes of `P`, who comes before, differ from each other; every actor makes but one. */
function pairingOf(store: PairingStore, now: () => number, name: string): Pairing {
  let drawn = 0;
  const letter = name.charCodeAt(0) - "A".charCodeAt(0);
  const randomInt = () => (name === "P" ? 24 + (Math.floor(drawn++ / 8) % 8) : letter);
  return openPairing({ store, clock: { now }, network: testNetwork, randomInt });
}

/** Knows what its files hold, so that going back writes only what differs. */
interface Explored extends World {
  files: ReadonlyMap<string, string>;
}

function restore(world: Explored, { files, now, holder }: Explored): void {
  for (const [path, text] of files) if (world.files.get(path) !== text) quickDisk.replace(path, text);
  for (const path of world.files.keys()) if (!files.has(path)) unlinkSync(path);
  Object.assign(world, { files, now, holder });
}
