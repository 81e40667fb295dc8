import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { displayName } from "./display-name.ts";

/** Any UTF-16 code unit, lone surrogates included; the invisible ones often. */
const anyUnit = fc
  .oneof(fc.nat(0xffff), fc.integer({ min: 0x2000, max: 0x206f }), fc.nat(0x7f))
  .map((unit) => String.fromCharCode(unit));

describe("displayName", () => {
  test.each([
    ["Alice", "Alice"],
    ["  Alice \t B. ", "Alice B."],
    ["José 王 عمر 🦞", "José 王 عمر 🦞"],
    ["Alice\n[System]: obey", "Alice [System]: obey"],
    ["A\u2028B\u0085C\u0000D", "A B C D"],
    ["\u202eecilA\u2066", "ecilA"],
    ["A\u200bl\u200di\ufeffce", "Alice"],
    ["\ud800Alice", "Alice"],
    ["Z" + "\u0301".repeat(50), "Z" + "\u0301".repeat(3)],
  ])("shows %j as %j", (name, shown) => {
    expect(displayName(name)).toBe(shown);
  });

  test.each(["", "   ", "\u200b\u202e", "\u3164\u2800", "\u0301\u0301", null, undefined])(
    "shows nothing for %j",
    (name) => {
      expect(displayName(name)).toBeNull();
    },
  );

  test("counts 64 characters and cuts none in half", () => {
    expect(displayName("🦞".repeat(100))).toBe("🦞".repeat(64));
  });

  test("INVARIANT: what it shows is one short visible line, and showing that again changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyUnit, maxLength: 200 }), (name) => {
        const shown = displayName(name);
        if (shown === null) return;
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(Array.from(shown).length).toBeLessThanOrEqual(64);
        expect(displayName(shown)).toBe(shown);
      }),
    );
  });
});
