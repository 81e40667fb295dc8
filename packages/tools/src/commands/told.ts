/** How the end of a command and its output are told. */
import { lastCharacters } from "./text-tail.ts";
import type { ProcessEnd, ProcessSession } from "./processes.ts";

/** Characters of output in one answer. */
const mostCharacters = 30_000;

export function toldOutput({ text, lost }: { readonly text: string; readonly lost: number }): string {
  const kept = lastCharacters(text, mostCharacters);
  const cut = lost + text.length - kept.length;
  return cut === 0 ? kept : `[The first ${cut} characters are left out.]\n${kept}`;
}

/** Empty for an end without anything to tell. */
export function toldEnd({ exit, lost }: ProcessEnd, timeoutSeconds?: number): string {
  if (exit === null) return ["The place ended under the command", lost].filter(Boolean).join(": ");
  if (exit.isTimedOut)
    return timeoutSeconds === undefined
      ? "Command timed out"
      : `Command timed out after ${timeoutSeconds} seconds`;
  if (exit.signal !== null) return `Command aborted by signal ${exit.signal}`;
  return exit.code === 0 ? "" : `Command exited with code ${exit.code}`;
}

export const isFailed = ({ exit }: ProcessEnd): boolean => exit?.code !== 0 || exit.isTimedOut;

export function statusOf({ end }: ProcessSession): "running" | "completed" | "failed" {
  if (end === null) return "running";
  return isFailed(end) ? "failed" : "completed";
}

export const withNote = (text: string, note: string): string =>
  [text.trimEnd(), note].filter(Boolean).join("\n\n");
