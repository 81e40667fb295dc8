/** The lines of one file that a pattern is found in, with the lines around them. */
import { setImmediate } from "node:timers/promises";
import type { Matcher } from "../pattern/matcher.ts";
import type { SearchBudget } from "./walk-files.ts";

export interface FoundLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly isMatch: boolean;
}

/** Characters of a line that are looked at. */
const longestLine = 1_000_000;
/** Steps of the pattern, and characters, after which others get a turn: some tens of milliseconds. */
const turn = { steps: 50_000, characters: 2_000_000 };

/** Null for a file that is no text: one with a NUL. */
export async function grepFile(
  bytes: Uint8Array,
  matcher: Matcher,
  {
    context,
    limit,
    budget,
    signal,
  }: { context: number; limit: number; budget: SearchBudget; signal: AbortSignal },
): Promise<readonly FoundLine[] | null> {
  if (bytes.includes(0)) return null;
  const lines = textLines(Buffer.from(bytes).toString());
  const matches: number[] = [];
  let characters = 0;
  for (const [index, line] of lines.entries()) {
    characters += line.length + 1;
    const look = matcher.look(line.slice(0, longestLine));
    let isFound = look.goOn(turn.steps);
    while (isFound === undefined || characters > turn.characters) {
      characters = 0;
      await setImmediate();
      signal.throwIfAborted();
      if (budget.isOver) break;
      isFound ??= look.goOn(turn.steps);
    }
    if (budget.isOver) break;
    if (!isFound) continue;
    matches.push(index);
    if (matches.length >= limit) break;
  }
  const isMatch = new Set(matches);
  const shown = new Set(
    matches.flatMap((index) =>
      Array.from({ length: 2 * context + 1 }, (_, offset) => index - context + offset),
    ),
  );
  return [...shown]
    .filter((index) => index >= 0 && index < lines.length)
    .sort((one, other) => one - other)
    .map((index) => ({ number: index + 1, text: lines[index]!, isMatch: isMatch.has(index) }));
}

/** Without their ends; what follows the last line break is a line only if there is something. */
function textLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}
