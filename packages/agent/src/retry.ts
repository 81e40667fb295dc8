/** When a request to a model is tried again: the service is busy, and nothing of its answer was shown yet. */
import type { Clock } from "@clawd/kernel";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";
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
 * The model's events; a try that fails before its first event is repeated.
 * @throws ModelFault of the last try.
 */
export async function* streamWithRetry(
  model: Model,
  request: ModelRequest,
  signal: AbortSignal,
  { clock, random }: RetryPorts,
): AsyncGenerator<ModelEvent> {
  for (let attempt = 0; ; attempt++) {
    let isShown = false;
    try {
      for await (const event of model.stream(request, signal)) {
        isShown = true;
        yield event;
      }
      return;
    } catch (fault) {
      const pause = pauses[attempt];
      const isBusy = fault instanceof ModelFault && fault.kind === "busy";
      if (!isBusy || isShown || pause === undefined || signal.aborted) throw fault;
      if (fault.retryAfterMs !== undefined && fault.retryAfterMs > longestPause) throw fault;
      // Jitter keeps many sessions from knocking at the same moment.
      await clock.sleep(fault.retryAfterMs ?? pause * (0.75 + random() / 2), signal);
      if (signal.aborted) throw fault;
    }
  }
}
