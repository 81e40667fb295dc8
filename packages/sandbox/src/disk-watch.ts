/**
 * Keeps a workspace from filling the disk: a bind has no quota of its own, so it is measured. Commands are refused above the
 * limit, and while one runs that leaves the disk nearly full, it is ended with all that runs beside it.
 */
import { statfsSync } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@clawd/kernel";
import { sandboxFault } from "./sandbox-fault.ts";

export interface DiskWatchOptions {
  /** Directory on the host, where it is now. */
  readonly path: () => string;
  /** Bytes that it may hold. */
  readonly maxBytes: number;
  readonly clock: Clock;
  /** The disk is nearly full: whatever runs has to end. */
  readonly onFull: () => void;
}

export interface DiskWatch {
  /** @throws CLAWD_SANDBOX_DISK when nothing may be added */
  check(): Promise<void>;
  /** Looks now and then, until the returned function is called. */
  during(): () => void;
}

/** Bytes that always stay free for everything else on the machine. */
const reserve = 256 * 1024 * 1024;
const lookEvery = 250;
const measureEvery = 30_000;
/** Entries that are counted; a workspace with more of them is over its limit. */
const mostEntries = 500_000;

export function diskWatch({ path, maxBytes, clock, onFull }: DiskWatchOptions): DiskWatch {
  let measuredAt = Number.NEGATIVE_INFINITY;
  let size = 0;
  let measuring: Promise<void> | undefined;
  let lookers = 0;
  let isLooking = false;
  let isFull = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function measure(): Promise<void> {
    size = await sizeOf(path(), maxBytes);
    measuredAt = clock.now();
  }

  /** Asked at most as often as somebody looks while a command runs; one call of the kernel is quicker than to wait for it. */
  function isNearlyFull(): boolean {
    const now = clock.now();
    if (now - lookedAt < lookEvery) return isFull;
    const { bavail, bsize } = statfsSync(path());
    lookedAt = now;
    isFull = bavail * bsize < reserve;
    return isFull;
  }

  async function look(): Promise<void> {
    isLooking = true;
    while (lookers > 0) {
      await clock.sleep(lookEvery);
      if (lookers > 0 && fullOrUnknown()) onFull();
    }
    isLooking = false;
  }

  function fullOrUnknown(): boolean {
    try {
      return isNearlyFull();
    } catch {
      // A directory that is gone fills no disk.
      return false;
    }
  }

  return {
    async check() {
      if (isNearlyFull()) throw sandboxFault("CLAWD_SANDBOX_DISK", "The disk is nearly full.");
      // Measured beside the calls; only what is over its limit makes the next one wait for the truth.
      const isDue = clock.now() - measuredAt > measureEvery;
      if (isDue || size > maxBytes) measuring ??= measure().finally(() => (measuring = undefined));
      if (size > maxBytes) await measuring;
      else measuring?.catch(() => undefined);
      if (size > maxBytes) throw sandboxFault("CLAWD_SANDBOX_DISK", "The workspace holds more than it may.");
    },
    during() {
      lookers++;
      if (!isLooking) void look();
      let isOver = false;
      return () => {
        if (!isOver) lookers--;
        isOver = true;
      };
    },
  };
}

/** Bytes on the disk below the directory, links not followed; infinite when there are too many entries to count. */
async function sizeOf(path: string, enough: number): Promise<number> {
  let total = 0;
  let entries = 0;
  const left = [path];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const directory = await opendir(next).catch(() => null);
    if (directory === null) continue;
    for await (const entry of directory) {
      if (++entries > mostEntries) return Number.POSITIVE_INFINITY;
      const below = join(next, entry.name);
      if (entry.isDirectory()) left.push(below);
      else if (entry.isFile())
        total += await stat(below).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        );
      if (total > enough) return total;
    }
  }
  return total;
}
