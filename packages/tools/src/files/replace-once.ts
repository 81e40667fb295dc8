/** Replaces a text that occurs once. */

export type Replaced =
  | { readonly text: string }
  | { readonly problem: "missing" }
  | { readonly problem: "same" }
  | { readonly problem: "several"; readonly count: number };

export function replaceOnce(text: string, oldText: string, newText: string): Replaced {
  const at = text.indexOf(oldText);
  if (at === -1) return { problem: "missing" };
  let count = 0;
  // Two that overlap are two: which one was meant cannot be known.
  for (let next = at; next !== -1; next = text.indexOf(oldText, next + 1)) count++;
  if (count > 1) return { problem: "several", count };
  if (oldText === newText) return { problem: "same" };
  return { text: text.slice(0, at) + newText + text.slice(at + oldText.length) };
}
