import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareEgress } from "./compare.ts";
import { type AllowSetting, compileEgress, type EgressSettings } from "./compile.ts";
import { parseHost } from "./host.ts";
import { refusalOf, refusalOfAddress } from "./rules.ts";

const directions = (before: EgressSettings | undefined, after: EgressSettings | undefined) =>
  compareEgress(before, after).map(({ direction, before: was, after: is }) => `${direction} ${was} -> ${is}`);
const allow = (...entries: readonly (string | AllowSetting)[]): EgressSettings => ({ allow: entries });
const secret = { host: "api.example.org", header: "Authorization", value: "canary-canary" };
const withSecret = (more: object = {}): EgressSettings => ({
  allow: ["api.example.org"],
  secrets: [{ ...secret, ...more }],
});

describe("what is open", () => {
  test.each<[string, EgressSettings | undefined, EgressSettings | undefined, readonly string[]]>([
    ["a host", undefined, allow("example.org"), ["widens – -> example.org:443"]],
    [
      "a port",
      allow("example.org"),
      allow({ host: "example.org", ports: [443, 22] }),
      ["widens – -> example.org:22"],
    ],
    ["nothing any more", allow("example.org"), {}, ["narrows example.org:443 -> –"]],
    [
      "the same, written otherwise",
      allow("EXAMPLE.org:443", "b.test"),
      allow("b.test", { host: "example.org." }),
      [],
    ],
    [
      "one name of a wildcard's",
      allow("*.example.org"),
      allow("a.example.org"),
      ["narrows *.example.org:443 -> –"],
    ],
    [
      "a wildcard below a wildcard",
      allow("*.example.org"),
      allow("*.a.example.org"),
      ["narrows *.example.org:443 -> –"],
    ],
    [
      "the name above a wildcard",
      allow("*.example.org"),
      allow("*.example.org", "example.org"),
      ["widens – -> example.org:443"],
    ],
    [
      "a wildcard for a name",
      allow("a.example.org"),
      allow("*.example.org"),
      ["widens – -> *.example.org:443"],
    ],
    [
      "a private address",
      allow("example.org"),
      allow("example.org", { host: "10.0.0.1", ports: [80], private: true }),
      ["widens – -> 10.0.0.1:80 (private)"],
    ],
    [
      "an address of this machine's own, opened by being named as one",
      allow("8.8.8.8"),
      allow({ host: "8.8.8.8", private: true }),
      ["widens – -> 8.8.8.8:443 (private)"],
    ],
    [
      "one name for another",
      allow("a.test"),
      allow("b.test"),
      ["widens – -> b.test:443", "narrows a.test:443 -> –"],
    ],
  ])("%s", (_name, before, after, expected) => expect(directions(before, after)).toEqual(expected));
});

describe("secrets", () => {
  test.each<[string, EgressSettings, EgressSettings, readonly string[]]>([
    ["a secret", allow("api.example.org"), withSecret(), ["widens – -> authorization for api.example.org"]],
    [
      "none any more",
      withSecret(),
      allow("api.example.org"),
      ["narrows authorization for api.example.org -> –"],
    ],
    [
      "another value",
      withSecret(),
      withSecret({ value: "canary-other" }),
      ["changes authorization for api.example.org -> authorization for api.example.org, another value"],
    ],
    [
      "another scheme",
      withSecret(),
      withSecret({ scheme: "Bearer" }),
      ["changes authorization for api.example.org -> authorization for api.example.org, another value"],
    ],
    ["the header written otherwise", withSecret(), withSecret({ header: "AUTHORIZATION" }), []],
  ])("%s", (_name, before, after, expected) => expect(directions(before, after)).toEqual(expected));

  test("a value is in the seal and in no word", () => {
    const to = (value: string) => compareEgress(withSecret(), withSecret({ value }))[0]!;
    expect(JSON.stringify(to("canary-other"))).not.toContain("canary");
    expect(to("canary-other").seal).not.toBe(to("canary-third").seal);
  });
});

describe("for any two", () => {
  const hosts = [
    "a.test",
    "x.a.test",
    "y.x.a.test",
    "b.test",
    "*.a.test",
    "*.x.a.test",
    "203.0.113.9",
    "8.8.8.8",
  ];
  const anyAllow = fc.array(
    fc.oneof(
      fc.record({ host: fc.constantFrom(...hosts), ports: fc.subarray([443, 80, 22], { minLength: 1 }) }),
      fc.record({
        host: fc.constantFrom("10.0.0.1", "10.0.0.2", "8.8.8.8"),
        ports: fc.subarray([443, 80], { minLength: 1 }),
        private: fc.constant(true),
      }),
    ),
    { maxLength: 4 },
  );
  const rulesOf = (settings: EgressSettings) => {
    const compiled = compileEgress(settings);
    return compiled.ok ? { hosts: compiled.value.allow } : null;
  };
  const targets = [
    "a.test",
    "x.a.test",
    "z.y.x.a.test",
    "b.test",
    "q.b.test",
    "10.0.0.1",
    "10.0.0.2",
    "8.8.8.8",
  ].flatMap((name) => [443, 80, 22].map((port) => ({ host: parseHost(name)!, port })));

  test("where nothing widens, no target and no address is open that was not; where something does, one is", () => {
    let narrowed = 0;
    fc.assert(
      fc.property(anyAllow, anyAllow, (first, second) => {
        const [before, after] = [rulesOf({ allow: first }), rulesOf({ allow: second })];
        if (before === null || after === null) return;
        const gained = targets.filter(
          ({ host, port }) =>
            (refusalOf({ host, port }, after) === null && refusalOf({ host, port }, before) !== null) ||
            (host.isAddress &&
              refusalOfAddress(host.name, port, after) === null &&
              refusalOfAddress(host.name, port, before) !== null),
        );
        const found = compareEgress({ allow: first }, { allow: second });
        const widens = found.some(({ direction }) => direction !== "narrows");
        if (!widens) expect(gained).toEqual([]);
        // The targets above have one for each pattern but those of wildcards that only names elsewhere would show.
        if (gained.length > 0) expect(widens).toBe(true);
        if (!widens && found.length > 0) narrowed++;
      }),
      { numRuns: 5000, seed: 3 },
    );
    expect(narrowed).toBeGreaterThan(50);
  });

  test("nothing differs from itself, and what narrows there widens back", () => {
    fc.assert(
      fc.property(anyAllow, anyAllow, (first, second) => {
        const held = (one: typeof first, other: typeof first) =>
          compareEgress({ allow: one }, { allow: other }).some(({ direction }) => direction !== "narrows");
        expect(compareEgress({ allow: first }, { allow: first })).toEqual([]);
        const found = compareEgress({ allow: first }, { allow: second });
        if (found.length > 0) expect(held(first, second) || held(second, first)).toBe(true);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });
});
