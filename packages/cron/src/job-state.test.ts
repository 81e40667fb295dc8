import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  begun,
  cutOff,
  ended,
  failed,
  isReady,
  type JobState,
  mostTries,
  newState,
  openDue,
  openNow,
  postponed,
  stopped,
  switchedOff,
  switchedOn,
  wakesAt,
} from "./job-state.ts";
import type { Schedule } from "./schedule.ts";

const now = Date.UTC(2026, 0, 1);
const minute = 60_000;
const once: Schedule = { kind: "at", atMs: now + minute };
const each: Schedule = { kind: "every", everyMs: minute, anchorMs: now };
const begin = (state: JobState, at: number) => begun(state, at);

describe("after a sleep", () => {
  test("a time that was missed is one occurrence, and so are a thousand", () => {
    const late = now + 1000.5 * minute;
    const missed = openDue(newState(each, now), each, late)!;
    expect(missed.open).toMatchObject({ number: 1, dueAt: now + minute });
    const done = ended(begin(missed, late), "answered", late);
    expect(openDue(done, each, late)).toBeNull();
    expect(done.nextAt).toBe(now + 1001 * minute);
  });

  test("a job for once runs once, however late, and is then switched off", () => {
    const late = openDue(newState(once, now), once, now + 1e9)!;
    const done = ended(begin(late, now + 1e9), "answered", now + 1e9);
    expect(done).toMatchObject({ isEnabled: false, nextAt: null, open: null });
    expect(openDue(done, once, now + 2e9)).toBeNull();
  });
});

test("a clock that goes back repeats nothing", () => {
  const done = ended(begin(openDue(newState(each, now), each, now + minute)!, now + minute), "answered", now);
  for (let back = now - 1e9; back < now + 2 * minute; back += 1e8)
    expect(openDue(done, each, back)).toBeNull();
});

test("an occurrence that waits for a moment that a wrong clock named begins anyway", () => {
  const waits = openDue(newState(each, now), each, now + 1e9)!;
  expect(isReady(waits, now)).toBe(true);
});

describe("an occurrence that fails", () => {
  test("is tried again after a pause, and only so often", () => {
    let state: JobState | null = openDue(newState(once, now), once, now + minute);
    for (let tries = 1; tries < mostTries; tries++) {
      state = failed(begin(state!, now), now);
      expect(state?.open).toMatchObject({ number: 1, tries });
      expect(isReady(state!, now)).toBe(false);
      expect(isReady(state!, wakesAt(state!)!)).toBe(true);
    }
    expect(failed(begin(state!, now), now)).toBeNull();
  });

  test("because the gateway was killed is begun again at once, and only so often", () => {
    let state: JobState | null = openDue(newState(once, now), once, now + minute);
    for (let tries = 1; tries < mostTries; tries++) {
      state = cutOff(begin(state!, now), now);
      expect(isReady(state!, now)).toBe(true);
    }
    expect(cutOff(begin(state!, now), now)).toBeNull();
  });

  test("by nobody's fault does not count", () => {
    let state = openDue(newState(once, now), once, now + minute)!;
    for (let count = 0; count < 10; count++) state = postponed(begin(state, now), now + minute);
    expect(state.open).toMatchObject({ tries: 0, startedAt: null });
  });
});

test("what the gateway stopped is due no more until somebody switches it on, from then on", () => {
  const off = stopped(
    begin(openDue(newState(each, now), each, now + minute)!, now),
    "sender-blocked",
    now + 5,
  );
  expect(off).toMatchObject({
    isEnabled: false,
    open: null,
    stopped: { code: "sender-blocked", at: now + 5 },
  });
  expect(off.last?.outcome).toBe("refused");
  expect(wakesAt(off)).toBeNull();
  const on = switchedOn(off, each, now + 10.5 * minute);
  expect(on).toMatchObject({ isEnabled: true, stopped: null, nextAt: now + 11 * minute });
  expect(switchedOn(off, once, now + 1e9).isEnabled).toBe(false);
});

test("an occurrence by hand leaves the schedule alone, and there is no second one beside it", () => {
  const first = openNow(newState(once, now), now + 5)!;
  expect(first.nextAt).toBe(now + minute);
  expect(openNow(first, now + 6)).toBeNull();
  expect(openDue(first, once, now + minute)).toBeNull();
  const done = ended(begin(first, now + 5), "silent", now + 7);
  expect(done.isEnabled).toBe(true);
  expect(openDue(done, once, now + minute)?.open).toMatchObject({ number: 2 });
});

/** A day in the life of a job: what happens to it, and when, with a clock that jumps as it likes. */
const steps = fc.array(
  fc.tuple(
    fc.constantFrom("open", "by-hand", "begin", "fail", "kill", "postpone", "end", "off", "on", "stop"),
    fc.integer({ min: -1e7, max: 1e7 }),
  ),
  { maxLength: 60 },
);

test("an occurrence is opened once and ends once, whatever happens and whatever the clock does", () => {
  fc.assert(
    fc.property(fc.constantFrom(once, each), steps, (schedule, happenings) => {
      let state = newState(schedule, now);
      let time = now;
      const seenEnds = new Set<number>();
      for (const [what, later] of happenings) {
        time += later;
        const before = state;
        state = happen(state, schedule, what, time) ?? state;
        const [wasOpen, isOpen] = [before.open?.number, state.open?.number];
        // A number is given once, in order.
        if (isOpen !== undefined && isOpen !== wasOpen) expect(isOpen).toBe(before.count + 1);
        expect(state.count).toBe(Math.max(before.count, isOpen ?? 0));
        if (wasOpen !== undefined && isOpen === undefined) {
          expect(seenEnds.has(wasOpen)).toBe(false);
          seenEnds.add(wasOpen);
          expect(state.last?.number).toBe(wasOpen);
        }
        // A job for once is opened by its schedule once.
        if (schedule === once && what === "open" && state !== before) expect(state.nextAt).toBeNull();
        expect(state.open?.tries ?? 0).toBeLessThanOrEqual(mostTries + 1);
      }
    }),
    { numRuns: 2000 },
  );
});

function happen(state: JobState, schedule: Schedule, what: string, time: number): JobState | null {
  switch (what) {
    case "open":
      return openDue(state, schedule, time);
    case "by-hand":
      return openNow(state, time);
    case "begin":
      return isReady(state, time) ? begun(state, time) : null;
    case "fail":
      return failed(state, time) ?? ended(state, "failed", time);
    case "kill":
      return typeof state.open?.startedAt === "number"
        ? (cutOff(state, time) ?? ended(state, "failed", time))
        : null;
    case "postpone":
      return postponed(state, time + minute);
    case "end":
      return ended(state, "answered", time);
    case "off":
      return switchedOff(state);
    case "on":
      return switchedOn(state, schedule, time);
    default:
      return stopped(state, "gone", time);
  }
}
