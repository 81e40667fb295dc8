/** Takes secrets out of text: those it knows, in every form they may take, and what looks like one. */
import type { Issue, Result } from "@clawd/kernel";
import { defaultPatterns } from "./default-patterns.ts";
import { compilePattern } from "./safe-pattern.ts";
import { formsOf, linesOf, lowerCase, shortestSecret, squeeze, type SecretForms } from "./secret-forms.ts";

/** Nothing of the secret is kept: the first six characters of a short one are half of it. */
export const mask = "[redacted]";

export interface Redactor {
  /**
   * `text` without secrets, for any sink. What lies beyond `maxLength` characters (absent: 65536) is cut off, and the end
   * says how much. Never throws.
   */
  readonly redact: (text: string, maxLength?: number) => string;
  /** Adds secrets that were made or loaded later. None is ever forgotten: old ones may still turn up. */
  readonly learn: (secrets: Iterable<string>) => void;
}

export interface RedactorOptions {
  readonly secrets: Iterable<string>;
  /** In addition to the built-in ones. Each match is masked whole. */
  readonly patterns?: readonly string[];
}

const defaultMaximum = 65_536;
/** Longest text that a custom pattern sees at once; matches over the edge are found in the next, overlapping window. */
const windowLength = 4096;
const windowOverlap = 1024;

type Range = readonly [start: number, end: number];

/**
 * Issues: `bad-pattern`, each with the pattern's place in the list. Warning: `short-secret` for secrets that are too short to
 * be told from ordinary words and so are not looked for.
 */
export function createRedactor({ secrets, patterns = [] }: RedactorOptions): Result<Redactor> {
  const issues: Issue[] = [];
  const custom: RegExp[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const compiled = compilePattern(pattern);
    if (compiled.ok) custom.push(compiled.expression);
    else {
      const { message, hint } = compiled;
      issues.push({ code: "bad-pattern", path: `logging.redactPatterns[${index}]`, message, hint });
    }
  }
  if (issues.length > 0) return { ok: false, issues };

  const known = new Map<string, SecretForms>();
  let longest = windowOverlap;
  const learn = (added: Iterable<string>) => {
    for (const secret of added) {
      for (const part of [secret.trim(), ...linesOf(secret)]) {
        if (part.length < shortestSecret || known.has(part)) continue;
        const forms = formsOf(part);
        known.set(part, forms);
        longest = Math.max(longest, ...forms.plain.map((form) => form.length));
      }
    }
  };
  const initial = [...secrets];
  learn(initial);
  const redact = (text: string, maxLength = defaultMaximum) => {
    // A secret that begins before the end is seen whole, so that no first half of it remains.
    const seen = text.slice(0, maxLength + longest);
    const ranges = [...knownRanges(seen, known.values()), ...patternRanges(seen, custom)];
    const rest = text.length - maxLength;
    return masked(seen.slice(0, maxLength), ranges) + (rest > 0 ? `…(+${rest})` : "");
  };
  const short = initial
    .map((secret) => secret.trim().length)
    .filter((length) => length > 0 && length < shortestSecret);
  return {
    ok: true,
    value: { redact, learn },
    warnings: short.length === 0 ? [] : [shortSecrets(short.length)],
  };
}

function shortSecrets(count: number): Issue {
  return {
    code: "short-secret",
    path: "",
    message: `The number of secrets too short to be redacted is ${count}.`,
    hint: `Use secrets of at least ${shortestSecret} characters; 32 are better.`,
    severity: "warning",
  };
}

function* knownRanges(text: string, known: Iterable<SecretForms>): Generator<Range> {
  const lower = lowerCase(text);
  const squeezed = squeeze(lower);
  for (const forms of known) {
    for (const form of forms.plain)
      for (const start of placesOf(form, lower)) yield [start, start + form.length];
    for (const form of forms.squeezed) {
      for (const start of placesOf(form, squeezed.text)) {
        yield [squeezed.places[start]!, squeezed.places[start + form.length - 1]! + 1];
      }
    }
  }
}

function* placesOf(part: string, text: string): Generator<number> {
  for (let start = text.indexOf(part); start !== -1; start = text.indexOf(part, start + 1)) yield start;
}

function* patternRanges(text: string, custom: readonly RegExp[]): Generator<Range> {
  for (const pattern of defaultPatterns) yield* matchesOf(pattern, text, 0);
  if (custom.length === 0) return;
  for (
    let start = 0;
    start === 0 || start + windowOverlap < text.length;
    start += windowLength - windowOverlap
  ) {
    const window = text.slice(start, start + windowLength);
    for (const pattern of custom) yield* matchesOf(pattern, window, start);
  }
}

function* matchesOf(pattern: RegExp, text: string, shift: number): Generator<Range> {
  for (const match of text.matchAll(pattern)) {
    if (match[0] !== "") yield [shift + match.index, shift + match.index + match[0].length];
  }
}

/** Overlapping ranges become one mask, so that nothing between two finds remains. */
function masked(text: string, ranges: readonly Range[]): string {
  let result = "";
  let end = 0;
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (from >= text.length) break;
    if (from >= end) result += text.slice(end, from) + mask;
    end = Math.max(end, to);
  }
  return result + text.slice(end);
}
