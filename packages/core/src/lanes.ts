/** One turn at a time in each session, a bounded number over all, first come first served. */

export interface Lanes {
  /**
   * Runs the task after everything queued before it under `key`.
   * `cancelled` when `stop` or `close` came first, or aborted it; `full` when the lane holds too much already.
   * A task that rejects rejects this promise and frees the lane.
   */
  run(key: string, task: (signal: AbortSignal) => Promise<void>): Promise<"done" | "cancelled" | "full">;
  /** Aborts what runs under `key` and drops what waits; says how many tasks that were. */
  stop(key: string): number;
  /** How many tasks run or wait under `key`. */
  size(key: string): number;
  /** Takes nothing new, drops what waits, aborts what runs after `graceMilliseconds`, resolves when nothing runs. */
  close(graceMilliseconds: number): Promise<void>;
}

interface Entry {
  readonly start: () => void;
  readonly cancel: () => void;
  readonly abort: AbortController;
}

/**
 * @param limits `concurrent`: tasks running at once over all lanes; `perLane`: running and waiting in one lane.
 */
export function createLanes(limits: { readonly concurrent: number; readonly perLane: number }): Lanes {
  const lanes = new Map<string, Entry[]>();
  const ready: Entry[] = [];
  const running = new Set<Promise<unknown>>();
  const aborts = new Set<AbortController>();
  let closed = false;

  function pump(): void {
    while (running.size < limits.concurrent) {
      const entry = ready.shift();
      if (entry === undefined) return;
      entry.start();
    }
  }

  /** The lane's head is done: the next in the lane becomes ready. */
  function release(key: string, entry: Entry): void {
    const lane = lanes.get(key);
    if (lane?.[0] !== entry) return;
    lane.shift();
    const next = lane[0];
    if (next === undefined) lanes.delete(key);
    else ready.push(next);
  }

  function cancelWaiting(key: string): number {
    const lane = lanes.get(key);
    if (lane === undefined) return 0;
    const waiting = lane.splice(aborts.has(lane[0]!.abort) ? 1 : 0);
    if (lane.length === 0) lanes.delete(key);
    for (const entry of waiting) {
      const index = ready.indexOf(entry);
      if (index >= 0) ready.splice(index, 1);
      entry.cancel();
    }
    return waiting.length;
  }

  return {
    run(key, task) {
      if (closed) return Promise.resolve("cancelled");
      const lane = lanes.get(key) ?? [];
      if (lane.length >= limits.perLane) return Promise.resolve("full");
      lanes.set(key, lane);
      return new Promise((resolve, reject) => {
        const abort = new AbortController();
        const execute = async () => {
          try {
            await task(abort.signal);
            resolve(abort.signal.aborted ? "cancelled" : "done");
          } catch (error) {
            if (abort.signal.aborted) resolve("cancelled");
            else reject(error as Error);
          }
        };
        const entry: Entry = {
          abort,
          cancel: () => resolve("cancelled"),
          start() {
            aborts.add(abort);
            const work = execute().finally(() => {
              running.delete(work);
              aborts.delete(abort);
              release(key, entry);
              pump();
            });
            running.add(work);
          },
        };
        lane.push(entry);
        if (lane.length === 1) ready.push(entry);
        pump();
      });
    },
    stop(key) {
      const head = lanes.get(key)?.[0];
      const dropped = cancelWaiting(key);
      if (head === undefined || !aborts.has(head.abort)) return dropped;
      head.abort.abort();
      return dropped + 1;
    },
    size: (key) => lanes.get(key)?.length ?? 0,
    async close(graceMilliseconds) {
      closed = true;
      for (const key of lanes.keys()) cancelWaiting(key);
      const timer = setTimeout(() => {
        for (const abort of aborts) abort.abort();
      }, graceMilliseconds);
      while (running.size > 0) await Promise.allSettled(running);
      clearTimeout(timer);
    },
  };
}
