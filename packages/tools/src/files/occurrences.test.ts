import fc from "fast-check";
import { expect, test } from "vitest";
import { characters, occurrences } from "./occurrences.ts";

test("finds what a plain search finds", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 30 });
  fc.assert(
    fc.property(
      text,
      text.filter((part) => part !== ""),
      fc.nat(5),
      (whole, part, from) => {
        const expected = Array.from({ length: whole.length }, (_, at) => at).filter(
          (at) => at >= from && whole.startsWith(part, at),
        );
        expect(occurrences(characters(whole), characters(part), Infinity, from)).toEqual(expected);
        expect(occurrences(characters(whole), characters(part), 2, from)).toEqual(expected.slice(0, 2));
      },
    ),
    { numRuns: 5_000 },
  );
});

test("looks at each item a few times, on the texts that are worst for others", () => {
  let looks = 0;
  const counted = (text: string) => ({
    length: text.length,
    at: (index: number) => (looks++, text.charCodeAt(index)),
  });
  const half = "a".repeat(500);
  expect(occurrences(counted("a".repeat(100_000)), counted(`${half}b${half}`), 1)).toEqual([]);
  expect(looks).toBeLessThan(1_000_000);
});
