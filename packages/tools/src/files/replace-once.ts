/** Replaces a text that occurs once. */
import { characters, occurrences } from "./occurrences.ts";

export type Replaced =
  | { readonly text: string }
  | { readonly problem: "missing" }
  | { readonly problem: "same" }
  | { readonly problem: "several"; readonly count: number };

/** More are not counted. */
const mostCounted = 100;

export function replaceOnce(text: string, oldText: string, newText: string): Replaced {
  // Two that overlap are two: which one was meant cannot be known.
  const found = occurrences(characters(text), characters(oldText), mostCounted);
  const [at] = found;
  if (at === undefined) return { problem: "missing" };
  if (found.length > 1) return { problem: "several", count: found.length };
  if (oldText === newText) return { problem: "same" };
  return { text: text.slice(0, at) + newText + text.slice(at + oldText.length) };
}
