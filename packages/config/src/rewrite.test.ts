import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDocument } from "./document.ts";
import { removeInConfig } from "./edit.ts";
import { rewriteConfig } from "./rewrite.ts";

function valueIn(text: string): Record<string, unknown> {
  const parsed = parseDocument(text, "x");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}
function rewritten(text: string, wanted: string): string {
  const edited = rewriteConfig(text, valueIn(wanted));
  if (!edited.ok) throw new Error(JSON.stringify(edited.issues));
  return edited.value;
}
function without(text: string, ...path: (string | number)[]): string {
  const edited = removeInConfig(text, path);
  if (!edited.ok) throw new Error(JSON.stringify(edited.issues));
  return edited.value;
}

test("an entry goes with its line and its comma, and every comment stays", () => {
  expect(without("{\n  // first\n  a: 1, // one\n  b: 2,\n}", "b")).toBe("{\n  // first\n  a: 1, // one\n}");
  expect(without("{\n  a: 1,\n  b: 2 // two\n}", "b")).toBe("{\n  a: 1\n  // two\n}");
  expect(without("{ a: 1, b: 2 }", "a")).toBe("{ b: 2 }");
  expect(without("{ a: 1, b: 2 }", "b")).toBe("{ a: 1 }");
  expect(without("{ a: 1 /* why */, b: 2 }", "a")).toBe("{ /* why */ b: 2 }");
  expect(without("{ a: { b: { c: 1 } } }", "a", "b", "c")).toBe("{ a: { b: { } } }");
  expect(without("{ l: [{ a: 1, b: 2 }] }", "l", 0, "a")).toBe("{ l: [{ b: 2 }] }");
  expect(without("{ a: 1 }", "nothing")).toBe("{ a: 1 }");
});

test("what stays the same is left as it is written", () => {
  const text = "// mine\n{\n  'a': 0x10, // sixteen\n  b: [ 'x', \"y\" ],\n  c: { d: +1 },\n}\n";
  expect(rewritten(text, "{ a: 16, b: ['x', 'y'], c: { d: 1 } }")).toBe(text);
  expect(rewritten(text, "{ a: 16, b: ['x'], c: { d: 1, e: true } }")).toBe(
    "// mine\n{\n  'a': 0x10, // sixteen\n  b: [\"x\"],\n  c: { d: +1, e: true },\n}\n",
  );
  expect(rewritten(text, "{ c: { d: 1 } }")).toBe("// mine\n{\n  // sixteen\n  c: { d: +1 },\n}\n");
});

test("entries of a list are changed where they stand, as long as there are as many", () => {
  const text = "{ l: [ { id: 'a' /* me */, x: 1 }, { id: 'b' } ] }";
  expect(rewritten(text, "{ l: [{ id: 'a', x: 2 }, { id: 'b' }] }")).toBe(
    "{ l: [ { id: 'a' /* me */, x: 2 }, { id: 'b' } ] }",
  );
});

test("a hostile text or too many changes at once are issues", () => {
  expect(rewriteConfig("{ a: ", {})).toMatchObject({ ok: false });
  expect(rewriteConfig("{ a: 1, a: 2 }", {})).toMatchObject({ ok: false });
  const many = Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`k${index}`, index]));
  expect(rewriteConfig("{}", many)).toMatchObject({ ok: false, issues: [{ code: "too-many-changes" }] });
});

test("for any two configs the text says the second, and its comments are those of the first", () => {
  const key = fc.constantFrom("a", "b", "__proto__", "x-y", "null");
  const scalar = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom("", "t", '"', "//x"),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(
      key,
      fc.oneof({ depthSize: "small" }, scalar, tie("tree"), fc.array(scalar, { maxLength: 3 })),
    ),
  }));
  const comments = (text: string) => text.match(/\/\* c\d+ \*\//g) ?? [];
  fc.assert(
    fc.property(tree, tree, fc.boolean(), (first, second, isLong) => {
      let count = 0;
      const plain = JSON.stringify(first, null, isLong ? 2 : 0);
      const text = plain.replace(/(?<=[\d\]}el"]),/g, (comma) => `${comma} /* c${count++} */`);
      // A comma inside a string is none.
      if (JSON.stringify(valueIn(text)) !== JSON.stringify(valueIn(plain))) return;
      const edited = rewritten(text, JSON.stringify(second));
      expect(valueIn(edited)).toEqual(valueIn(JSON.stringify(second)));
      // Those inside a value that is replaced or goes, go with it.
      expect(comments(text)).toEqual(expect.arrayContaining([...comments(edited)]));
    }),
    { numRuns: 500, seed: 5 },
  );
});
