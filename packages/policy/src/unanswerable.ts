/** Requests that no rule of a chat can answer, and the account of those that one can. */
import type { Decision, Obligation, RuleReference } from "./decision.ts";
import type { AccountPlan, Plan } from "./plan.ts";
import type { Question } from "./read-message.ts";

/** The account that a request is about, or the denial for there being none. */
export function accountOf(plan: Plan, { provider, account: id }: Question): AccountPlan | Decision {
  const network = plan.networks.get(provider);
  if (network === undefined) return unanswerable(plan, "unknown-provider", unknownProviderRule);
  return network.accounts.get(id) ?? unanswerable(plan, "unknown-account", network.accountsRule);
}

/** It is handed out with many decisions: nobody may change it for the others. */
export const only = (obligation: Obligation): readonly Obligation[] =>
  Object.freeze([Object.freeze(obligation)]);

export const silence = only({ kind: "stay-silent" });

export const badRequestRule: RuleReference = Object.freeze({ path: "built-in.well-formed-request" });
export const unknownToolRule: RuleReference = Object.freeze({ path: "built-in.known-tool" });
const unknownProviderRule: RuleReference = Object.freeze({ path: "built-in.known-provider" });

type Unanswerable = "bad-request" | `unknown-${"provider" | "account" | "agent" | "tool"}`;

export function unanswerable(plan: Plan, code: Unanswerable, rule: RuleReference): Decision {
  const step =
    code === "bad-request"
      ? { check: "request", result: "malformed", rule }
      : { check: code.slice("unknown-".length), result: "unknown", rule };
  const base = { effect: "deny", code, agent: null, session: null } as const;
  return { ...base, rules: [rule], obligations: silence, trace: [step], policy: plan.hash };
}
