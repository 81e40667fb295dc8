import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** Comments gone, so that prose may say what it likes. */
const sourceOf = (file: string) =>
  readFileSync(new URL(file, import.meta.url), "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/.*$/gm, "");

/** `values` goes through the lists of a plan; nothing that a request says is in them. */
const views = [
  { file: "view.ts", methods: ["get", "has"] },
  { file: "tool-view.ts", methods: ["get", "has", "values"] },
  { file: "standpoint.ts", methods: ["get"] },
] as const;

describe.each(views)("$file", ({ file, methods }) => {
  const source = sourceOf(file);

  test("calls no method but those of look-ups: identifiers are compared, never taken apart", () => {
    const called = [...source.matchAll(/\.(\w+)\s*\(/g)].map(([, name]) => name);
    expect(new Set(called)).toEqual(new Set(methods));
  });

  test("orders, joins, indexes and measures nothing", () => {
    const code = source.replace(/=>/g, "").replace(/(Map|Set|Record|Pick|Readonly)</g, "");
    expect(code).not.toMatch(/[^<]<=?[^A-Za-z]|>=|\+|`|\.length|\b(RegExp|String|JSON|Number)\b/);
    expect(code).not.toMatch(
      /\w\[[^\]]*(id|chatId|senderId|parent|thread|guild|team|tool|model|modelProvider|network)\b[^\]]*\]/,
    );
  });
});
