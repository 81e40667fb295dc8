/**
 * What a sender's profile takes away from a message that may otherwise reach the agent. Pure and total over finite facts.
 * INVARIANT: it only takes away, and a word outside the domain takes everything (proof/rights-laws.test.ts).
 */
import type { DecisionCode, RuleReference, Step } from "./decision.ts";
import type { Outcome } from "./outcome.ts";
import type { Finding, Plan, Profile } from "./plan.ts";
import type { RightsFacts } from "./tool-facts.ts";

export interface Limit {
  readonly code: DecisionCode;
  readonly check: keyof RightsFacts;
}

const limits = {
  profile: { code: "profile-unknown", check: "profile" },
  agent: { code: "agent-not-allowed", check: "agent" },
  command: { code: "command-not-allowed", check: "command" },
  budget: { code: "budget-spent", check: "budget" },
} as const satisfies Record<keyof RightsFacts, Limit>;

/** What keeps the deed from being done; null: nothing. A command costs nothing, so a spent budget still lets it through. */
export function limitOf(facts: RightsFacts, deed: Outcome["deed"]): Limit | null {
  if (facts.profile !== "fits") return limits.profile;
  if (facts.agent !== "granted") return limits.agent;
  if (facts.command !== "none" && facts.command !== "granted") return limits.command;
  const hasBudget = facts.budget === "unbounded" || facts.budget === "left";
  return hasBudget || deed === "command" || deed === "context" ? null : limits.budget;
}

/** The denial that the verdict becomes. */
export function limited(
  verdict: Finding,
  { code, check }: Limit,
  facts: RightsFacts,
  profile: Profile | null,
  plan: Plan,
): Finding {
  const rule = ruleOf(check, profile, plan);
  const step: Step = { check, result: facts[check], rule };
  return {
    outcome: {
      ...verdict.outcome,
      effect: "deny",
      code,
      deed: check === "budget" ? "budget-notice" : "silence",
      authority: "stranger",
    },
    rules: [rule],
    trace: [...verdict.trace, step],
  };
}

function ruleOf(check: keyof RightsFacts, profile: Profile | null, plan: Plan): RuleReference {
  if (profile === null) return plan.profiles.unknownRule;
  if (check === "agent") return profile.rules.agents;
  return check === "command" ? profile.rules.commands : profile.rules.budget;
}
