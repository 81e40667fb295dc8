import fc from "fast-check";
import { expect, test } from "vitest";
import { locateKey, locateValue, valueOf } from "./node.ts";
import { maximumDepth, maximumLength, parseText } from "./parse.ts";
import { sourceOf } from "./source.ts";

const parse = (text: string) => parseText(sourceOf("clawdbot.json", text));

function rootOf(text: string) {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

function issuesOf(text: string) {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.issues;
}

test("every value and key knows its line and column", () => {
  const root = rootOf(
    '// mine\n{\n  parrot: { groups: { "*": { requireMention: true } } },\r\n  list: [1,\n 2],\n}',
  );
  expect(locateValue(root, ["parrot", "groups", "*", "requireMention"])).toEqual({
    file: "clawdbot.json",
    line: 3,
    column: 46,
  });
  expect(locateKey(root, ["parrot", "groups", "*"])).toMatchObject({ line: 3, column: 23 });
  expect(locateValue(root, ["list", 1])).toMatchObject({ line: 5, column: 2 });
  expect(locateKey(root, ["list", 1])).toMatchObject({ line: 5, column: 2 });
  expect(locateValue(root, [])).toMatchObject({ line: 2, column: 1 });
  expect(locateValue(root, ["parrot", "nothing", "here"])).toBeUndefined();
  expect(locateKey(root, ["nothing"])).toBeUndefined();
});

test("a byte order mark takes no column", () => {
  expect(locateKey(rootOf("\uFEFF{a:1}"), ["a"])).toMatchObject({ line: 1, column: 2 });
});

test("reads what JSON5 allows", () => {
  const text = `{ // comment
    bare: 'single "quotes"', "a\\u0062": +0x1F, escaped: 'a\\\nb\\x41', /* here */ decimals: [.5, 5., -1e3], n: null, }`;
  expect(valueOf(rootOf(text))).toEqual({
    bare: 'single "quotes"',
    ab: 31,
    escaped: "abA",
    decimals: [0.5, 5, -1000],
    n: null,
  });
});

test("__proto__ and constructor are ordinary own keys and never a prototype", () => {
  const value = valueOf(rootOf('{ __proto__: { admin: true }, "constructor": 1, toString: 2 }')) as Record<
    string,
    unknown
  >;
  expect(Object.keys(value)).toEqual(["__proto__", "constructor", "toString"]);
  expect(value["admin"]).toBeUndefined();
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(value["hasOwnProperty"]).toBeUndefined();
});

test("a key given twice is an issue at the second, however it is spelled", () => {
  expect(issuesOf('{\n a: 1,\n "\\u0061": 2, __proto__: 1, "__proto__": 2 }')).toMatchObject([
    { code: "duplicate-key", path: "a", line: 3, column: 2, message: expect.stringContaining("line 2") },
    { code: "duplicate-key", path: "__proto__", line: 3 },
  ]);
});

test("a number that loses digits is an issue, because ids are strings", () => {
  expect(issuesOf("{ ids: [123456789012345678] }")).toMatchObject([
    { code: "number-precision", path: "ids[0]", line: 1, column: 9 },
  ]);
  expect(issuesOf("{ id: -1001234567890 }")).toEqual([]);
});

test.each([
  ["nothing at all", "", 1, 1, /\{\}/],
  ["only white space", " \n ", 1, 1, /\{\}/],
  ["an open brace", "{\n a: {\n  b: 1\n", 2, 5, /missing \}/],
  ["an open list", "{ a: [1, 2", 1, 6, /missing \]/],
  ["a missing comma", '{ "a": 1\n "b": 2 }', 2, 2, /comma/],
  ["a bare value", "{ policy: open }", 1, 11, /quotes/],
  ["a curly quote", "{ “a”: 1 }", 1, 3, /plain quotes/],
  ["an equals sign", "{ a = 1 }", 1, 5, /:/],
  ["a closing brace too many", "{ a: 1 }}", 1, 9, /closes nothing/],
  ["a hash comment", "# mine\n{}", 1, 1, /\/\//],
  ["a minus before a point", "{ a: -.5 }", 1, 6, /digit/],
  ["an open comment", "{ a: 1 /* }", 1, 12, /Close/],
  ["a string that swallows the next key", '{\n a: "one,\n b: "two"\n}', 2, 5, /closing quote/],
  ["a backslash at the end of an open string", '{ a: "\\', 1, 8, /Close every string/],
  ["a point that is no number", "{ a: . }", 1, 6, /0\.5/],
  ["a string over two lines", '{ a: "one\ntwo" }', 1, 6, /closing quote/],
])("broken text gives one issue with its place and a plain hint: %s", (_name, text, line, column, hint) => {
  expect(issuesOf(text)).toEqual([
    {
      code: "syntax",
      path: "",
      message: expect.any(String),
      hint: expect.stringMatching(hint),
      file: "clawdbot.json",
      line,
      column,
    },
  ]);
});

test("an issue never repeats what stands in the text, which may be a token", () => {
  const canary = "canary5ecret";
  for (const text of [
    `{ token: ${canary} }`,
    `{ token: "${canary}\n }`,
    `{ a: 1 ${canary}: 2 }`,
    `{ a: '1' "${canary}" }`,
  ]) {
    expect(issuesOf(text)).toHaveLength(1);
    expect(JSON.stringify(issuesOf(text))).not.toContain(canary);
  }
});

test("nesting and size are bounded", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(issuesOf(nested(maximumDepth))).toEqual([]);
  expect(issuesOf(nested(maximumDepth + 1))).toMatchObject([
    { code: "too-deep", line: 1, column: maximumDepth + 1 },
  ]);
  expect(issuesOf("[".repeat(500_000))).toMatchObject([{ code: "too-deep" }]);
  expect(issuesOf(`"${" ".repeat(maximumLength)}"`)).toMatchObject([{ code: "too-large" }]);
});

test("any text gives a value or issues, never a throw", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"',
      "'",
      "\\",
      "\n",
      "//",
      "/*",
      "*/",
      "0x",
      "-",
      ".",
      "__proto__",
      "$include",
      "null",
      "\uD800",
      "\u2028",
      "\uFEFF",
    ),
    fc.string({ maxLength: 5, unit: "binary" }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(piece).map((pieces) => pieces.join("")),
      ),
      (text) => {
        const parsed = parse(text);
        if (parsed.ok) {
          valueOf(parsed.value);
          return;
        }
        expect(parsed.issues.length).toBeGreaterThan(0);
        for (const issue of parsed.issues) {
          expect(issue.line).toBeGreaterThan(0);
          expect(issue.column).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 1500 },
  );
});

test("reads any JSON as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const parsed = parse(text);
      if (!parsed.ok) {
        expect(
          parsed.issues.every(({ code }) => code === "duplicate-key" || code === "number-precision"),
        ).toBe(true);
      } else expect(JSON.stringify(valueOf(parsed.value))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});
