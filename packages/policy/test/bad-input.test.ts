/**
 * Whatever is passed as a request or as state: a decision, never an exception; and never a grant that a well-formed input
 * would not have had. Configs and options: bad-config.test.ts.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aPolicy } from "./builders.ts";
import { friends, full, isDecision, origin } from "./full-requests.ts";
import { everything, foreignValues, oddValues, placesIn, withAt } from "./hostile.ts";
import { requestShape } from "./request-shape.ts";
import { likelyRequests, requests, world } from "./requests.ts";

const policy = aPolicy(world);

describe("as a request", () => {
  test.each(Object.entries(full))("the %s that the others deviate from is allowed", (_, request) => {
    expect(policy.decide(request)).toMatchObject({ effect: "allow" });
    expect(requestShape.safeParse(request).success).toBe(true);
  });

  test.each(Object.entries(full))(
    "a %s with anything anywhere is allowed only if it is well-formed",
    (_, request) => {
      for (const path of placesIn(request)) {
        for (const [name, make] of [...oddValues, ...foreignValues]) {
          const changed = withAt(request, path, make());
          const decision = policy.decide(changed);
          expect(isDecision(decision), `${name} at ${path.join(".")}`).toBe(true);
          if (decision.effect === "deny") continue;
          expect(requestShape.safeParse(changed).success, `${name} at ${path.join(".")}`).toBe(true);
        }
      }
    },
  );

  test.each(Object.entries(full))(
    "a %s with a field that nobody knows is denied, whatever is in it",
    (_, request) => {
      const records = placesIn(request).filter((path) => isRecord(valueAt(request, path)));
      for (const path of records) {
        for (const field of ["isOwner", "constructor", "toString", "elevated ", "\ud800"]) {
          for (const [name, make] of [
            ["undefined", () => undefined] as const,
            ...oddValues,
            ...foreignValues,
          ]) {
            const decision = policy.decide(withAt(request, [...path, field], make()));
            expect(decision, `${name} at ${path.join(".")}.${field}`).toMatchObject({
              effect: "deny",
              code: "bad-request",
            });
          }
        }
      }
      expect(policy.decide(JSON.parse(`{"__proto__":{},${JSON.stringify(request).slice(1)}`)).code).toBe(
        "bad-request",
      );
    },
  );

  test("any value has a decision, and an allowed one is well-formed", () => {
    const values = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    const mixed = fc.tuple(likelyRequests, fc.nat(), values).map(([request, at, value]) => {
      const places = placesIn(request);
      return withAt(request, places[at % places.length]!, value);
    });
    fc.assert(
      fc.property(fc.oneof(values, mixed, requests), values, (request, state) => {
        const decision = policy.decide(request, state as never);
        expect(isDecision(decision)).toBe(true);
        if (decision.effect !== "deny") expect(requestShape.safeParse(request).success).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("a list that grows while it is read is as long as it first said", () => {
    for (const key of ["via", "contributors"]) {
      let length = 1;
      const get = (_: unknown, field: string | symbol) =>
        field === "length" ? length++ : key === "via" ? { agent: "main", run: "turn" } : origin;
      expect(policy.decide({ ...full["tool"], [key]: new Proxy([], { get }) }).effect).toBe("allow");
    }
  });

  test("a field that changes is what it was when it was read, once", () => {
    for (const [first, then] of [
      ["42", "7"],
      ["7", "42"],
    ] as const) {
      const fickle = (answers: readonly string[]) => {
        let reads = 0;
        return Object.defineProperty({}, "id", {
          enumerable: true,
          get: () => answers[Math.min(reads++, 1)],
        });
      };
      const decision = policy.decide({
        ...full["tool"],
        tool: "bash",
        contributors: [],
        sender: fickle([first, then]),
      });
      const sender = { id: first };
      expect(decision).toEqual(policy.decide({ ...full["tool"], tool: "bash", contributors: [], sender }));
    }
  });

  test("keys of Object.prototype are ids like any other: nobody's", () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]) {
      for (const path of ["provider", "account", "agent", "tool", "sender.id"]) {
        const { effect } = policy.decide(withAt(full["tool"], path.split("."), name));
        expect(effect, `${name} as ${path}`).not.toBe("allow");
      }
      expect(policy.decide(friends, { profile: name }).code).toBe("profile-unknown");
    }
  });
});

describe("as state", () => {
  test("what is no fact grants nothing", () => {
    const stranger = { ...full["message"], sender: { id: "1" }, chat: { kind: "dm", id: "1" } };
    for (const [name, make] of [...oddValues, ...foreignValues]) {
      for (const key of [
        null,
        "isPaired",
        "profile",
        "isWithinBudget",
        "activation",
        "isTargetPaired",
        "isSpawned",
      ]) {
        if (name === "true" && key !== null) continue;
        const state = key === null ? make() : { [key]: make() };
        const decision = policy.decide(stranger, state as never);
        expect(decision.effect, `${name} as ${key}`).not.toBe("allow");
      }
    }
  });

  test("a profile that cannot be read is one that has no rights", () => {
    expect(policy.decide(friends).effect).toBe("allow");
    for (const [name, make] of [...oddValues, ...foreignValues].filter(([each]) => each !== "null"))
      expect(policy.decide(friends, { profile: make() as never }).code, name).toBe("profile-unknown");
  });

  test("contributors that cannot be read are contributors without rights", () => {
    for (const [name, make] of foreignValues) {
      for (const contributors of [make(), [make()]]) {
        const decision = policy.decide(friends, { contributors } as never);
        expect(isDecision(decision), name).toBe(true);
      }
    }
    const facts = { profile: "guest" };
    for (const contributors of [facts, { 0: facts }, "guest", everything()])
      expect(policy.decide(friends, { contributors } as never).code).toBe("profile-unknown");
  });

  test("contributors without end are read as far as a request has any", () => {
    const endless: { contributors: unknown[] } = { contributors: [] };
    endless.contributors.push(endless);
    expect(policy.decide(friends, endless as never).effect).toBe("allow");
    const longest = Object.assign([{}], { length: 2 ** 32 - 1 });
    expect(policy.decide(friends, { contributors: longest }).effect).toBe("allow");
  });
});

const isRecord = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = (found as Record<string, unknown>)[key];
  return found;
}
