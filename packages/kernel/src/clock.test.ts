import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { fakeClock } from "./testing.ts";

test("a sleep ends early, without error, when it is aborted", async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort();
  await expect(sleeping).resolves.toBeUndefined();
});

test("a sleep with an aborted signal does not start", async () => {
  await expect(systemClock.sleep(60_000, AbortSignal.abort())).resolves.toBeUndefined();
});

test("the fake clock wakes sleepers in order, each at its own time", async () => {
  const clock = fakeClock(0);
  const woken: [string, number][] = [];
  const nap = async (name: string, milliseconds: number) => {
    await clock.sleep(milliseconds);
    woken.push([name, clock.now()]);
  };
  void nap("late", 30);
  void nap("early", 10);
  await clock.advance(20);
  expect(woken).toEqual([["early", 10]]);
  await clock.advance(20);
  expect(woken).toEqual([
    ["early", 10],
    ["late", 30],
  ]);
});
