/** INVARIANT: several decisions together allow what each of them allows, whatever their order. */
import { expect, test } from "vitest";
import { strictest } from "../src/strictest.ts";
import { everyMeet, representatives } from "./strictest-laws.ts";

test("every law holds for all pairs and triples of decisions", { timeout: 60_000 }, () => {
  const broken: unknown[] = [];
  const meets = everyMeet(strictest, ({ name }, of) => {
    broken.push({ law: name, of: of.map(({ rules }) => rules[0]!.path) });
    return broken.length < 5;
  });
  expect(broken).toEqual([]);
  expect(meets).toBe(representatives.length ** 2 + representatives.length ** 3);
});

test("a decision alone is its own meet", () => {
  for (const each of representatives) expect(strictest(each)).toBe(each);
});
