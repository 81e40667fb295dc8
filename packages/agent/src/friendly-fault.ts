/** What a person in a chat is told when the model fails: nothing of the inside. */
import { isClawdError } from "@clawd/kernel";

const texts: Readonly<Record<string, string>> = {
  CLAWD_MODEL_BUSY: "The model is overloaded or out of reach at the moment. Please try again in a minute.",
  CLAWD_MODEL_AUTH:
    "I cannot reach my model: its key is missing or was refused. The owner of this bot can mend that.",
  CLAWD_MODEL_REQUEST: "The model refused this request. A fresh conversation may help: /new",
};

const other = "Something went wrong on my side. The owner of this bot can find the reason in the log.";

/** Total: takes whatever was thrown. */
export function friendlyFault(fault: unknown): string {
  if (!isClawdError(fault) || !Object.hasOwn(texts, fault.code)) return other;
  return texts[fault.code]!;
}
