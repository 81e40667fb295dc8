/** What the model did wrong, or what did not come about: an answer, not a fault of ours. */
import { stripVTControlCharacters } from "node:util";

const mistakes = new WeakSet<Error>();

export function mistake(text: string): Error {
  const made = new Error(text);
  mistakes.add(made);
  return made;
}

/** One text, whoever refused it and why. */
export const unreachable = "This address cannot be reached.";
const longest = 1500;

/** One short text for whatever went wrong with an action. What a page throws is in it. */
export function toldFault(fault: unknown): string {
  if (!(fault instanceof Error)) return "The action failed.";
  if (mistakes.has(fault)) return fault.message;
  if (/net::ERR_(?!ABORTED)/.test(fault.message)) return unreachable;
  const [said = "", log] = fault.message.split("\nCall log:\n");
  const text = said.replace(/^[\w.]+: /, "");
  const last = log
    ?.split("\n")
    .filter((line) => line.trim() !== "")
    .at(-1);
  const told =
    last === undefined ? text : `${text} (last: ${stripVTControlCharacters(last).replace(/^[\s-]+/, "")})`;
  return told.slice(0, longest);
}
