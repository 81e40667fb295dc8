import { expect, test } from "vitest";
import { factsKey } from "../src/facts-key.ts";
import { everyFacts } from "./domain.ts";

/** What a scope fixes: all its records agree on these. */
const fixed = ["chat", "dmPolicy", "groupPolicy", "room", "requireMention"];

test("no two records of facts of one scope share a number", () => {
  const scopes = new Map<string, Set<number>>();
  let records = 0;
  everyFacts((facts) => {
    const scope = fixed.map((field) => String(facts[field as "chat"])).join(" ");
    let keys = scopes.get(scope);
    if (keys === undefined) scopes.set(scope, (keys = new Set()));
    keys.add(factsKey(facts));
    records++;
  });
  const unreached = scopes.get("unreached undefined undefined undefined undefined")!;
  expect([...scopes.values()].reduce((sum, { size }) => sum + size, 0)).toBe(records);
  expect(Math.max(...unreached)).toBeLessThan(0);
});
