import fc from "fast-check";
import { expect, test } from "vitest";
import { shownName } from "./shown-name.ts";

test.each([
  ["report.pdf", "report.pdf"],
  [" Größe 1.pdf ", "Größe 1.pdf"],
  ["../../etc/passwd", ".._.._etc_passwd"],
  ["a\u202egnp.exe", "agnp.exe"],
  ["a\r\nb", "ab"],
  ["\u200b", "file"],
  ["", "file"],
  [`${"x".repeat(200)}.tar.gz`, `${"x".repeat(59)}…${"x".repeat(33)}.tar.gz`],
])("%j is shown as %j", (name, shown) => expect(shownName(name)).toBe(shown));

test("whatever it is: one short line that can be seen, and no path", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      const shown = shownName(name);
      expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}/\\]/u);
      expect(Array.from(shown).length).toBeGreaterThan(0);
      expect(Array.from(shown).length).toBeLessThanOrEqual(100);
    }),
  );
});
