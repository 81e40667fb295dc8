import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { policyFrom } from "../src/decide-only.ts";
import { portable } from "../src/portable.ts";
import { aPolicy, networks } from "./builders.ts";
import { requests, world } from "./requests.ts";

test("a policy that was carried as text decides what the compiled one decides, byte for byte", () => {
  const compiled = compile(world, {
    networks,
    locate: (path) => ({ file: "c.json", line: path.length, column: 1 }),
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const carried = policyFrom(portable(compiled.policy))!;
  expect(carried.hash).toBe(compiled.policy.hash);
  const states = [{}, { isPaired: true, isWithinBudget: true }, { profile: "guest", isSpawned: true }];
  for (const request of fc.sample(requests, { numRuns: 3000, seed: 7 }))
    for (const state of states)
      expect(JSON.stringify(carried.decide(request, state))).toBe(
        JSON.stringify(compiled.policy.decide(request, state)),
      );
});

test("what was asked before is not carried along", () => {
  const policy = aPolicy({ flat: { allowFrom: [1] } });
  const fresh = portable(policy);
  policy.decide({ action: "message", provider: "flat", chat: { kind: "dm", id: "1" }, sender: { id: "1" } });
  expect(portable(policy)).toBe(fresh);
});

test("text that is not a policy makes none, and one that was changed denies or makes none", () => {
  for (const text of [
    "",
    "{}",
    "null",
    "[]",
    '{"format":"clawd-policy-0","values":[]}',
    '{"format":"clawd-policy-2","values":[["value",1]]}',
  ])
    expect(policyFrom(text)).toBeNull();
  const text = portable(aPolicy({ flat: { dmPolicy: "open", allowFrom: ["*"] } }));
  const request = {
    action: "tool",
    agent: "main",
    tool: "read",
    provider: "flat",
    chat: { kind: "dm", id: "1" },
    sender: { id: "1" },
  };
  const { format, values } = JSON.parse(text) as { format: string; values: unknown[][] };
  for (let at = 0; at < values.length; at++) {
    const torn = values.map((value, index) => (index === at ? ["record"] : value));
    const policy = policyFrom(JSON.stringify({ format, values: torn }));
    expect(() => policy?.decide(request)).not.toThrow();
  }
});

test("only what compile has made can be carried", () => {
  expect(() => portable({ hash: "", decide: () => null as never })).toThrow(TypeError);
});
