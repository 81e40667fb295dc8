/** A model that says what a test wants. */
import { type Model, type ModelEvent, type ModelRequest, noUsage } from "./model.ts";

export interface ScriptedModel extends Model {
  readonly requests: readonly ModelRequest[];
}

/** Answers each request with the next step of the script: a text, events, or a fault to throw. The last one repeats. */
export function scriptedModel(...script: readonly (string | readonly ModelEvent[] | Error)[]): ScriptedModel {
  const requests: ModelRequest[] = [];
  return {
    id: "scripted",
    requests,
    async *stream(request) {
      const step = script[Math.min(requests.length, script.length - 1)] ?? "";
      requests.push(request);
      if (step instanceof Error) throw step;
      if (typeof step !== "string") return yield* step;
      yield { type: "text", text: step };
      yield { type: "stop", reason: "end", usage: noUsage };
    },
  };
}
