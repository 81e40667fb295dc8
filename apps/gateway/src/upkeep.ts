/** What the gateway does by the clock: forgets what is old, and records what the config gives, for the next version to compare. */
import { recordAccess } from "@clawd/core";
import { type Clock, type Logger, messageOf } from "@clawd/kernel";
import type { Policy } from "@clawd/policy";
import type { Media, Store } from "@clawd/store";
import { version } from "./version.ts";

export interface UpkeepPorts {
  readonly runtimeDirectory: string;
  readonly store: Pick<Store, "inbox" | "outbox" | "refusals" | "usage">;
  readonly media: Pick<Media, "sweep">;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Upkeep {
  start(): void;
  stop(): void;
  /** A config came into force. */
  recordAccess(): void;
}

/** After the start, which has more urgent things to do. */
const recordAfterMilliseconds = 2000;
const settleEveryMilliseconds = 15 * 1000;
const pruneEveryMilliseconds = 60 * 60 * 1000;
const keepKeysMilliseconds = 30 * 24 * 60 * 60 * 1000;
const keepTextsMilliseconds = 24 * 60 * 60 * 1000;

export function createUpkeep(ports: UpkeepPorts): Upkeep {
  const { runtimeDirectory, store, media, policy, clock, logger } = ports;
  let timers: readonly NodeJS.Timeout[] = [];

  function keepRecord(): void {
    recordAccess(runtimeDirectory, version, policy()).catch((fault: unknown) =>
      logger.warn("what the config gives is not recorded", { reason: messageOf(fault) }),
    );
  }

  function prune(): void {
    const now = clock.now();
    store.inbox.prune(now - keepKeysMilliseconds);
    store.usage.prune();
    store.outbox.prune({ textBefore: now - keepTextsMilliseconds, entryBefore: now - keepKeysMilliseconds });
    sweepMedia();
  }

  function sweepMedia(): void {
    const waiting = store.outbox.filesWaiting();
    media
      .sweep({ isNamed: (digest) => waiting.has(digest), before: clock.now() - keepTextsMilliseconds })
      .catch((fault: unknown) => logger.warn("old files are not removed", { reason: messageOf(fault) }));
  }

  /** What waits stays where it is, and is tried again. */
  function settle(): void {
    try {
      store.refusals.settle();
    } catch (fault) {
      logger.warn("refusals that were counted are not recorded yet", { reason: messageOf(fault) });
    }
  }

  return {
    start() {
      timers = [
        setTimeout(keepRecord, recordAfterMilliseconds),
        setTimeout(sweepMedia, recordAfterMilliseconds),
        setInterval(settle, settleEveryMilliseconds),
        setInterval(prune, pruneEveryMilliseconds),
      ];
      for (const timer of timers) timer.unref();
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
    recordAccess: keepRecord,
  };
}
