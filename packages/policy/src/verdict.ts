/** Asks the core once for each combination of facts that a scope meets; equal questions share one verdict. */
import { core } from "./core.ts";
import type { RuleReference, Step } from "./decision.ts";
import {
  directDomain,
  groupDomain,
  operatorDomain,
  unreachedDomain,
  type Check,
  type Facts,
} from "./facts.ts";
import { factsKey } from "./facts-key.ts";
import type { Scope, Verdict } from "./plan.ts";

/** What a scope has already been asked. Far above what a chat ever needs; beyond it, answers are made anew. */
const most = 1024;

export function verdictOf(scope: Scope, facts: Facts): Verdict {
  const key = factsKey(facts);
  const known = scope.verdicts.get(key);
  if (known !== undefined) return known;
  const verdict = judge(scope, facts);
  if (scope.verdicts.size < most) scope.verdicts.set(key, verdict);
  return verdict;
}

function judge(scope: Scope, facts: Facts): Verdict {
  const outcome = core(facts);
  const ruleOf = scope.rules as Readonly<Record<Check, RuleReference>>;
  const words = facts as unknown as Readonly<Record<Check, string | boolean>>;
  const trace = orders[facts.chat].slice(0, outcome.depth).map((check): Step => {
    return Object.freeze({ check, result: String(words[check]), rule: ruleOf[check] });
  });
  const rules = outcome.rules.map((check) => ruleOf[check]);
  return { outcome, rules: Object.freeze(rules), trace: Object.freeze(trace) };
}

/** The same verdict where the deciding check asks one of several keys, and this one decided. */
export function withRule(verdict: Verdict, rule: RuleReference): Verdict {
  const decided = verdict.outcome.rules[0];
  const trace = verdict.trace.map((step) => (step.check === decided ? { ...step, rule } : step));
  return { outcome: verdict.outcome, rules: [rule], trace };
}

const checksOf = (domain: object) => Object.keys(domain).filter((field) => field !== "chat") as Check[];

const orders: Readonly<Record<Facts["chat"], readonly Check[]>> = {
  unreached: checksOf(unreachedDomain),
  dm: checksOf(directDomain),
  group: checksOf(groupDomain),
  operator: checksOf(operatorDomain),
};
