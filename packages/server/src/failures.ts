/** How many wrong tokens are answered as such, over all addresses: behind one there may be many, and one may use many. */
import type { Clock } from "@clawd/kernel";

export interface Failures {
  /** Counts one; `first` is true for the first of a minute's window. Undefined means: within the limit. */
  count(): { readonly isFirst: boolean; readonly retryAfterSeconds: number | undefined };
}

/** A fixed window: bounded memory, whatever the number of addresses. */
export function countFailures(clock: Clock, limit = 10, windowMilliseconds = 60_000): Failures {
  let windowEnd = 0;
  let failures = 0;
  return {
    count() {
      const now = clock.now();
      if (now >= windowEnd) [windowEnd, failures] = [now + windowMilliseconds, 0];
      failures++;
      const retryAfterSeconds = failures > limit ? Math.ceil((windowEnd - now) / 1000) : undefined;
      return { isFirst: failures === 1, retryAfterSeconds };
    },
  };
}
