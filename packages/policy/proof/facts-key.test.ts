import { expect, test } from "vitest";
import type { Facts } from "../src/facts.ts";
import { digits, directKey, factsOf, groupKey, operatorKey, unreachedKey } from "../src/facts-key.ts";
import type { Scope } from "../src/plan.ts";
import { everyFacts } from "./domain.ts";

/** What a scope fixes: all its records agree on these. */
const fixed = ["chat", "dmPolicy", "groupPolicy", "room", "requireMention"] as const;

function keyOf(facts: Facts): number {
  switch (facts.chat) {
    case "unreached":
      return unreachedKey(digits.sender[facts.sender], facts.account === "off");
    case "operator":
      return operatorKey(digits.event[facts.event], digits.command[facts.command]);
    case "dm": {
      const { allowFrom, isPaired, event, isOwner, command } = facts;
      return directKey(
        digits.allowFrom[allowFrom],
        isPaired,
        digits.event[event],
        isOwner,
        digits.command[command],
      );
    }
    case "group":
      return groupKey(
        digits.roomList[facts.roomList],
        digits.groupList[facts.groupList],
        facts.fallbackList === "named",
        facts.isOwner,
        digits.command[facts.command],
        digits.event[facts.event],
        digits.activation[facts.activation],
        digits.mention[facts.mention],
        facts.mentionsOthers,
      );
  }
}

test("every record of facts has a number of its own, and is made of it again", () => {
  const scopes = new Map<string, Set<number>>();
  const others: string[] = [];
  let records = 0;
  everyFacts((facts) => {
    const words = facts as unknown as Readonly<Record<string, string | boolean>>;
    const name = fixed.map((field) => String(words[field])).join(" ");
    let keys = scopes.get(name);
    if (keys === undefined) scopes.set(name, (keys = new Set()));
    const key = keyOf(facts);
    keys.add(key);
    records++;
    const made = factsOf(facts as unknown as Scope, key) as unknown as typeof words;
    const isSame = Object.keys(words).every((field) => made[field] === words[field]);
    if (!isSame || Object.keys(made).length !== Object.keys(words).length) others.push(JSON.stringify(facts));
    return others.length === 0;
  });
  expect(others).toEqual([]);
  const unreached = scopes.get("unreached undefined undefined undefined undefined")!;
  expect([...scopes.values()].reduce((sum, { size }) => sum + size, 0)).toBe(records);
  expect(Math.max(...unreached)).toBeLessThan(0);
});
