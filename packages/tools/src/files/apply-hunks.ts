/** Puts the hunks of a patch into a text. Each is looked for after the one before it; none is put where it does not belong. */
import { type Items, occurrences } from "./occurrences.ts";
import { type PatchHunk, PatchProblem } from "./patch.ts";
import { isCrlf } from "./text-file.ts";

/** Together they bound the time: each hunk may look through the whole file. */
const mostLines = 500_000;
const mostHunks = 500;

export function applyHunks(text: string, hunks: readonly PatchHunk[], path: string): string | PatchProblem {
  const end = isCrlf(text) ? "\r\n" : "\n";
  const lines = text === "" ? [] : text.split(end);
  // A text that ends with a line break has an empty piece after it, which is no line.
  const hasLastBreak = lines.length > 0 && lines.at(-1) === "";
  if (hasLastBreak) lines.pop();
  if (lines.length > mostLines || hunks.length > mostHunks)
    return new PatchProblem(`${path} is too long, or has too many hunks, for a patch.`);
  const search = lineSearch(lines);
  const result: string[] = [];
  let from = 0;
  for (const [index, hunk] of hunks.entries()) {
    const at = place(search, lines.length, hunk, from);
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

/** Where these lines begin, from a line on; with `isAtEnd` they have to be the last ones. */
type LineSearch = (wanted: readonly string[], start: number, isAtEnd: boolean) => number | undefined;

/** The index of the line where the hunk begins, from `from` on. */
function place(search: LineSearch, lines: number, hunk: PatchHunk, from: number): number | undefined {
  let start = from;
  for (const anchor of hunk.anchors) {
    const found = search([anchor], start, false);
    if (found === undefined) return undefined;
    start = found + 1;
  }
  const old = hunk.lines.filter(({ kind }) => kind !== "add").map(({ text }) => text);
  if (old.length > 0) return search(old, start, hunk.isAtEnd);
  return hunk.anchors.length > 0 && !hunk.isAtEnd ? start : lines;
}

/** First as it is written, then without regard to whitespace at the ends of lines, which models lose. */
function lineSearch(lines: readonly string[]): LineSearch {
  const forms = [(line: string) => line, (line: string) => line.trimEnd()].map((form) => {
    const numbers = new Map<string, number>();
    const numberOf = (line: string) => {
      const known = numbers.get(form(line));
      if (known !== undefined) return known;
      numbers.set(form(line), numbers.size);
      return numbers.size - 1;
    };
    const items = (all: readonly string[]): Items => {
      const each = Int32Array.from(all, numberOf);
      return { length: each.length, at: (index) => each[index]! };
    };
    return { items, whole: items(lines) };
  });
  return (wanted, start, isAtEnd) => {
    const begin = isAtEnd ? Math.max(start, lines.length - wanted.length) : start;
    for (const { items, whole } of forms) {
      const [at] = occurrences(whole, items(wanted), 1, begin);
      if (at !== undefined) return at;
    }
    return undefined;
  };
}
