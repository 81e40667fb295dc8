/** Work that must end: when its time is over, or with a signal. */
import type { Clock } from "@clawd/kernel";

/** Gives the work a signal that aborts when the caller's does, or so many milliseconds later. The work must heed it. */
export async function withinTime<Value>(
  { clock, milliseconds, signal }: { clock: Clock; milliseconds: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const late = new AbortController();
  const done = new AbortController();
  void clock.sleep(milliseconds, done.signal).then(() => {
    if (!done.signal.aborted) late.abort("too late");
  });
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    done.abort("done");
  }
}
