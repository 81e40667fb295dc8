import { expect, test } from "vitest";
import { fakeClock } from "@clawd/kernel/testing";
import { memoryStore } from "./testing.ts";

const minute = 60_000;

test("turns count for an hour and for a day, tokens for a day, each person alone", async () => {
  const clock = fakeClock();
  const { usage } = memoryStore({ clock });
  usage.countTurn("telegram:1", "first");
  usage.addTokens("first", 500);
  await clock.advance(59 * minute);
  usage.countTurn("telegram:1", "second");
  usage.countTurn("signal:1", "third");
  expect(usage.read("telegram:1", "")).toEqual({ turnsThisHour: 2, turnsToday: 2, tokensToday: 500 });
  await clock.advance(minute);
  expect(usage.read("telegram:1", "")).toEqual({ turnsThisHour: 1, turnsToday: 2, tokensToday: 500 });
  await clock.advance(23 * 60 * minute);
  expect(usage.read("telegram:1", "")).toEqual({ turnsThisHour: 0, turnsToday: 1, tokensToday: 0 });
  expect(usage.read("__proto__", "")).toEqual({ turnsThisHour: 0, turnsToday: 0, tokensToday: 0 });
});

test("a turn that is taken up again counts once, and adds what it costs", async () => {
  const clock = fakeClock();
  const { usage } = memoryStore({ clock });
  usage.countTurn("telegram:1", "a");
  usage.countTurn("telegram:1", "a");
  usage.addTokens("a", 3);
  usage.addTokens("a", 4);
  usage.addTokens("never counted", 1000);
  expect(usage.read("telegram:1", "")).toEqual({ turnsThisHour: 1, turnsToday: 1, tokensToday: 7 });
  // It does not stand in its own way.
  expect(usage.read("telegram:1", "a")).toEqual({ turnsThisHour: 0, turnsToday: 0, tokensToday: 0 });
});

test("what is pruned is what no bound asks about", async () => {
  const clock = fakeClock();
  const { usage } = memoryStore({ clock });
  usage.countTurn("telegram:1", "a");
  await clock.advance(24 * 60 * minute - 1);
  usage.prune();
  expect(usage.read("telegram:1", "").turnsToday).toBe(1);
  await clock.advance(1);
  usage.prune();
  usage.countTurn("telegram:1", "a");
  expect(usage.read("telegram:1", "").turnsToday).toBe(1);
});
