/** Keeps the intake going until it is told to stop; says how it stands. Never rejects. */
import type { Clock } from "@clawd/kernel";
import type { ConnectionState } from "@clawd/provider-kit";
import { troubleOf } from "./trouble.ts";

const firstPause = 1000;
const longestPause = 60_000;

export interface Supervision {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (state: ConnectionState) => void;
}

/**
 * @param attempt works until the signal aborts, or rejects with the reason why it cannot. Calls `up` whenever it is known
 *   that messages come through.
 */
export async function supervise(
  attempt: (up: () => void) => Promise<void>,
  { clock, signal, report }: Supervision,
): Promise<void> {
  let pause = firstPause;
  let isUp = false;
  const up = () => {
    pause = firstPause;
    if (isUp || signal.aborted) return;
    isUp = true;
    report({ state: "connected" });
  };
  while (!signal.aborted) {
    try {
      await attempt(up);
    } catch (thrown) {
      if (signal.aborted) return;
      isUp = false;
      const { waitMs, ...trouble } = troubleOf(thrown);
      report({ state: "down", ...trouble });
      await clock.sleep(waitMs ?? pause, signal);
      if (waitMs === undefined) pause = Math.min(pause * 2, longestPause);
    }
  }
}
