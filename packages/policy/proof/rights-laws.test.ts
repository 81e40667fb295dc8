/** INVARIANT: a profile only takes away, from every message, whatever it says. */
import { expect, test } from "vitest";
import type { Authority, RuleReference } from "../src/decision.ts";
import { direct, group, identity, operator, type Outcome } from "../src/outcome.ts";
import type { Plan, Profile, Verdict } from "../src/plan.ts";
import { limited, limitOf, type Limit } from "../src/rights.ts";
import { recordsOf, sizeOf } from "./domain.ts";
import { exhaust, strayWords } from "./exhaust.ts";
import { deprivedDomain, rightsLaws, type Deprived } from "./rights-laws.ts";

const ask = (facts: Deprived) => limitOf(facts, facts.deed);

test("every law of rights holds on the whole domain, and every limit is reached", () => {
  const { broken, outcomes, visited } = exhaust(deprivedDomain, rightsLaws, ask);
  expect(broken).toEqual({});
  expect(visited).toBe(sizeOf(deprivedDomain));
  expect(new Set([...outcomes].map((limit) => limit?.check))).toEqual(
    new Set(["profile", "agent", "command", "budget", undefined]),
  );
});

test("unknown-enum-denies: a word from outside takes as much as the word that takes most", () => {
  const strays = strayWords(
    deprivedDomain,
    ask,
    (limit) => limit === null,
    (_, known, field) => field === "deed" || known === null,
  );
  expect(strays).toEqual([]);
});

const rule = (path: string): RuleReference => ({ path });
const names = ["agents", "places", "commands", "sends", "sessions", "asks", "budget"] as const;
const rules = Object.fromEntries(names.map((name) => [name, rule(`profile.${name}`)]));
const profile = { rules } as unknown as Profile;
const plan = { profiles: { unknownRule: rule("profiles") } } as unknown as Plan;
const keyOf: Readonly<Record<Limit["check"], string>> = {
  profile: "profiles",
  agent: "profile.agents",
  command: "profile.commands",
  budget: "profile.budget",
};

test("only-takes-away: whatever the message would have done, what is left of it is a denial by the key that took it", () => {
  const wrong: unknown[] = [];
  let asked = 0;
  recordsOf<Deprived>(deprivedDomain, (facts) => {
    const limit = ask(facts);
    if (limit === null) return;
    for (const outcome of answers({ direct, group, identity, operator })) {
      asked++;
      const before: Verdict = { outcome, rules: [rule("room")], trace: [{ check: "x", result: "y" }] };
      const after = limited(before, limit, facts, facts.profile === "unknown" ? null : profile, plan);
      const { effect, code, deed, authority } = after.outcome;
      const isQuiet = deed === (limit.check === "budget" ? "budget-notice" : "silence");
      const step = { check: limit.check, result: facts[limit.check], rule: rule(keyOf[limit.check]) };
      const isSaid =
        JSON.stringify(after.rules) === JSON.stringify([step.rule]) &&
        JSON.stringify(after.trace) === JSON.stringify([...before.trace, step]);
      const isLess =
        effect === "deny" && code === limit.code && authority === ("stranger" satisfies Authority);
      if (!isQuiet || !isSaid || !isLess) wrong.push({ facts: { ...facts }, outcome, after });
    }
  });
  expect(asked).toBeGreaterThan(1_000);
  expect(wrong.slice(0, 3)).toEqual([]);
});

function* answers(table: object): Generator<Outcome> {
  for (const value of Object.values(table) as object[]) {
    if ("effect" in value) yield value as Outcome;
    else yield* answers(value);
  }
}
