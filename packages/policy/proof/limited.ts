/** What becomes of a message that a profile withholds, compared with what the documents say: for every message and every limit. */
import type { RuleReference } from "../src/decision.ts";
import { direct, group, identity, operator, type Outcome } from "../src/outcome.ts";
import type { Plan, Profile, Finding } from "../src/plan.ts";
import type { Limit, limited, limitOf } from "../src/rights.ts";
import { recordsOf } from "./domain.ts";
import { answersIn } from "./exhaust.ts";
import { deprivedDomain, type Deprived } from "./rights-laws.ts";

export interface Rights {
  readonly limitOf: typeof limitOf;
  readonly limited: typeof limited;
}

const rule = (path: string): RuleReference => ({ path });
const names = ["agents", "places", "commands", "sends", "sessions", "asks", "budget"] as const;
const rules = Object.fromEntries(names.map((name) => [name, rule(`profile.${name}`)]));
const known = { rules } as unknown as Profile;
const plan = { profiles: { unknownRule: rule("profiles") } } as unknown as Plan;
const keyOf: Readonly<Record<Limit["check"], string>> = {
  profile: "profiles",
  agent: "profile.agents",
  command: "profile.commands",
  budget: "profile.budget",
};

const messages = [...answersIn<Outcome>({ direct, group, identity, operator })];

/** How many messages were limited, and of those what was not a denial by the key that took it; at most three. */
export function wronglyLimited({ limitOf, limited }: Rights): { asked: number; wrong: readonly unknown[] } {
  const wrong: unknown[] = [];
  let asked = 0;
  recordsOf<Deprived>(deprivedDomain, (facts) => {
    const limit = limitOf(facts, facts.deed);
    if (limit === null) return true;
    for (const outcome of messages) {
      asked++;
      const before: Finding = { outcome, rules: [rule("room")], trace: [{ check: "x", result: "y" }] };
      const after = limited(before, limit, facts, facts.profile === "unknown" ? null : known, plan);
      if (!isDenial(after, before, limit, facts)) wrong.push({ facts: { ...facts }, outcome, after });
    }
    return wrong.length < 3;
  });
  return { asked, wrong };
}

function isDenial(
  { outcome, rules, trace }: Finding,
  before: Finding,
  limit: Limit,
  facts: Deprived,
): boolean {
  const { effect, code, deed, authority } = outcome;
  const step = { check: limit.check, result: facts[limit.check], rule: rule(keyOf[limit.check]) };
  return (
    effect === "deny" &&
    code === limit.code &&
    authority === "stranger" &&
    deed === (limit.check === "budget" ? "budget-notice" : "silence") &&
    JSON.stringify(rules) === JSON.stringify([step.rule]) &&
    JSON.stringify(trace) === JSON.stringify([...before.trace, step])
  );
}
