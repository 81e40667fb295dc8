import fc from "fast-check";
import { expect, test } from "vitest";
import { setInConfig } from "./edit.ts";
import type { JsonValue } from "./json-value.ts";
import { valueOf } from "./node.ts";
import { parseText } from "./parse.ts";
import { sourceOf } from "./source.ts";

function set(text: string, path: (string | number)[], value: JsonValue): string {
  const edited = setInConfig(text, path, value);
  if (!edited.ok) throw new Error(JSON.stringify(edited.issues));
  return edited.value;
}

test("replaces a value and nothing else", () => {
  expect(set("{ // one\n  a: 'x', /* two */ b: [1, 2], }\n// end", ["a"], "y")).toBe(
    '{ // one\n  a: "y", /* two */ b: [1, 2], }\n// end',
  );
});

test("adds a key after the last one, behind its comma and its comment", () => {
  expect(set("{\n  a: 1, // first\n  b: 2, // last\n  // end of file\n}\n", ["c"], 3)).toBe(
    "{\n  a: 1, // first\n  b: 2, // last\n  c: 3,\n  // end of file\n}\n",
  );
});

test("adds the comma that was missing, before the comment of its line", () => {
  expect(set("{\n    a: 1 // only\n}", ["b"], true)).toBe("{\n    a: 1, // only\n    b: true\n}");
});

test("keeps an object on one line on its line", () => {
  expect(set("{ a: 1 }", ["b"], 2)).toBe("{ a: 1, b: 2 }");
  expect(set("{ a: 1, }", ["b"], 2)).toBe("{ a: 1, b: 2, }");
});

test("quotes keys where the file does", () => {
  expect(set('{\n  "a": { "b": 1 }\n}', ["a", "c"], { d: 1 })).toBe(
    '{\n  "a": { "b": 1, "c": {\n    "d": 1\n  } }\n}',
  );
  expect(set("{}", ["x-y"], 1)).toBe('{\n  "x-y": 1\n}');
});

test("makes the objects on the way", () => {
  expect(set("{\n  a: 1,\n}\n", ["commands", "ownerAllowFrom", 0], "parrot:1")).toBe(
    '{\n  a: 1,\n  commands: {\n    ownerAllowFrom: ["parrot:1"],\n  },\n}\n',
  );
});

test("appends to a list and keeps its comments", () => {
  const text = '{\n  commands: {\n    ownerAllowFrom: [\n      "parrot:1", // me\n    ],\n  },\n}\n';
  expect(set(text, ["commands", "ownerAllowFrom", 1], "parrot:2")).toBe(
    '{\n  commands: {\n    ownerAllowFrom: [\n      "parrot:1", // me\n      "parrot:2",\n    ],\n  },\n}\n',
  );
  expect(set('{ o: ["a"] }', ["o", 1], "b")).toBe('{ o: ["a", "b"] }');
  expect(set("{ o: [] }", ["o", 0], "b")).toBe('{ o: ["b"] }');
});

test("an empty text becomes an object, and a comment in an empty object stays", () => {
  expect(set("", ["gateway", "auth", "token"], "t")).toBe(
    '{\n  gateway: {\n    auth: {\n      token: "t",\n    },\n  }\n}\n',
  );
  expect(set("{\n  // nothing yet\n}\n", ["a"], 1)).toBe("{\n  // nothing yet\n  a: 1\n}\n");
});

test("keeps the line ends of the other lines and the byte order mark", () => {
  expect(set("\uFEFF{\r\n  a: 1,\r\n}\r\n", ["a"], 2)).toBe("\uFEFF{\r\n  a: 2,\r\n}\r\n");
});

test.each<[string, string, (string | number)[]]>([
  ["a value on the way is no object", "{ a: 1 }", ["a", "b"]],
  ["a list has no such element", "{ a: [1] }", ["a", 5]],
  ["a list is asked for a name", "{ a: [1] }", ["a", "length"]],
  ["a new list would begin with a gap", "{}", ["a", 3]],
])("refuses, with the text untouched, when %s", (_name, text, path) => {
  expect(setInConfig(text, path, 1)).toMatchObject({ ok: false, issues: [{ code: "cannot-set" }] });
});

test("passes on what is wrong with the text", () => {
  expect(setInConfig("{ a: ", ["a"], 1)).toMatchObject({ ok: false, issues: [{ code: "syntax" }] });
});

test("__proto__ is set as a key like any other", () => {
  const parsed = parseText(sourceOf("", set("{ a: {} }", ["__proto__"], { x: 1 })));
  expect(parsed.ok && Object.keys(valueOf(parsed.value) as object)).toEqual(["a", "__proto__"]);
});

test("whatever is set can be read back, and everything else is as it was", () => {
  const key = fc.oneof(
    fc.constantFrom("a", "b", "x-y", "null", "__proto__", "é"),
    fc.string({ maxLength: 3, unit: "binary" }),
  );
  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
  const layout = fc.constantFrom(undefined, 2, "\t");
  fc.assert(
    fc.property(
      fc.dictionary(key, json),
      fc.array(key, { minLength: 1, maxLength: 3 }),
      json,
      layout,
      fc.boolean(),
      (whole, path, value, indent, commented) => {
        const text = JSON.stringify(whole, null, indent);
        const before = parseText(sourceOf("", text));
        const edited = setInConfig(commented ? text.replaceAll(",\n", ", // note\n") : text, path, value);
        if (!before.ok || !edited.ok) return;
        const after = parseText(sourceOf("", edited.value));
        if (!after.ok) throw new Error("The edited text is broken.");
        let found: unknown = valueOf(after.value);
        for (const segment of path) found = (found as Record<string, unknown>)[segment];
        expect(JSON.stringify(found)).toBe(JSON.stringify(value));
      },
    ),
    { numRuns: 500 },
  );
});

test("a key of an object can always be set", () => {
  const key = fc.oneof(
    fc.constantFrom("a", "null", "__proto__", "x-y"),
    fc.string({ maxLength: 3, unit: "binary" }),
  );
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.integer()),
      key,
      fc.constantFrom(undefined, 2),
      (whole, name, indent) => {
        expect(
          setInConfig(JSON.stringify(whole, null, indent), [name, "inner"].slice(0, name in whole ? 1 : 2), 1)
            .ok,
        ).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
