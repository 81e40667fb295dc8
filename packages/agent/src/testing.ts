/** A model that says what a test wants. */
import { type Model, type ModelEvent, type ModelRequest, noUsage } from "./model.ts";

export interface ScriptedModel extends Model {
  readonly requests: readonly ModelRequest[];
}

/** A text, or the events of an answer; an Error among them is thrown when its turn comes. */
export type ScriptedStep = string | Error | readonly (ModelEvent | Error)[];

/** Answers each request with the next step of the script. The last one repeats. */
export function scriptedModel(...script: readonly ScriptedStep[]): ScriptedModel {
  const requests: ModelRequest[] = [];
  return {
    id: "scripted",
    requests,
    async *stream(request, signal) {
      const step = script[Math.min(requests.length, script.length - 1)] ?? "";
      requests.push(request);
      for (const event of eventsOf(step)) {
        signal.throwIfAborted();
        if (event instanceof Error) throw event;
        yield event;
      }
    },
  };
}

function eventsOf(step: ScriptedStep): readonly (ModelEvent | Error)[] {
  if (step instanceof Error) return [step];
  if (typeof step !== "string") return step;
  return [
    { type: "text", text: step },
    { type: "stop", reason: "end", usage: noUsage },
  ];
}
