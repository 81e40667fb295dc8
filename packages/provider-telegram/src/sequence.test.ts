import { expect, test } from "vitest";
import { createSequences } from "./sequence.ts";

const person = "42";
const smallGroup = "-4042";
const supergroup = "-1001234567890";

test("people and small groups share one sequence", () => {
  const sequences = createSequences();
  sequences.see(person, "7");
  sequences.see(smallGroup, "9");
  expect([person, "43", smallGroup, "-999999999999"].map(sequences.highest)).toEqual([9, 9, 9, 9]);
});

test("every supergroup and channel has its own", () => {
  const sequences = createSequences();
  sequences.see(person, "7000");
  sequences.see(supergroup, "3");
  expect([supergroup, "-1001234567891", "-1000000000000"].map(sequences.highest)).toEqual([3, 0, 0]);
});

test("only grows, and only by what is an id", () => {
  const sequences = createSequences();
  for (const id of ["5", "4", null, "", "x", "1e400", "-9", "6.5"]) sequences.see(person, id);
  expect(sequences.highest(person)).toBe(5);
});
