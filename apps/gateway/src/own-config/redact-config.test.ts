import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePatch } from "./merge-patch.ts";
import { cleaned, redactedMark, type SecretMarks, withoutSecrets, withSecrets } from "./redact-config.ts";

const marks: SecretMarks = {
  keys: [["net", "token"], ["hosts", "*", "value"], ["auth"]],
  values: ["canary-known", "123"],
};
const config = {
  net: { token: "abc", url: "https://u:canary-known@host/" },
  hosts: [
    { host: "a", value: "one" },
    { host: "b", value: 2 },
  ],
  auth: { deep: { er: "x" }, list: ["y"] },
  id: 123,
  other: "1234",
};
const shown = {
  net: { token: redactedMark, url: redactedMark },
  hosts: [
    { host: "a", value: redactedMark },
    { host: "b", value: redactedMark },
  ],
  auth: { deep: { er: redactedMark }, list: [redactedMark] },
  id: redactedMark,
  other: "1234",
};
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("what stands at a secret key, below one, or is a known secret is left out", () => {
  expect(plain(withoutSecrets(config, marks))).toEqual(shown);
  expect(cleaned("it was canary-known, and 123", marks)).toBe(`it was ${redactedMark}, and 123`);
});

test("a mark is what it was, and stands for nothing where nothing was left out", () => {
  expect(plain(withSecrets(shown, config, marks))).toEqual({ value: config, unknownMarks: [] });
  const moved = {
    other: redactedMark,
    hosts: [{ value: redactedMark }, {}, { value: redactedMark }],
    new: redactedMark,
  };
  const { value, unknownMarks } = withSecrets(moved, config, marks);
  expect(unknownMarks).toEqual(["other", "hosts[2].value", "new"]);
  expect(plain(value)).toMatchObject({ hosts: [{ value: "one" }, {}, {}] });
});

test("for any config: out and back is the same, and nothing marked is seen", () => {
  const scalar = fc.constantFrom<unknown>("canary-known", "x", 123, 7, true, null, "a canary-known b");
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(
      fc.constantFrom("net", "token", "hosts", "value", "auth", "__proto__"),
      fc.oneof(
        { depthSize: "small" },
        scalar,
        tie("tree"),
        fc.array(fc.oneof(scalar, tie("tree")), { maxLength: 3 }),
      ),
    ),
  }));
  fc.assert(
    fc.property(tree, (one) => {
      const out = withoutSecrets(one, marks);
      expect(JSON.stringify(out)).not.toContain("canary");
      const back = withSecrets(out, one, marks);
      expect([JSON.stringify(back.value), back.unknownMarks]).toEqual([JSON.stringify(one), []]);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a patch merges key by key, takes away what is null, and replaces everything else", () => {
  const merged = mergePatch(
    { a: { b: 1, c: [1] }, d: 1 },
    { a: { b: null, c: [2], e: { f: null } }, d: { x: 1 } },
  );
  expect(plain(merged)).toEqual({ a: { c: [2], e: {} }, d: { x: 1 } });
  const hostile = mergePatch({}, JSON.parse('{"__proto__":{"x":1},"constructor":{"y":1}}')) as object;
  expect([Object.getPrototypeOf(hostile), Object.keys(hostile)]).toEqual([
    null,
    ["__proto__", "constructor"],
  ]);
});
