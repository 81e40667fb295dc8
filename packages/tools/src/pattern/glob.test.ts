import { expect, test } from "vitest";
import { compileGlob } from "./glob.ts";
import { PatternProblem } from "./regular-expression.ts";

const matches = (glob: string, path: string) => {
  const matcher = compileGlob(glob);
  if (matcher instanceof PatternProblem) throw new Error(matcher.message);
  return matcher.test(path);
};

test.each([
  ["*.ts", "a.ts", true],
  ["*.ts", "a/b.ts", false],
  ["**/*.ts", "a.ts", true],
  ["**/*.ts", "a/b/c.ts", true],
  ["src/**", "src/a/b", true],
  ["src/**", "src", false],
  ["a/**/b", "a/b", true],
  ["a/**/b", "a/x/y/b", true],
  ["a**b", "a/b", false],
  ["?.md", "é.md", true],
  ["[!a]*", "b", true],
  ["[!a]*", "a", false],
  ["*.{ts,js}", "x.js", true],
  ["{src,test}/**/*.{ts,js}", "test/a/b.js", true],
  ["\\*", "*", true],
  ["\\*", "a", false],
  ["[a-c]x", "bx", true],
  ["a[/]b", "a/b", false],
  [".*", ".env", true],
])("%s and %s: %s", (glob, path, expected) => {
  expect(matches(glob, path)).toBe(expected);
});

test.each(["[a", "{a,b", "a\\", "[b-a]", "{".repeat(40)])("%j is refused", (glob) => {
  expect(compileGlob(glob)).toBeInstanceOf(PatternProblem);
});

test("a glob that would never end elsewhere ends at once", () => {
  expect(matches(`${"*a".repeat(50)}b`, "a".repeat(5_000))).toBe(false);
});
