/**
 * Keeps a workspace from filling the disk: a bind has no quota of its own, so it is measured. Nothing is started or written above
 * the limit, and what fills it, or the disk, is ended with all that runs beside it.
 */
import { statfsSync } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ClawdError, Clock } from "@clawd/kernel";
import { sandboxFault } from "./sandbox-fault.ts";

export interface DiskWatchOptions {
  /** Directory on the host, where it is now. */
  readonly path: () => string;
  /** Bytes that it may hold. */
  readonly maxBytes: number;
  /** Files and directories. Absent: 500,000. */
  readonly maxEntries?: number;
  readonly clock: Clock;
  /** Nothing may be added, for this reason: whatever runs has to end. */
  readonly onFull: (fault: ClawdError) => void;
}

export interface DiskWatch {
  /** @throws CLAWD_SANDBOX_DISK when nothing may be added */
  check(): Promise<void>;
  /** Looks often, until the returned function is called; seldom afterwards, for what a command left running. */
  during(): () => void;
  /** Looks no more. Idempotent. */
  stop(): void;
}

/** What always stays free for everything else on the machine. */
const reserve = { bytes: 256 * 1024 * 1024, files: 10_000 };
const lookEvery = 250;
const lookSeldom = 5_000;
const measureEvery = 30_000;
/** Between two measurements for a reason; a large workspace is measured a tenth of the time at most. */
const leastPause = 1_000;
/** The first command waits for the first measurement, so long. */
const firstWait = 300;
const usualEntries = 500_000;

interface Held {
  readonly bytes: number;
  readonly entries: number;
}

interface Free {
  readonly bytes: number;
  readonly files: number;
}

export function diskWatch(options: DiskWatchOptions): DiskWatch {
  const { path, clock, onFull } = options;
  const most: Held = { bytes: options.maxBytes, entries: options.maxEntries ?? usualEntries };
  const stopped = new AbortController();
  let held: Held = { bytes: 0, entries: 0 };
  let measuredAt = Number.NEGATIVE_INFINITY;
  let took = 0;
  let freeThen: Free | undefined;
  let measuring: Promise<void> | undefined;
  let lookers = 0;
  let isLooking = false;
  let free: Free | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  function measure(): Promise<void> {
    measuring ??= (async () => {
      const begin = clock.now();
      freeThen = freeNow();
      held = await sizeOf(path(), most);
      measuredAt = clock.now();
      took = measuredAt - begin;
    })().finally(() => (measuring = undefined));
    return measuring;
  }

  /** Asked at most as often as somebody looks while a command runs; one call of the kernel is quicker than to wait for it. */
  function freeNow(): Free {
    const now = clock.now();
    if (free !== undefined && now - lookedAt < lookEvery) return free;
    const { bavail, bsize, ffree, files } = statfsSync(path());
    lookedAt = now;
    // Some file systems have as many as there is room for, and count none.
    free = { bytes: bavail * bsize, files: files === 0 ? Infinity : ffree };
    return free;
  }

  const isOver = (): boolean => held.bytes > most.bytes || held.entries > most.entries;

  function refusal(): ClawdError | null {
    const { bytes, files } = freeNow();
    if (bytes < reserve.bytes) return sandboxFault("CLAWD_SANDBOX_DISK", "The disk is nearly full.");
    if (files < reserve.files)
      return sandboxFault("CLAWD_SANDBOX_DISK", "The disk has no room for many more files.");
    if (held.entries > most.entries)
      return sandboxFault("CLAWD_SANDBOX_DISK", "The workspace has more files than it may.");
    return isOver() ? sandboxFault("CLAWD_SANDBOX_DISK", "The workspace holds more than it may.") : null;
  }

  /** The disk lost half of what the workspace may still take, by whomever; or it is time. */
  function isDue(): boolean {
    if (freeThen === undefined) return true;
    if (lookers > 0 && clock.now() - measuredAt > measureEvery) return true;
    const now = freeNow();
    return (
      freeThen.bytes - now.bytes > (most.bytes - held.bytes) / 2 ||
      freeThen.files - now.files > (most.entries - held.entries) / 2
    );
  }

  async function look(): Promise<void> {
    isLooking = true;
    while (!stopped.signal.aborted) {
      // Until the next command the time of the last measurement tells nothing: only what the disk lost does.
      await clock.sleep(lookers > 0 ? lookEvery : lookSeldom, stopped.signal);
      const fault = stopped.signal.aborted ? null : await fullOrUnknown();
      if (fault !== null) onFull(fault);
    }
  }

  async function fullOrUnknown(): Promise<ClawdError | null> {
    try {
      const isRested = clock.now() - measuredAt > Math.max(leastPause, 9 * took);
      if (isRested && isDue()) await measure();
      return refusal();
    } catch {
      // A directory that is gone fills no disk.
      return null;
    }
  }

  return {
    async check() {
      const isFirst = measuredAt === Number.NEGATIVE_INFINITY;
      // Measured beside the calls; only what is over its limit makes the next one wait for the truth.
      const isOld = clock.now() - measuredAt > measureEvery;
      if (isOver() || isOld || isDue()) measure().catch(() => undefined);
      if (isOver()) await measuring;
      else if (isFirst) await firstMeasured(measuring);
      const fault = refusal();
      if (fault !== null) throw fault;
    },
    during() {
      lookers++;
      if (!isLooking) void look();
      let isDone = false;
      return () => {
        if (!isDone) lookers--;
        isDone = true;
      };
    },
    stop: () => stopped.abort(),
  };

  async function firstMeasured(first: Promise<void> | undefined): Promise<void> {
    const done = new AbortController();
    const settled = first?.catch(() => undefined);
    await Promise.race([settled, clock.sleep(firstWait, done.signal)]);
    done.abort();
  }
}

/** What is below the directory, links not followed; as much of it as is more than enough. */
async function sizeOf(path: string, enough: Held): Promise<Held> {
  let [bytes, entries] = [0, 0];
  const left = [path];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const directory = await opendir(next).catch(() => null);
    if (directory === null) continue;
    for await (const entry of directory) {
      entries++;
      const below = join(next, entry.name);
      if (entry.isDirectory()) left.push(below);
      else if (entry.isFile())
        bytes += await stat(below).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        );
      if (bytes > enough.bytes || entries > enough.entries) return { bytes, entries };
    }
  }
  return { bytes, entries };
}
