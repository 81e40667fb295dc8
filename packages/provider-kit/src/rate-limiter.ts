/** Keeps sending below a network's limits: per chat and overall, fair between chats, with a bounded queue and no idle timer. */
import type { Clock } from "@clawd/kernel";
import { createBucket, type Bucket, type Rate } from "./bucket.ts";
import { SendError } from "./send-error.ts";

export interface RateLimiterOptions {
  readonly clock: Clock;
  /** For each chat by itself. */
  readonly perChat: Rate;
  /** For all chats together. */
  readonly overall: Rate;
  /** How many may wait at once over all chats; absent means 1000. */
  readonly maxWaiting?: number;
}

export interface RateLimiter {
  /**
   * Resolves when a message to this chat may be sent. Chats that wait take turns; one chat's messages keep their order.
   * @throws SendError with outcome `not-sent`: CLAWD_SEND_ABORTED, CLAWD_SEND_QUEUE_FULL, CLAWD_PROVIDER_STOPPED.
   */
  take(chat: string, signal?: AbortSignal): Promise<void>;
  /** The network asked to wait (`retry-after`): for one chat, or for all of them when `chat` is absent. */
  pause(milliseconds: number, chat?: string): void;
  /** Turns away everybody who waits; no timer is left. For good. */
  stop(): void;
}

interface Waiter {
  readonly pass: () => void;
  readonly refuse: (reason: SendError) => void;
}

/** Chats whose bucket is worth remembering; beyond it the full ones are dropped, then the oldest. */
const maxChats = 10_000;

export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { clock, perChat, maxWaiting = 1000 } = options;
  const overall = createBucket(options.overall);
  const buckets = new Map<string, Bucket>();
  /** In the order of their turns: who was served goes to the end. */
  const queues = new Map<string, Waiter[]>();
  let waiting = 0;
  let alarm: AbortController | null = null;
  let isStopped = false;

  function bucketOf(chat: string): Bucket {
    let bucket = buckets.get(chat);
    if (bucket === undefined) {
      if (buckets.size >= maxChats) forgetChats();
      bucket = createBucket(perChat);
      buckets.set(chat, bucket);
    }
    return bucket;
  }

  function forgetChats(): void {
    const now = clock.now();
    for (const [chat, bucket] of buckets) {
      if (bucket.isFull(now)) buckets.delete(chat);
    }
    for (const chat of buckets.keys()) {
      if (buckets.size < maxChats) return;
      buckets.delete(chat);
    }
  }

  /** Lets pass whoever may, then sleeps until the next one may. */
  function drain(): void {
    alarm?.abort();
    alarm = null;
    let wakeAt = serve();
    if (waiting === 0) return;
    const controller = new AbortController();
    alarm = controller;
    const wait = Math.max(1, Math.ceil(wakeAt - clock.now()));
    void clock.sleep(wait, controller.signal).then(() => {
      if (!controller.signal.aborted) drain();
    });
  }

  /** The time at which somebody who still waits may pass. */
  function serve(): number {
    for (;;) {
      const now = clock.now();
      let soonest = Number.POSITIVE_INFINITY;
      const overallAt = overall.readyAt(now);
      if (overallAt > now) return overallAt;
      const next = [...queues.keys()].find((chat) => {
        const readyAt = bucketOf(chat).readyAt(now);
        soonest = Math.min(soonest, readyAt);
        return readyAt <= now;
      });
      if (next === undefined) return soonest;
      overall.take(now);
      bucketOf(next).take(now);
      letPass(next);
    }
  }

  function letPass(chat: string): void {
    const queue = queues.get(chat)!;
    const waiter = queue.shift()!;
    queues.delete(chat);
    if (queue.length > 0) queues.set(chat, queue);
    waiting -= 1;
    waiter.pass();
  }

  function leave(chat: string, waiter: Waiter): void {
    const queue = queues.get(chat)?.filter((other) => other !== waiter) ?? [];
    if (queue.length > 0) queues.set(chat, queue);
    else queues.delete(chat);
    waiting -= 1;
    drain();
  }

  function wait(chat: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        leave(chat, waiter);
        reject(aborted());
      };
      const waiter: Waiter = {
        pass() {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
        refuse(reason) {
          signal?.removeEventListener("abort", abort);
          reject(reason);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      const queue = queues.get(chat);
      if (queue === undefined) queues.set(chat, [waiter]);
      else queue.push(waiter);
      waiting += 1;
      drain();
    });
  }

  return {
    async take(chat, signal) {
      if (isStopped) throw stopped();
      if (signal?.aborted) throw aborted();
      if (waiting >= maxWaiting) throw queueFull();
      await wait(chat, signal);
    },
    pause(milliseconds, chat) {
      const bucket = chat === undefined ? overall : bucketOf(chat);
      bucket.pause(clock.now(), milliseconds);
      drain();
    },
    stop() {
      isStopped = true;
      alarm?.abort();
      alarm = null;
      const left = [...queues.values()].flat();
      queues.clear();
      waiting = 0;
      for (const waiter of left) waiter.refuse(stopped());
    },
  };
}

function aborted(): SendError {
  return new SendError("CLAWD_SEND_ABORTED", "The message was withdrawn while it waited for its turn.", {
    outcome: "not-sent",
    hint: "Nothing to do: whoever sent it gave up.",
  });
}

function stopped(): SendError {
  return new SendError("CLAWD_PROVIDER_STOPPED", "The provider stopped before the message could be sent.", {
    outcome: "not-sent",
    hint: "Send it again after the next start.",
  });
}

function queueFull(): SendError {
  return new SendError("CLAWD_SEND_QUEUE_FULL", "Too many messages wait for the network's rate limit.", {
    outcome: "not-sent",
    hint: "Send it again later; if this stays, something floods the network.",
  });
}
