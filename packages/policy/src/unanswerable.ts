/** Requests that no rule of a chat can answer, and the account of those that one can. */
import type { Decision, RuleReference } from "./decision.ts";
import type { AccountPlan, Plan } from "./plan.ts";
import type { Question } from "./read-message.ts";

/** The account that a request is about, or the denial for there being none. */
export function accountOf(plan: Plan, { provider, account: id }: Question): AccountPlan | Decision {
  const network = plan.networks.get(provider);
  if (network === undefined) return unanswerable(plan, "unknown-provider", unknownProviderRule);
  return network.accounts.get(id) ?? unanswerable(plan, "unknown-account", network.accountsRule);
}

const silence = Object.freeze([Object.freeze({ kind: "stay-silent" } as const)]);

export const badRequestRule: RuleReference = Object.freeze({ path: "built-in.well-formed-request" });
export const unknownToolRule: RuleReference = Object.freeze({ path: "built-in.known-tool" });
const unknownProviderRule: RuleReference = Object.freeze({ path: "built-in.known-provider" });

const askedFor = {
  "bad-request": "request",
  "unknown-provider": "provider",
  "unknown-account": "account",
  "unknown-agent": "agent",
  "unknown-tool": "tool",
} as const;

export function unanswerable(plan: Plan, code: keyof typeof askedFor, rule: RuleReference): Decision {
  const check = askedFor[code];
  const step = { check, result: check === "request" ? "malformed" : "unknown", rule };
  const base = { effect: "deny", code, agent: null, session: null } as const;
  return { ...base, rules: [rule], obligations: silence, trace: [step], policy: plan.hash };
}
