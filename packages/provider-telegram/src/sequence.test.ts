import { expect, test } from "vitest";
import { createSequences } from "./sequence.ts";

const person = "42";
const smallGroup = "-4042";
const supergroup = "-1001234567890";

test("people and small groups share one sequence", () => {
  const sequences = createSequences(null);
  sequences.see(person, "7");
  sequences.see(smallGroup, "9");
  expect([person, "43", smallGroup, "-999999999999"].map(sequences.highest)).toEqual([9, 9, 9, 9]);
});

test("every supergroup and channel has its own", () => {
  const sequences = createSequences(null);
  sequences.see(person, "7000");
  sequences.see(supergroup, "3");
  expect([supergroup, "-1001234567891", "-1000000000000"].map(sequences.highest)).toEqual([3, 0, 0]);
});

test("only grows, and only by what is an id", () => {
  const sequences = createSequences(null);
  for (const id of ["5", "4", null, "", "x", "1e400", "-9", "6.5"]) sequences.see(person, id);
  expect(sequences.highest(person)).toBe(5);
});

test("the next process knows what this one knew of private chats and small groups", () => {
  const first = createSequences(null);
  first.see("42", "90");
  first.see("-1001234567890", "7000");
  const next = createSequences(first.note());
  expect([next.highest("43"), next.highest("-5")]).toEqual([90, 90]);
  expect(next.highest("-1001234567890")).toBe(0);
});

test.each(["", "0", "-1", "x", "1e3", "9".repeat(40)])("a note %j is none", (note) => {
  expect(createSequences(note).highest("42")).toBe(0);
});
