import { expect, test } from "vitest";
import { compilePattern } from "./safe-pattern.ts";

test.each([
  "\\btoken=\\w+",
  "[A-Z]{3}-\\d{4,}",
  "TOKEN\\s*[=:]\\s*\\S+",
  "(?:foo|bar)-\\d+",
  "foo\\w+|bar\\w+",
  "(?<=id )\\d+",
  "(?:\\d{3}-)?\\d{4}",
  "/Case-Sensitive\\d+/",
  "/über\\p{L}+/iu",
  "a\\(b\\)+",
  "[)*+(]+",
])("takes %s", (source) => {
  expect(compilePattern(source)).toMatchObject({ ok: true });
});

test.each([
  ["", /empty/],
  ["x".repeat(257), /more than/],
  ["(", /not a regular expression/],
  ["[z-a]", /not a regular expression/],
  ["/x/y", /unknown flag/],
  ["a*", /empty text/],
  ["x?", /empty text/],
  ["(a+)+", /repeats a group/],
  ["(a*)*b", /repeats a group|empty/],
  ["(?:a|a)+$", /repeats a group/],
  ["(a|aa)+", /repeats a group/],
  ["((a?)b)+", /repeats a group/],
  ["(a{1,9}){2,}", /repeats a group/],
  ["(\\w+\\s?)*x", /repeats a group/],
  ["(.)\\1+", /refers back/],
  ["(?<n>a)\\k<n>", /refers back/],
  [".*.*x", /same characters/],
  ["\\w+\\d+x", /same characters/],
  ["a+b?a+c", /same characters/],
  ["\\S+@\\S+x", /same characters/],
  ["[a-z]{1,999}[a-z]+x", /same characters/],
])("refuses %s", (source, message) => {
  expect(compilePattern(source)).toMatchObject({ ok: false, message: expect.stringMatching(message) });
});

test("without slashes letter case does not count, with them it does", () => {
  const find = (source: string, text: string) => {
    const compiled = compilePattern(source);
    return compiled.ok && compiled.expression.test(text);
  };
  expect(find("secret", "SECRET")).toBe(true);
  expect(find("/secret/", "SECRET")).toBe(false);
  expect(find("/secret/i", "SECRET")).toBe(true);
});
