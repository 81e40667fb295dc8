/**
 * Regular expressions that a person writes and that run on what strangers write. Those that can take long on a hostile
 * text are refused: a repeated group that repeats or chooses inside, references back, and neighbours that repeat the same
 * characters. What is left takes at most quadratic time, on windows of bounded size.
 */

export type CompiledPattern =
  | { readonly ok: true; readonly expression: RegExp }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const longestPattern = 256;
/** A repetition with a smaller bound cannot take long. */
const smallBound = 64;

/** `source`: an expression (then letter case does not count) or `/expression/flags`. */
export function compilePattern(source: string): CompiledPattern {
  if (source.length > longestPattern) {
    return refuse(`The pattern has more than ${longestPattern} characters.`, "Split it into several.");
  }
  const slashed = /^\/(.+)\/([a-z]*)$/s.exec(source);
  const body = slashed?.[1] ?? source;
  const flags = slashed === null ? "i" : slashed[2]!;
  if (body === "") return refuse("The pattern is empty.", "Remove it.");
  if (!/^[gimsu]*$/.test(flags)) return refuse("The pattern has an unknown flag.", "Use i, m, s and u.");
  let expression: RegExp;
  try {
    expression = new RegExp(body, [...new Set(`g${flags}`)].join(""));
  } catch {
    return refuse(
      "This is not a regular expression.",
      "Put \\ before ( ) [ ] { } * + ? . that mean themselves.",
    );
  }
  if (expression.test("")) return refuse("The pattern matches the empty text.", "Use + in place of *.");
  expression.lastIndex = 0;
  const danger = dangerOf(body);
  return danger === undefined
    ? { ok: true, expression }
    : refuse(danger, "Give repetitions a bound, as in \\w{1,64}.");
}

function refuse(message: string, hint: string): CompiledPattern {
  return { ok: false, message, hint };
}

interface Item {
  readonly atom: string;
  isUnbounded: boolean;
  isOptional: boolean;
}

interface Group {
  readonly firstItem: number;
  varies: boolean;
}

const backReference = "The pattern refers back to an earlier group.";
const nested = "The pattern repeats a group that itself repeats or chooses.";
const overlapping = "The pattern repeats the same characters twice in a row.";

const atomAt =
  /\\(?:u\{[^}]*\}|u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|[pP]\{[^}]*\}|c[A-Za-z]|[^])|\[(?:\\[^]|[^\]\\])*\]|[^]/y;
const quantifierAt = /(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y;
const groupStart = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/y;

/** Reads the expression from left to right; it is known to be valid. */
function dangerOf(body: string): string | undefined {
  let items: Item[] = [];
  const groups: Group[] = [{ firstItem: 0, varies: false }];
  let index = 0;
  const take = (expression: RegExp) => {
    expression.lastIndex = index;
    const match = expression.exec(body);
    if (match !== null) index += match[0].length;
    return match;
  };
  while (index < body.length) {
    let closed: Group | undefined;
    const current = groups.at(-1)!;
    if (take(groupStart) !== null) {
      groups.push({ firstItem: items.length, varies: false });
      continue;
    }
    const atom = take(atomAt)![0];
    if (/^\\[1-9k]/.test(atom)) return backReference;
    if (atom === "|") {
      current.varies = true;
      // Alternatives at the top do not follow each other.
      if (groups.length === 1) {
        if (overlaps(items)) return overlapping;
        items = [];
      }
      continue;
    }
    if (atom === ")") {
      closed = groups.pop();
      if (closed?.varies === true) groups.at(-1)!.varies = true;
    } else if (atom !== "^" && atom !== "$" && atom !== "\\b" && atom !== "\\B") {
      items.push({ atom, isUnbounded: false, isOptional: false });
    }
    const quantifier = take(quantifierAt);
    if (quantifier === null) continue;
    const { least, most } = boundsOf(quantifier);
    if (closed?.varies === true && most > 1) return nested;
    if (least !== most) groups.at(-1)!.varies = true;
    for (const item of items.slice(closed?.firstItem ?? -1)) {
      item.isUnbounded ||= most > smallBound;
      item.isOptional ||= least === 0;
    }
  }
  return overlaps(items) ? overlapping : undefined;
}

function boundsOf([text, least, comma, most]: RegExpExecArray): { least: number; most: number } {
  if (text.startsWith("*")) return { least: 0, most: Infinity };
  if (text.startsWith("+")) return { least: 1, most: Infinity };
  if (text.startsWith("?")) return { least: 0, most: 1 };
  return { least: Number(least), most: comma === "" ? Number(least) : most === "" ? Infinity : Number(most) };
}

/** Two unbounded repetitions that can share characters, with nothing between them that parts them for sure. */
function overlaps(items: readonly Item[]): boolean {
  return items.some((first, start) => {
    if (!first.isUnbounded) return false;
    const characters = charactersOf(first.atom);
    for (const item of items.slice(start + 1)) {
      const isShared = [...charactersOf(item.atom)].some((character) => characters.has(character));
      if (item.isUnbounded && isShared) return true;
      if (!item.isOptional && !isShared) return false;
    }
    return false;
  });
}

const samples = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), "é", "漢"];

function charactersOf(atom: string): ReadonlySet<string> {
  const expression = new RegExp(`^${atom}$`, /^\\(?:[pP]|u\{)/.test(atom) ? "siu" : "i");
  return new Set(samples.filter((character) => expression.test(character)));
}
