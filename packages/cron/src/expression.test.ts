import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesIn } from "../test/minute-by-minute.ts";
import { checkTimeZone, readExpression } from "./expression.ts";

const minute = 60_000;
const at = (text: string) => Date.parse(text);

/** All times in a stretch, as the expression names them one after the other. */
function timesOf(expression: string, zone: string, from: number, to: number): readonly number[] {
  const read = readExpression(expression, zone);
  if (!("next" in read)) throw new Error(read.message);
  const times: number[] = [];
  for (let time = read.next(from); time !== null && time <= to; time = read.next(time)) times.push(time);
  return times;
}
const shown = (times: readonly number[]) => times.map((time) => new Date(time).toISOString());

/** Nights on which a clock is put forward or back, one of half an hour and one at midnight among them, and a common one. */
const nights = [
  ["Europe/Berlin", "2026-03-28T20:00:00Z"],
  ["Europe/Berlin", "2026-10-24T20:00:00Z"],
  ["America/New_York", "2026-03-08T02:00:00Z"],
  ["America/New_York", "2026-11-01T01:00:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T10:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T10:00:00Z"],
  ["America/Santiago", "2026-09-05T22:00:00Z"],
  ["Asia/Kathmandu", "2026-05-05T00:00:00Z"],
  ["UTC", "2027-02-28T12:00:00Z"],
] as const;

const part = (least: number, most: number) => {
  const number = fc.integer({ min: least, max: most });
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: Math.max(1, most - least) });
  return fc.oneof(
    number.map(String),
    range,
    fc.tuple(range, step).map(([text, by]) => `${text}/${by}`),
    step.map((by) => `*/${by}`),
  );
};
const field = (least: number, most: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant("*") },
    {
      weight: 3,
      arbitrary: fc.array(part(least, most), { minLength: 1, maxLength: 3 }).map((all) => all.join(",")),
    },
  );
/** Around the change of the clock more often than elsewhere. */
const hours = fc.oneof(field(0, 23), fc.constantFrom("0", "1", "2", "3", "1,2", "2,14", "1-3", "0-2"));
const expressions = fc
  .tuple(field(0, 59), hours, field(1, 31), field(1, 12), field(0, 7))
  .map((fields) => fields.join(" "));

test("random expressions come true exactly when a walk through all minutes says so, on nights when clocks change", () => {
  fc.assert(
    fc.property(expressions, fc.constantFrom(...nights), (expression, [zone, start]) => {
      const from = at(start);
      const to = from + 36 * 60 * minute;
      expect(shown(timesOf(expression, zone, from, to))).toEqual(
        shown(matchesIn(expression, zone, from, to)),
      );
    }),
    { numRuns: 120 },
  );
});

describe("a clock that is put forward", () => {
  test("skips a time that was meant once to the end of the gap, and a repeated one not at all", () => {
    const night = [at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")] as const;
    expect(shown(timesOf("30 2 * * *", "Europe/Berlin", ...night))).toEqual(["2026-03-29T01:00:00.000Z"]);
    expect(shown(timesOf("*/30 2 * * *", "Europe/Berlin", ...night))).toEqual([]);
  });
});

describe("a clock that is put back", () => {
  test("shows a time twice that comes once, and a repeated one comes each time", () => {
    const night = [at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")] as const;
    expect(shown(timesOf("30 2 * * *", "Europe/Berlin", ...night))).toEqual(["2026-10-25T00:30:00.000Z"]);
    expect(timesOf("*/30 * * * *", "Europe/Berlin", ...night)).toHaveLength(48);
  });
});

test("29 February comes in leap years alone, and the 31st only in months that have one", () => {
  const leap = timesOf("0 0 29 2 *", "UTC", at("2026-01-01T00:00:00Z"), at("2041-01-01T00:00:00Z"));
  expect(shown(leap).map((text) => text.slice(0, 4))).toEqual(["2028", "2032", "2036", "2040"]);
  const long = timesOf("0 0 31 * *", "UTC", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
  expect(shown(long).map((text) => text.slice(5, 7))).toEqual(["01", "03", "05", "07", "08", "10", "12"]);
});

test("a day that never comes has no time", () => {
  const read = readExpression("0 0 31 2 *", "UTC");
  expect("next" in read && read.next(0)).toBeNull();
});

test.each([
  "",
  "* * * *",
  "* * * * * *",
  "@daily",
  "0 0 L * *",
  "0 0 * * 1#2",
  "0 0 15W * *",
  "? * * * *",
  "60 * * * *",
  "0 24 * * *",
  "0 0 0 * *",
  "0 0 * 13 *",
  "0 0 * * 8",
  "*/0 * * * *",
  "5-1 * * * *",
  "0 0 * foo *",
  "0 0 * constructor *",
  "-1 * * * *",
  "1,,2 * * * *",
  "\u0661 * * * *",
  `${"1,".repeat(200)}1 * * * *`,
])("%j is no expression", (expression) => {
  expect(readExpression(expression, "UTC")).toMatchObject({ hint: expect.stringContaining("0 8 * * 1-5") });
});

test("months and days may be written by name", () => {
  const from = at("2026-01-01T00:00:00Z");
  expect(timesOf("0 8 * JUN mon-fri", "UTC", from, at("2027-01-01T00:00:00Z"))).toHaveLength(22);
});

test.each(["Mars/Base", "", "+02:00", "__proto__", "Europe/Berln", "x".repeat(1000), "../etc/passwd"])(
  "%j is no time zone",
  (name) => {
    expect(checkTimeZone(name)?.message).toBe("There is no time zone of this name.");
  },
);

test("a misspelt time zone is met with the nearest name", () => {
  expect(checkTimeZone("Europe/Berln")?.hint).toBe("Did you mean Europe/Berlin?");
  expect(checkTimeZone("Europe/Berlin")).toBeNull();
  expect(checkTimeZone("UTC")).toBeNull();
});
