/** When a request to a model is tried again: the service is busy, and nobody has seen anything of its answer yet. */
import type { Clock } from "@clawd/kernel";
import { ModelFault } from "./model-fault.ts";

export interface RetryPorts {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Milliseconds before each further try; a service's own wish counts up to the cap. */
const pauses = [500, 2000, 8000];
const longestPause = 60_000;

/**
 * What `attempt` resolves to, after as many tries as its faults allow.
 * @param mayRepeat Whether the failed try left nothing to see.
 * @throws ModelFault of the last try; the reason of the signal when it aborts.
 */
export async function withRetry<Value>(
  attempt: () => Promise<Value>,
  mayRepeat: () => boolean,
  signal: AbortSignal,
  { clock, random }: RetryPorts,
): Promise<Value> {
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (fault) {
      signal.throwIfAborted();
      const pause = pauses[tries];
      if (!(fault instanceof ModelFault) || fault.kind !== "busy") throw fault;
      if (pause === undefined || !mayRepeat()) throw fault;
      const wish = fault.retryAfterMs;
      if (wish !== undefined && wish > longestPause) throw fault;
      // Jitter keeps many sessions from knocking at the same moment.
      await clock.sleep(Math.max(wish ?? 0, pause * (0.75 + random() / 2)), signal);
    }
  }
}
