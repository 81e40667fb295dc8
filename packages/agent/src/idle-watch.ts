/** Notices that nothing has happened for a while. */
import type { Clock } from "@clawd/kernel";

export interface IdleWatch {
  /** Aborts once nobody has touched the watch for its time. */
  readonly signal: AbortSignal;
  /** Something happened: the time begins anew. */
  touch(): void;
  /** Afterwards no timer is left. */
  stop(): void;
}

/** Begins to watch at once. */
export function createIdleWatch(clock: Clock, milliseconds: number): IdleWatch {
  const idle = new AbortController();
  let waiting: AbortController | undefined;
  // With a reason: an error is not made for each piece of an answer.
  const stop = () => waiting?.abort("over");
  const touch = () => {
    stop();
    const mine = new AbortController();
    waiting = mine;
    void clock.sleep(milliseconds, mine.signal).then(() => {
      if (!mine.signal.aborted) idle.abort();
    });
  };
  touch();
  return { signal: idle.signal, touch, stop };
}
