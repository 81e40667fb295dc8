import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Comments gone, so that prose may say what it likes. */
const source = readFileSync(new URL("view.ts", import.meta.url), "utf8")
  .replace(/\/\*[\s\S]*?\*\//g, "")
  .replace(/\/\/.*$/gm, "");

test("the view calls no method but get and has: identifiers are compared, never taken apart", () => {
  const methods = [...source.matchAll(/\.(\w+)\s*\(/g)].map(([, name]) => name);
  expect(new Set(methods)).toEqual(new Set(["get", "has"]));
});

test("the view orders, joins, indexes and measures nothing", () => {
  const code = source.replace(/=>/g, "").replace(/Map<|Set</g, "");
  expect(code).not.toMatch(/[^<]<=?[^A-Za-z]|>=|\+|`|\.length|\b(RegExp|String|JSON|Number)\b/);
  expect(code).not.toMatch(/\w\[[^\]]*(id|chatId|senderId|parent|thread|guild|team)\b[^\]]*\]/);
});
