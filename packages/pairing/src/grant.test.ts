import fc from "fast-check";
import { expect, test } from "vitest";
import { checkGrant, isInForce, isOver, plainGrant, readGrant, writeGrant } from "./grant.ts";

const now = Date.UTC(2026, 0, 1);
const day = 24 * 3_600_000;
const tenYears = 3650 * day;

test.each([
  [{ profile: "friend" }, { profile: "friend", until: null }],
  [{ until: "2026-01-08T00:00:00.000Z" }, { profile: null, until: now + 7 * day }],
  [
    { until: "2026-01-08T00:00:00Z", profile: "kids-2" },
    { profile: "kids-2", until: now + 7 * day },
  ],
  [{ until: "2026-01-08T00:00Z" }, { profile: null, until: now + 7 * day }],
  [{ until: "2028-02-29T23:59:59.999Z" }, { profile: null, until: Date.UTC(2028, 1, 29, 23, 59, 59, 999) }],
])("%j is understood", (entry, grant) => {
  expect(readGrant(entry)).toEqual(grant);
});

const notGrants: readonly unknown[] = [
  null,
  undefined,
  true,
  7,
  "friend",
  [],
  ["friend"],
  {},
  // A key that nobody reads may have been meant for an end.
  { untill: "2026-01-08T00:00:00.000Z" },
  { profile: "friend", Until: "2026-01-08T00:00:00.000Z" },
  { profile: "friend", note: "my aunt" },
  JSON.parse('{"profile":"friend","__proto__":{"until":null}}'),
  { profile: null },
  { profile: "" },
  { profile: "Friend" },
  { profile: "friend " },
  { profile: "friend\n" },
  { profile: "2nd" },
  { profile: "x".repeat(33) },
  { profile: "__proto__" },
  { profile: ["friend"] },
  { profile: "friend", until: null },
  { profile: "friend", until: "" },
  { until: now + day },
  { until: String(now + day) },
  { until: "tomorrow" },
  { until: "7" },
  { until: "2027" },
  { until: "2026-01-08" },
  { until: "2026-01-08T00:00:00" },
  { until: "2026-01-08T00:00:00+02:00" },
  { until: " 2026-01-08T00:00:00Z" },
  { until: "2026-02-30T00:00:00.000Z" },
  { until: "2026-13-01T00:00:00.000Z" },
  { until: "2026-01-08T24:00:00Z" },
  { until: "+012026-01-08T00:00:00.000Z" },
  { until: ["2026-01-08T00:00:00.000Z"] },
];

test.each(notGrants.map((entry) => [entry]))("%j is no grant", (entry) => {
  expect(readGrant(entry)).toBeNull();
});

test("whatever JSON may hold is a grant or none, and a grant comes out as it went in", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (entry) => {
      const grant = readGrant(entry);
      if (grant !== null) expect(readGrant(writeGrant(grant))).toEqual(grant);
    }),
    { seed: 7 },
  );
  const profile = fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/));
  const until = fc.option(fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) }));
  fc.assert(
    fc.property(profile, until, (name, end) => {
      const written = JSON.parse(JSON.stringify({ entry: writeGrant({ profile: name, until: end }) }));
      const isPlain = name === null && end === null;
      expect(readGrant((written as { entry?: unknown }).entry)).toEqual(
        isPlain ? null : { profile: name, until: end },
      );
      expect("entry" in (written as object)).toBe(!isPlain);
    }),
    { seed: 7 },
  );
});

test("an end counts to the millisecond: until it is reached, and no longer", () => {
  const grant = { profile: null, until: now };
  expect([isInForce(grant, now - 1), isOver(grant, now - 1)]).toEqual([true, false]);
  expect([isInForce(grant, now), isOver(grant, now)]).toEqual([false, true]);
  expect([isInForce(grant, now + 1), isOver(grant, now + 1)]).toEqual([false, true]);
  expect([isInForce(plainGrant, now), isOver(plainGrant, now)]).toEqual([true, false]);
});

test("an end that nobody can have given is not in force, nor is any by a clock that is no number", () => {
  expect(isInForce({ until: now + tenYears + day }, now)).toBe(true);
  expect(isInForce({ until: now + tenYears + day + 1 }, now)).toBe(false);
  for (const until of [NaN, Infinity, -Infinity]) expect(isInForce({ until }, now)).toBe(false);
  for (const clock of [NaN, Infinity, -Infinity]) expect(isInForce({ until: now + 1 }, clock)).toBe(false);
});

test("what is asked for is a name and a moment to come, or refused", () => {
  expect(checkGrant({}, now)).toEqual(plainGrant);
  expect(checkGrant({ profile: "friend", until: now + 1 }, now)).toEqual({
    profile: "friend",
    until: now + 1,
  });
  const refused = expect.objectContaining({ code: "CLAWD_PAIRING_GRANT", hint: expect.any(String) });
  for (const profile of ["", "Friend", "a b", "-a", "x".repeat(33), null as unknown as string])
    expect(() => checkGrant({ profile }, now), JSON.stringify(profile)).toThrow(refused);
  for (const until of [now, now - 1, 0, NaN, Infinity, now + 0.5, now + tenYears + 2 * day, null, "1"])
    expect(() => checkGrant({ until: until as number }, now), String(until)).toThrow(refused);
});
