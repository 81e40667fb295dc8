import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "./matcher.ts";
import { parsePattern, PatternProblem } from "./regular-expression.ts";
import { rustSource } from "./rust-source.ts";

function matches(pattern: string, text: string, ignoreCase = false): boolean {
  const node = parsePattern(pattern, ignoreCase);
  if (node instanceof PatternProblem) throw new Error(node.message);
  return compile(node)!.test(text);
}

test.each([
  ["a.c", "xabcx", true],
  ["^a.c$", "xabc", false],
  ["a|b|", "", true],
  ["(foo|ba[rz]){2}", "xfoobazx", true],
  ["(foo|ba[rz]){2}", "foo baz", false],
  ["\\bword\\b", "a word.", true],
  ["\\bword\\b", "swords", false],
  ["\\d{3}-\\d{4}", "555-1234", true],
  ["[^\\s]+@\\w+", "a@b", true],
  ["[]a]", "]", true],
  ["[a-]", "-", true],
  ["\\p{Lu}x", "Äx", true],
  ["(?i)STRASSE", "strasse", true],
  ["\\x41\\u{42}", "AB", true],
  ["a{0}b", "b", true],
  ["(?P<name>x)(?<other>y)(?:z)", "xyz", true],
  ["(a*)*b", "aaab", true],
  ["😀.", "😀!", true],
  ["[😀-😂]", "😁", true],
  ["é", "É", false],
])("%s in %j: %s", (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

test.each([
  "(",
  ")",
  "[a",
  "a**",
  "*",
  "(?=a)",
  "(?<!a)b",
  "\\1",
  "a{2,1}",
  "a{9999}",
  "[[:alpha:]]",
  "[a&&b]",
  "\\n",
  "a\nb",
  "\\q",
  "\\",
  "(?",
  "\\p{Greek}",
])("%j is refused with a reason", (pattern) => {
  expect(parsePattern(pattern, false)).toBeInstanceOf(PatternProblem);
});

test("a pattern that would never end elsewhere ends at once", () => {
  const text = "a".repeat(20_000);
  for (const pattern of ["(a+)+$b", "(a|aa)+b", "(a*)*b", "(.*.*.*.*)x", "(a?){200}a{200}b"])
    expect(matches(pattern, text)).toBe(false);
});

test("a pattern with more situations than are remembered is looked at in short pieces, and rightly", () => {
  // Which of the last 300 characters were an `a` is a situation of its own each time.
  const look = (text: string) => {
    const node = parsePattern("a[ab]{300}c", false);
    const going = compile(node as Exclude<typeof node, PatternProblem>)!.look(text);
    let pieces = 0;
    for (let found = going.goOn(10_000); ; found = going.goOn(10_000), pieces++)
      if (found !== undefined) return { found, pieces };
  };
  const text = Array.from({ length: 5_000 }, (_, index) =>
    Math.imul(index, 2_654_435_761) & 0x1000 ? "a" : "b",
  ).join("");
  expect(look(text).found).toBe(false);
  expect(look(text).pieces).toBeGreaterThan(10);
  expect(look(`${text}a${"b".repeat(300)}c`).found).toBe(true);
});

test("a pattern that is too large is refused", () => {
  const node = parsePattern("((a{100}){100}){100}", false);
  expect(node instanceof PatternProblem ? undefined : compile(node)).toBeUndefined();
});

/** Patterns that both this and another engine understand, over a few characters. */
const patterns = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      "a",
      "b",
      "é",
      "_",
      " ",
      ".",
      "\\w",
      "\\W",
      "\\d",
      "\\s",
      "[ab]",
      "[^a]",
      "[a-z_]",
      "^",
      "$",
      "\\b",
      "\\B",
    ),
    fc.tuple(tie("pattern"), tie("pattern")).map(([one, other]) => one + other),
    fc.tuple(tie("pattern"), tie("pattern")).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{0,2}"))
      .map(([one, count]) => `(?:${one})${count}`),
  ),
})).pattern;
const texts = fc.string({
  unit: fc.constantFrom("a", "b", "A", "é", "É", "_", " ", "1", "-"),
  maxLength: 12,
});

test("finds what JavaScript's own expressions find", () => {
  fc.assert(
    fc.property(patterns, texts, fc.boolean(), (pattern, text, ignoreCase) => {
      // Its \w knows ASCII alone, and so do its edges of words.
      fc.pre(!/[éÉ]/.test(text) || !/\\[wWbB]/.test(pattern));
      expect(matches(pattern, text, ignoreCase)).toBe(
        new RegExp(pattern, ignoreCase ? "iu" : "u").test(text),
      );
    }),
    { numRuns: 3_000 },
  );
});

test("what is written for ripgrep finds the same lines there", ({ skip }) => {
  if (spawnSync("rg", ["--version"]).error) {
    expect(process.env["CI"], "ripgrep is needed for this test").toBeUndefined();
    skip("ripgrep is not here: what it finds was not compared");
  }
  const lists = fc.array(
    texts.map((text) => text.replaceAll("-", "\t")),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(patterns, lists, fc.boolean(), (pattern, lines, ignoreCase) => {
      const node = parsePattern(pattern, ignoreCase);
      if (node instanceof PatternProblem) throw new Error(node.message);
      const matcher = compile(node)!;
      const ours = lines.flatMap((line, index) => (matcher.test(line) ? [index + 1] : []));
      const { stdout, stderr } = spawnSync(
        "rg",
        [
          "--no-config",
          "--crlf",
          "--encoding=none",
          "-a",
          "-n",
          "--only-matching",
          "--replace=",
          "-e",
          rustSource(node),
          "-",
        ],
        { input: `${lines.join("\n")}\n`, encoding: "utf8" },
      );
      expect(stderr).toBe("");
      const theirs = new Set(
        stdout
          .split("\n")
          .filter(Boolean)
          .map((line) => Number.parseInt(line, 10)),
      );
      expect([...theirs]).toEqual(ours);
    }),
    { numRuns: 150 },
  );
});
