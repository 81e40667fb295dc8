/** INVARIANT: any value gets a decision, and what is not a well-formed request is denied without an act. */
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { full, goodCall, goodReading, goodSending, goodSpawn } from "./malformed-runs.ts";
import { everyDeviation, faultOf, firstAccepted, good, open } from "./malformed.ts";
import { circle, networks } from "./networks.ts";

function decide(request: unknown, state?: unknown) {
  const result = compile(open, { networks });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.policy.decide(request, state as never);
}

test("the requests that the others deviate from are allowed", () => {
  expect(decide(good)).toMatchObject({ effect: "allow", code: "allowed" });
  expect(decide(goodCall)).toMatchObject({ effect: "allow", code: "tool-allowed" });
  expect(decide(goodSending)).toMatchObject({ effect: "allow", code: "send-allowed" });
  expect(decide(goodReading)).toMatchObject({ effect: "allow", code: "session-allowed" });
  expect(decide(goodSpawn)).toMatchObject({ effect: "allow", code: "session-allowed" });
});

test("a run with as many people and ancestors as there may be is well-formed", () => {
  expect(decide(full).code).not.toBe("bad-request");
});

test.each(everyDeviation)("denies %s, and nothing is to be done", (_, request) => {
  expect(faultOf(() => decide(request))).toBeNull();
});

test.each([null, 7, "paired", [], { isPaired: "yes" }, { isPaired: 1 }, { activation: "never" }])(
  "reads the state %j as no approval",
  (state) => {
    const result = compile({ [circle.id]: { allowFrom: ["bob"] } }, { networks });
    expect(result.ok && result.policy.decide(good, state as never).effect).not.toBe("allow");
  },
);

test("a state that throws when it is read is no approval", () => {
  const thrower = Object.defineProperty({}, "isPaired", {
    enumerable: true,
    get() {
      throw new Error("no");
    },
  });
  const result = compile({ [circle.id]: { allowFrom: ["bob"] } }, { networks });
  expect(result.ok && result.policy.decide(good, thrower as never).effect).not.toBe("allow");
});

test("every value that is no request, and every name that is no profile, is refused", () => {
  expect(firstAccepted(compile)).toBeNull();
});
