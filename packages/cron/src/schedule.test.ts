import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSchedule, nextAfter, type Schedule, scheduleInWords } from "./schedule.ts";

const now = Date.UTC(2026, 0, 1);
const limits = { leastInterval: 60_000 };
const every = (everyMs: number, anchorMs = now): Schedule => ({ kind: "every", everyMs, anchorMs });
const cron = (expr: string, tz = "UTC"): Schedule => ({ kind: "cron", expr, tz });
const at = (atMs: number): Schedule => ({ kind: "at", atMs });

const times = fc.integer({ min: -4e12, max: 4e12 });
const schedules = fc.oneof(
  times.map(at),
  fc.record({
    kind: fc.constant("every" as const),
    everyMs: fc.integer({ min: 1, max: 4e10 }),
    anchorMs: times,
  }),
  fc.constantFrom("0 8 * * *", "*/7 1-3 * * 1", "0 0 29 2 *").map((expr) => cron(expr, "Europe/Berlin")),
);

test("the next time is always later, and no time lies between", () => {
  fc.assert(
    fc.property(schedules, times, fc.double({ min: 0, max: 1, noNaN: true }), (schedule, after, part) => {
      const next = nextAfter(schedule, after);
      if (next === null) return;
      expect(next).toBeGreaterThan(after);
      const between = after + Math.floor((next - 1 - after) * part);
      expect(nextAfter(schedule, between)).toBe(next);
    }),
  );
});

test("times at a distance are counted from their anchor, however late a run was", () => {
  expect(nextAfter(every(1000), now)).toBe(now + 1000);
  expect(nextAfter(every(1000), now + 999)).toBe(now + 1000);
  expect(nextAfter(every(1000), now + 12_345)).toBe(now + 13_000);
  expect(nextAfter(every(1000, now + 500), now)).toBe(now + 500);
});

describe("a schedule is refused", () => {
  test.each([
    ["a time that is over", at(now), "The time is over."],
    ["a time that is none", at(Number.NaN), "The time is not within ten years."],
    ["a time far off", at(9e15), "The time is not within ten years."],
    ["a second", every(1000), "The job would run too often."],
    ["less than nothing", every(-1), "The job would run too often."],
    ["half a millisecond", every(60_000.5), "The distance is not within ten years."],
    ["an eternity", every(1e15), "The distance is not within ten years."],
    [
      "an anchor that is none",
      every(60_000, Number.POSITIVE_INFINITY),
      "The anchor is not within ten years.",
    ],
    ["a day that never comes", cron("0 0 30 2 *"), "The expression never comes true."],
    ["a zone that is none", cron("0 8 * * *", "Mars/Base"), "There is no time zone of this name."],
    ["four fields", cron("0 8 * *"), "An expression has five fields."],
  ] as const)("%s", (_what, schedule, message) => {
    expect(checkSchedule(schedule, now, limits)).toMatchObject({ message, hint: expect.stringMatching(/./) });
  });

  test("when two of its times are closer than the least interval, wherever in the day they are", () => {
    const tenMinutes = { leastInterval: 600_000 };
    expect(checkSchedule(cron("0,5 23 * * *"), now, tenMinutes)?.message).toBe(
      "The job would run too often.",
    );
    expect(checkSchedule(cron("0,10 23 * * *"), now, tenMinutes)).toBeNull();
    expect(checkSchedule(cron("* * * * *"), now, limits)).toBeNull();
  });
});

test.each([
  [at(now), "at 2026-01-01 00:00 UTC"],
  [every(60_000), "every minute"],
  [every(5_400_000), "every 90 minutes"],
  [every(14 * 24 * 3_600_000), "every 2 weeks"],
  [cron("0 8 * * *", "Europe/Berlin"), "0 8 * * * (Europe/Berlin)"],
] as const)("%j reads as %s", (schedule, words) => {
  expect(scheduleInWords(schedule)).toBe(words);
});
