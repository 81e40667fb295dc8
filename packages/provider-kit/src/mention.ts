/** Detects that a text calls the bot by a pattern, where the network itself has no sign for it or people write it by hand. */
import { formatPath, messageOf, type Issue, type PathSegment } from "@clawd/kernel";
import { withoutInvisible } from "./invisible.ts";
import { longestInput, patternFault, type PatternFault } from "./pattern-cost.ts";

/** Made by `compileMentionPatterns` only. */
export interface MentionPatterns {
  readonly expressions: readonly RegExp[];
}

/** Longest pattern, in UTF-16 code units. */
const longestPattern = 256;

/**
 * Compiles the patterns of `groupChat.mentionPatterns`: regular expressions with Unicode classes, letter case ignored. One
 * that is invalid, could take long on a hostile text, or matches every text becomes an issue and is left out.
 * @param path where the list stands in the config; absent means `mentionPatterns`
 */
export function compileMentionPatterns(
  patterns: readonly string[],
  path: readonly PathSegment[] = ["mentionPatterns"],
): { readonly patterns: MentionPatterns; readonly issues: readonly Issue[] } {
  const expressions: RegExp[] = [];
  const issues: Issue[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const result = compile(pattern);
    if (result instanceof RegExp) expressions.push(result);
    else issues.push({ ...result, path: formatPath([...path, index]) });
  }
  return { patterns: { expressions }, issues };
}

/** Looks at the first 4096 code units, without invisible characters. False where there is no pattern. */
export function matchesMention(text: string, { expressions }: MentionPatterns): boolean {
  const seen = withoutInvisible(text.slice(0, longestInput));
  return expressions.some((expression) => expression.test(seen));
}

/**
 * Patterns for an agent that has none in the config: its name as a word, with or without `@`, with any white
 * space where the name has some; and its emoji.
 */
export function mentionPatternsFor(agent: { readonly name?: string; readonly emoji?: string }): string[] {
  const words = withoutInvisible(agent.name ?? "")
    .split(/\s+/u)
    .filter(Boolean);
  const emoji = withoutInvisible(agent.emoji ?? "").trim();
  const patterns: string[] = [];
  if (words.length > 0) {
    const name = words.map(literal).join(String.raw`\s{1,2}`);
    const before = isWordCharacter.test(words[0]!) ? String.raw`(?<![\p{L}\p{N}_]@?)` : "";
    const after = isWordCharacter.test(lastCharacter(words.at(-1)!)) ? String.raw`(?![\p{L}\p{N}_])` : "";
    patterns.push(`${before}${name}${after}`);
  }
  if (emoji !== "") patterns.push(literal(emoji));
  return patterns;
}

const isWordCharacter = /^[\p{L}\p{N}_]/u;

function lastCharacter(text: string): string {
  return Array.from(text).at(-1)!;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

const faults: Readonly<Record<PatternFault, { readonly message: string; readonly hint: string }>> = {
  "nested-repetition": {
    message: "This pattern repeats a group that itself repeats or has alternatives.",
    hint: "Write it without a repetition inside a repetition; on a hostile text such a pattern runs for ever.",
  },
  "back-reference": {
    message: "This pattern refers back to a group.",
    hint: "Write out what the group stands for.",
  },
  "too-many-repetitions": {
    message: "This pattern has too many open-ended repetitions.",
    hint: "Keep one `*` or `+` at most, and give the others a small bound, such as `\\s{1,3}`.",
  },
};

function compile(pattern: string): RegExp | Omit<Issue, "path"> {
  if (typeof pattern !== "string" || pattern.length > longestPattern) {
    return {
      code: "invalid-pattern",
      message: `A mention pattern is a text of at most ${longestPattern} characters.`,
      hint: "Write several short patterns instead.",
    };
  }
  // "\b" written once too little in JSON is a backspace; nobody means that.
  const source = withoutInvisible(pattern.replaceAll("\b", String.raw`\b`));
  let expression: RegExp;
  try {
    expression = new RegExp(source, "iu");
  } catch (cause) {
    return {
      code: "invalid-pattern",
      message: `This pattern is not a regular expression (${messageOf(cause)}).`,
      hint: "Escape `.*+?()[]{}|\\^$` with a backslash where they stand for themselves, and nothing else.",
    };
  }
  const fault = patternFault(source);
  if (fault !== null) return { code: fault, ...faults[fault] };
  if (expression.test("")) {
    return {
      code: "matches-everything",
      message: "This pattern matches every text, so every message would count as a mention.",
      hint: 'To answer without a mention set "requireMention": false for the group instead.',
    };
  }
  return expression;
}
