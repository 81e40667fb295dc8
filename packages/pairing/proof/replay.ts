/**
 * A process that can be stopped between any two calls of the operating system, without threads: everything its code learns from
 * outside is logged, and to go one step further the code runs again from its beginning over the log.
 */
import type { Disk } from "../src/disk.ts";
import { filePairingStore } from "../src/file.ts";
import { openPairing, type Pairing } from "../src/pairing.ts";
import { testNetwork } from "../src/testing.ts";

export type Operation = (pairing: Pairing) => unknown;

/** The outside: the real disk in a real directory, one lock, one clock. */
export interface World {
  readonly directory: string;
  disk: Disk;
  now: number;
  holder: Actor | undefined;
}

/** Where others may come in between: before a look at the files, before each file of it, or before each call. */
export type Grain = "look" | "file" | "call";

export interface Actor {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly grain: Grain;
}

/** What an actor has learnt and done so far. */
export interface Progress {
  readonly log: readonly unknown[];
  /** One for each operation that has ended. */
  readonly results: readonly unknown[];
  /** What it does when it goes on; undefined at the end. */
  readonly next: { readonly needsLock: boolean; readonly perform: () => unknown } | undefined;
}

const pause = Symbol("pause");

/** Runs the actor over its log, and beyond it up to the next point where others may come in. */
export function resume(actor: Actor, world: World, known: readonly unknown[]): Progress {
  const log = [...known];
  let position = 0;
  let next: Progress["next"];
  const results: unknown[] = [];

  const learn = <Value>(perform: () => Value): Value => {
    if (position === log.length) log.push(perform());
    return log[position++] as Value;
  };
  const step = <Value>(needsLock: boolean, perform: () => Value): Value => {
    if (position < log.length) return log[position++] as Value;
    next = { needsLock, perform };
    throw pause;
  };

  let isLocked = false;
  let hasLooked = false;
  const disk: Disk = {
    stamp(path) {
      const isStep = !isLocked && (actor.grain !== "look" || !hasLooked);
      hasLooked = true;
      const perform = () => world.disk.stamp(path);
      return isStep ? step(false, perform) : learn(perform);
    },
    read(path) {
      const perform = () => world.disk.read(path);
      return !isLocked && actor.grain === "call" ? step(false, perform) : learn(perform);
    },
    replace: (path, text) => step(false, () => world.disk.replace(path, text)),
    exclusively(_, action) {
      step(true, () => (world.holder = actor));
      isLocked = true;
      const release = () => {
        isLocked = false;
        // Nobody can tell the end of the last write from the release that follows it.
        learn(() => (world.holder = undefined));
      };
      try {
        const result = action();
        release();
        return result;
      } catch (thrown) {
        if (thrown !== pause) release();
        throw thrown;
      }
    },
  };
  const pairing = openPairing({
    store: filePairingStore({ directory: world.directory, provider: "telegram", disk }),
    clock: { now: () => learn(() => world.now) },
    network: testNetwork,
    randomInt: () => actor.name.charCodeAt(0) - "A".charCodeAt(0),
  });
  try {
    for (const operation of actor.operations) {
      hasLooked = false;
      results.push(operation(pairing));
    }
  } catch (thrown) {
    if (next === undefined) throw thrown;
  }
  return { log, results, next };
}
