/** Puts the hunks of a patch into a text. Each is looked for after the one before it; none is put where it does not belong. */
import { type PatchHunk, PatchProblem } from "./patch.ts";
import { isCrlf } from "./text-file.ts";

export function applyHunks(text: string, hunks: readonly PatchHunk[], path: string): string | PatchProblem {
  const end = isCrlf(text) ? "\r\n" : "\n";
  const lines = text === "" ? [] : text.split(end);
  // A text that ends with a line break has an empty piece after it, which is no line.
  const hasLastBreak = lines.length > 0 && lines.at(-1) === "";
  if (hasLastBreak) lines.pop();
  const result: string[] = [];
  let from = 0;
  for (const [index, hunk] of hunks.entries()) {
    const at = place(lines, hunk, from);
    if (at === undefined) {
      const first = hunk.lines.find(({ kind }) => kind !== "add")?.text ?? hunk.anchors.at(-1) ?? "";
      return new PatchProblem(
        `Hunk ${index + 1} of ${path} does not fit: its lines are not in the file in this order (looking for ${JSON.stringify(first.slice(0, 120))}).`,
      );
    }
    result.push(...lines.slice(from, at));
    from = at;
    for (const { kind, text: line } of hunk.lines) {
      // What is kept is kept as the file has it.
      if (kind === "add") result.push(line);
      else if (kind === "keep") result.push(lines[from++]!);
      else from++;
    }
  }
  result.push(...lines.slice(from));
  if (result.length === 0) return "";
  return result.join(end) + (hasLastBreak || lines.length === 0 ? end : "");
}

/** The index in `lines` where the hunk begins, from `from` on. */
function place(lines: readonly string[], hunk: PatchHunk, from: number): number | undefined {
  let start = from;
  for (const anchor of hunk.anchors) {
    const found = seek(lines, [anchor], start, false);
    if (found === undefined) return undefined;
    start = found + 1;
  }
  const old = hunk.lines.filter(({ kind }) => kind !== "add").map(({ text }) => text);
  if (old.length > 0) return seek(lines, old, start, hunk.isAtEnd);
  return hunk.anchors.length > 0 && !hunk.isAtEnd ? start : lines.length;
}

/** First as it is written, then without regard to whitespace at the ends of lines, which models lose. */
function seek(
  lines: readonly string[],
  wanted: readonly string[],
  start: number,
  isAtEnd: boolean,
): number | undefined {
  const last = lines.length - wanted.length;
  const begin = isAtEnd ? Math.max(start, last) : start;
  for (const form of [(line: string) => line, (line: string) => line.trimEnd()])
    for (let at = begin; at <= last; at++)
      if (wanted.every((line, index) => form(line) === form(lines[at + index]!))) return at;
  return undefined;
}
