import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "./sha256.ts";

const expected = (text: string) => createHash("sha256").update(text).digest("hex");

test("agrees with the platform on every length around the block boundaries", () => {
  for (let length = 0; length < 200; length++)
    expect(sha256("é".repeat(length))).toBe(expected("é".repeat(length)));
});

test("agrees with the platform on any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => sha256(text) === expected(text)),
  );
});
