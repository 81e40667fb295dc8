/** What a person in a chat is told when the model fails: nothing of the inside. */
import { ModelFault } from "./model-fault.ts";

const texts = {
  busy: "The model is overloaded or out of reach at the moment. Please try again in a minute.",
  auth: "I cannot reach my model: its key is missing or was refused. The owner of this bot can mend that.",
  request: "The model refused this request. A fresh conversation may help: /new",
} as const;

export function friendlyFault(fault: unknown): string {
  if (fault instanceof ModelFault) return texts[fault.kind];
  return "Something went wrong on my side. The owner of this bot can find the reason in the log.";
}
