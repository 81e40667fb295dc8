/** When a job is due: once, at a distance, or by a cron expression. Pure; time comes in as a number. */
import { checkTimeZone, type Expression, type Mistake, readExpression } from "./expression.ts";

export type Schedule =
  /** Once. Milliseconds since 1970. */
  | { readonly kind: "at"; readonly atMs: number }
  /** Counted from the anchor, so that a late run moves no later one. */
  | { readonly kind: "every"; readonly everyMs: number; readonly anchorMs: number }
  | { readonly kind: "cron"; readonly expr: string; readonly tz: string };

export interface ScheduleLimits {
  /** Milliseconds between two times of a job. */
  readonly leastInterval: number;
}

const day = 24 * 3_600_000;
/** Milliseconds; no schedule reaches further. */
const furthest = 10 * 366 * day;
/** Times of an expression that are looked at for their distance: `0,1 8 * * *` has its shortest within two. */
const compared = 200;

/** The first time after this one; null: there is none. */
export function nextAfter(schedule: Schedule, after: number): number | null {
  switch (schedule.kind) {
    case "at":
      return schedule.atMs > after ? schedule.atMs : null;
    case "every": {
      const { everyMs, anchorMs } = schedule;
      return anchorMs > after
        ? anchorMs
        : anchorMs + (Math.floor((after - anchorMs) / everyMs) + 1) * everyMs;
    }
    case "cron": {
      const read = readExpression(schedule.expr, schedule.tz);
      return "next" in read ? read.next(after) : null;
    }
  }
}

/** What is wrong with it as the schedule of a job that begins now. Total: any numbers and texts. */
export function checkSchedule(schedule: Schedule, now: number, limits: ScheduleLimits): Mistake | null {
  switch (schedule.kind) {
    case "at":
      return checkTime(schedule.atMs, now);
    case "every":
      return checkInterval(schedule, now, limits);
    case "cron": {
      const zone = checkTimeZone(schedule.tz);
      if (zone !== null) return zone;
      const read = readExpression(schedule.expr, schedule.tz);
      return "next" in read ? checkDistances(read, now, limits) : read;
    }
  }
}

function checkTime(atMs: number, now: number): Mistake | null {
  if (!Number.isSafeInteger(atMs) || atMs - now > furthest)
    return { message: "The time is not within ten years.", hint: "Milliseconds since 1970." };
  return atMs > now
    ? null
    : { message: "The time is over.", hint: `Now is ${now} (${new Date(now).toISOString()}).` };
}

function checkInterval(
  { everyMs, anchorMs }: Extract<Schedule, { kind: "every" }>,
  now: number,
  limits: ScheduleLimits,
): Mistake | null {
  if (!Number.isSafeInteger(everyMs) || everyMs > furthest)
    return { message: "The distance is not within ten years.", hint: "Milliseconds." };
  if (!Number.isSafeInteger(anchorMs) || Math.abs(anchorMs - now) > furthest)
    return { message: "The anchor is not within ten years.", hint: "Milliseconds since 1970." };
  return everyMs < limits.leastInterval ? tooOften(limits) : null;
}

function checkDistances(expression: Expression, now: number, limits: ScheduleLimits): Mistake | null {
  let last = expression.next(now);
  if (last === null)
    return { message: "The expression never comes true.", hint: "Check the day and the month." };
  for (let count = 0; count < compared; count++) {
    const following = expression.next(last);
    if (following === null) return null;
    if (following - last < limits.leastInterval) return tooOften(limits);
    last = following;
  }
  return null;
}

const tooOften = ({ leastInterval }: ScheduleLimits): Mistake => ({
  message: "The job would run too often.",
  hint: `At least ${Math.ceil(leastInterval / 1000)} seconds lie between two runs.`,
});

/** In words, for people. */
export function scheduleInWords(schedule: Schedule): string {
  switch (schedule.kind) {
    case "at":
      return `at ${timeInWords(schedule.atMs)}`;
    case "every":
      return `every ${distanceInWords(schedule.everyMs)}`;
    case "cron":
      return `${schedule.expr} (${schedule.tz})`;
  }
}

/** UTC, to the minute where that is all there is. */
export function timeInWords(at: number): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, at % 60_000 === 0 ? 16 : 19).replace("T", " ")} UTC`;
}

function distanceInWords(milliseconds: number): string {
  const units = [
    ["week", 7 * day],
    ["day", day],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1000],
    ["millisecond", 1],
  ] as const;
  const [name, size] = units.find(([, length]) => milliseconds % length === 0)!;
  const count = milliseconds / size;
  return count === 1 ? name : `${count} ${name}s`;
}
