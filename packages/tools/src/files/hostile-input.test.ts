/** Whatever stands in a patch, a picture or a pattern: an answer, never a defect. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlob } from "../pattern/glob.ts";
import { compile } from "../pattern/matcher.ts";
import { parsePattern, PatternProblem } from "../pattern/regular-expression.ts";
import { parseIgnore, searchEffort } from "../search/ignore.ts";
import { applyHunks } from "./apply-hunks.ts";
import { imageSize, imageType } from "./image.ts";
import { lineDiff } from "./line-diff.ts";
import { parsePatch, PatchProblem } from "./patch.ts";

test("patches", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "*** Begin Patch",
      "*** End Patch",
      "*** Add File: a",
      "*** Update File: a",
      "*** Delete File: a",
      "*** Move to: b",
      "*** End of File",
      "@@",
      "@@ x",
      "+x",
      "-x",
      " x",
      "",
      "x",
    ),
    fc.string(),
  );
  const text = fc.array(fc.constantFrom("x", "y", "")).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), text, (lines, file) => {
      const sections = parsePatch(["*** Begin Patch", ...lines, "*** End Patch"].join("\n"));
      if (sections instanceof PatchProblem) return;
      for (const section of sections)
        if (section.kind === "update") expect(applyHunks(file, section.hunks, "a")).toBeDefined();
    }),
    { numRuns: 2_000 },
  );
});

test("pictures", () => {
  const start = fc.constantFrom(
    "\x89PNG\r\n\x1a\n",
    "\xff\xd8\xff",
    "GIF89a",
    "RIFF0000WEBPVP8 ",
    "RIFF0000WEBPVP8L",
    "RIFF0000WEBPVP8X",
  );
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 80 }), (head, rest) => {
      const bytes = Buffer.concat([Buffer.from(head, "latin1"), rest]);
      const size = imageSize(bytes, imageType(bytes)!);
      expect(size === undefined || size.width >= 0).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("patterns, globs and rules of .gitignore", () => {
  const parts = fc.constantFrom(
    "a",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "*",
    "+",
    "?",
    "|",
    "^",
    "-",
    "!",
    "/",
    "2",
    ",",
    "d",
    "p",
    "x",
    "é",
    "\n",
    "&",
    "~",
    "#",
    " ",
    ":",
    "<",
    ">",
    "=",
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 14 }).map((all) => all.join("")),
      fc.string({ maxLength: 10 }),
      (written, text) => {
        const node = parsePattern(written, false);
        if (!(node instanceof PatternProblem))
          expect(typeof compile(node)?.test(text)).toMatch(/boolean|undefined/);
        const glob = compileGlob(written);
        if (!(glob instanceof PatternProblem)) expect(typeof glob.test(text)).toBe("boolean");
        expect(["ignore", "keep", null]).toContain(parseIgnore(written, searchEffort()).verdict("a/b", true));
      },
    ),
    { numRuns: 3_000 },
  );
});

test("a difference has the old lines and the new ones, and nothing else of the file but three around", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 20 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(before.join("\n"), after.join("\n")).split("\n").slice(1);
      const [same, gone, come] = [" ", "-", "+"].map(
        (sign) => diff.filter((line) => line.startsWith(sign)).length,
      );
      if (before.join("\n") === after.join("\n")) expect(diff).toEqual([]);
      else expect(Math.max(before.length, 1) - gone!).toBe(Math.max(after.length, 1) - come!);
      expect(same).toBeLessThanOrEqual(6);
    }),
    { numRuns: 1_000 },
  );
});
