/** Work with an end: by time, or by the caller's signal, whichever comes first. */
import type { Clock } from "@clawd/kernel";

export interface Deadline {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rejects when the time is over, also where the work does not listen to its signal.
 * @throws the signal's reason: a DOMException `TimeoutError` for the time.
 */
export async function withDeadline<Value>(
  deadline: Deadline,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const timer = startDeadline(deadline);
  try {
    timer.signal.throwIfAborted();
    return await Promise.race([work(timer.signal), rejection(timer.signal)]);
  } finally {
    timer.stop();
  }
}

/** A signal that aborts at the deadline, until it is stopped. */
export function startDeadline({ timeoutMs, clock, signal }: Deadline): {
  readonly signal: AbortSignal;
  stop(): void;
} {
  const end = new AbortController();
  const stopped = new AbortController();
  const follow = () => end.abort(signal?.reason);
  if (signal?.aborted) follow();
  else signal?.addEventListener("abort", follow, { once: true });
  void clock.sleep(timeoutMs, stopped.signal).then(() => {
    if (!stopped.signal.aborted) end.abort(new DOMException("The time is over.", "TimeoutError"));
  });
  return {
    signal: end.signal,
    stop() {
      signal?.removeEventListener("abort", follow);
      stopped.abort();
    },
  };
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export function isTimeout(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "TimeoutError";
}
