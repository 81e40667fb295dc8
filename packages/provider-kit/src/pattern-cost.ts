/** Bounds, from a pattern's shape alone, how long it can take: the text it will be tried on is an attacker's. */

/** Longest text a pattern is ever tried on, in UTF-16 code units; what comes after is not looked at. */
export const longestInput = 4096;

/** One open-ended repetition and three optional parts. Times the starting points in the input: some 10^8 steps, the worst. */
const budget = longestInput * 8;

export type PatternFault = "nested-repetition" | "back-reference" | "too-many-repetitions";

interface Part {
  /** An upper bound of the ways to match it at one place. */
  readonly ways: number;
  /** More than one way: repeating it would multiply them without end. */
  readonly isAmbiguous: boolean;
}

/** Null when the pattern is safe. Takes a pattern that `new RegExp(source, "u")` accepted. */
export function patternFault(source: string): PatternFault | null {
  const scanner = { source, at: 0 };
  const part = alternatives(scanner);
  if (typeof part === "string") return part;
  return part.ways > budget ? "too-many-repetitions" : null;
}

interface Scanner {
  readonly source: string;
  at: number;
}

function alternatives(scanner: Scanner): Part | PatternFault {
  let ways = 0;
  let isAmbiguous = false;
  for (;;) {
    const branch = sequence(scanner);
    if (typeof branch === "string") return branch;
    ways += branch.ways;
    isAmbiguous ||= branch.isAmbiguous;
    if (scanner.source[scanner.at] !== "|") return { ways, isAmbiguous };
    isAmbiguous = true;
    scanner.at += 1;
  }
}

function sequence(scanner: Scanner): Part | PatternFault {
  let ways = 1;
  let isAmbiguous = false;
  while (scanner.at < scanner.source.length && !"|)".includes(scanner.source[scanner.at]!)) {
    const part = atom(scanner);
    if (typeof part === "string") return part;
    const most = repetition(scanner);
    if (most > 1 && part.isAmbiguous) return "nested-repetition";
    ways *= part.ways * most;
    isAmbiguous ||= part.isAmbiguous || most > 1;
  }
  return { ways, isAmbiguous };
}

const groupPrefix = /\?(?:<[=!]|<[^>]*>|[=!]|[a-z-]*:)/y;
const characterClass = /\[(?:\\[^]|[^\]\\])*\]/y;
const escape = /\\(?:[pPu]\{[^}]*\}|[^])/y;
const quantifier = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;

function atom(scanner: Scanner): Part | PatternFault {
  const { source } = scanner;
  const start = scanner.at;
  if (source[start] === "(") {
    scanner.at += 1;
    skip(scanner, groupPrefix);
    const inside = alternatives(scanner);
    scanner.at += 1;
    return inside;
  }
  if (/\\[1-9k]/y.test(source.slice(start, start + 2))) return "back-reference";
  if (!skip(scanner, characterClass) && !skip(scanner, escape)) {
    scanner.at += source.codePointAt(start)! > 0xffff ? 2 : 1;
  }
  return { ways: 1, isAmbiguous: false };
}

/** How often the part before is repeated at most; an optional part counts as two, present and absent. */
function repetition(scanner: Scanner): number {
  quantifier.lastIndex = scanner.at;
  const match = quantifier.exec(scanner.source);
  if (match === null) return 1;
  scanner.at = quantifier.lastIndex;
  const [, symbol, least = "", comma, most = ""] = match;
  if (symbol === "?") return 2;
  if (symbol !== undefined || (comma === "," && most === "")) return longestInput;
  return Math.min(longestInput, Math.max(1, Number(most || least)));
}

function skip(scanner: Scanner, pattern: RegExp): boolean {
  pattern.lastIndex = scanner.at;
  if (!pattern.test(scanner.source)) return false;
  scanner.at = pattern.lastIndex;
  return true;
}
