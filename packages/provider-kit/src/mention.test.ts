import { describe, expect, test } from "vitest";
import { compileMentionPatterns, matchesMention, mentionPatternsFor } from "./mention.ts";

function mentions(patterns: readonly string[], text: string): boolean {
  const compiled = compileMentionPatterns(patterns);
  expect(compiled.issues).toEqual([]);
  return matchesMention(text, compiled.patterns);
}

function codeOf(pattern: string): string | undefined {
  const { patterns, issues } = compileMentionPatterns([pattern]);
  expect(patterns.expressions.length + issues.length).toBe(1);
  return issues[0]?.code;
}

describe("matchesMention", () => {
  test("ignores letter case and invisible characters", () => {
    expect(mentions([String.raw`\bclawd\b`], "Hey CLA\u200bWD, look")).toBe(true);
    expect(mentions([String.raw`\bclawd\b`], "clawdia")).toBe(false);
  });

  test("takes a backspace for the word boundary that was meant", () => {
    expect(mentions(["\bclawd\b"], "hey clawd")).toBe(true);
    expect(mentions(["\bclawd\b"], "clawdia")).toBe(false);
  });

  test("looks no further than the first 4096 code units", () => {
    expect(mentions(["clawd"], "x".repeat(4091) + "clawd")).toBe(true);
    expect(mentions(["clawd"], "x".repeat(4092) + "clawd")).toBe(false);
  });

  test("is false where there is no pattern", () => {
    expect(mentions([], "clawd")).toBe(false);
  });
});

describe("compileMentionPatterns", () => {
  test.each(["(a+)+", "(a*)*b", "(a|a)*", "(?:a{1,9}){2,}", "(?<x>a?)+", "((ab)+c)*", "([a-z]+\\s?)+"])(
    "refuses %s: a repetition inside a repetition",
    (pattern) => {
      expect(codeOf(pattern)).toBe("nested-repetition");
    },
  );

  test.each(["a.*b.*c", "a?".repeat(20) + "x", "a{1,64}b{1,64}c{1,64}", "(a|a)".repeat(20), "\\s+a\\s+"])(
    "refuses %s: too many ways to match",
    (pattern) => {
      expect(codeOf(pattern)).toBe("too-many-repetitions");
    },
  );

  test.each(["(a)\\1", "(?<x>a)\\k<x>"])("refuses the back-reference in %s", (pattern) => {
    expect(codeOf(pattern)).toBe("back-reference");
  });

  test.each(["(", "[a", "a{2", "*a", "\\y", "a".repeat(257)])("refuses %s: not a pattern", (pattern) => {
    expect(codeOf(pattern)).toBe("invalid-pattern");
  });

  test.each(["", ".*", "a?", "a|", "\u200b"])("refuses %j: it matches everything", (pattern) => {
    expect(codeOf(pattern)).toBe("matches-everything");
  });

  test.each([
    String.raw`\b@?clawd\b`,
    String.raw`^(?:hey|hi|ok),?\s+clawd`,
    String.raw`(?<!\w)clawd(?!\w)`,
    String.raw`[(*+|)]clawd\(\*`,
    String.raw`[\]*+]clawd\u{1f99e}\p{Lu}`,
    "🦞",
    "(?:claw){2}",
  ])("accepts %s", (pattern) => {
    expect(codeOf(pattern)).toBeUndefined();
  });

  test("names the place of every bad pattern and keeps the good ones", () => {
    const { patterns, issues } = compileMentionPatterns(
      ["clawd", "(", "(a+)+"],
      ["messages", "groupChat", "mentionPatterns"],
    );
    expect(patterns.expressions).toHaveLength(1);
    expect(issues.map(({ path }) => path)).toEqual([
      "messages.groupChat.mentionPatterns[1]",
      "messages.groupChat.mentionPatterns[2]",
    ]);
  });
});

describe("mentionPatternsFor", () => {
  const calls = (agent: { name?: string; emoji?: string }, text: string) =>
    mentions(mentionPatternsFor(agent), text);

  test.each(["Clawd", "@clawd", "hey clawd!", "(clawd)", "clawd, please", "你好 clawd"])(
    "hears %j",
    (text) => {
      expect(calls({ name: "Clawd" }, text)).toBe(true);
    },
  );

  test.each(["clawdia", "my_clawd", "me@clawd.example", "claw d", ""])("does not hear %j", (text) => {
    expect(calls({ name: "Clawd" }, text)).toBe(false);
  });

  test("takes names with spaces and signs literally", () => {
    expect(calls({ name: "Mr. C+ (bot)" }, "ask mr. c+  (bot) then")).toBe(true);
    expect(calls({ name: "Mr. C+ (bot)" }, "mrx c (bot)")).toBe(false);
  });

  test("hears the emoji anywhere, with or without its variation selector", () => {
    expect(calls({ emoji: "🛠️" }, "well🛠do it")).toBe(true);
  });

  test("makes no pattern of nothing", () => {
    expect(mentionPatternsFor({ name: " \u200b", emoji: "" })).toEqual([]);
  });
});
