/** Asks the core once for each combination of facts that a scope meets; equal questions share one verdict. */
import { core } from "./core.ts";
import type { Authority, RuleReference, Step } from "./decision.ts";
import {
  directDomain,
  groupDomain,
  operatorDomain,
  unreachedDomain,
  type Check,
  type Facts,
} from "./facts.ts";
import { factsOf } from "./facts-key.ts";
import type { Outcome } from "./outcome.ts";
import type { Scope, StandingStep, Verdict } from "./plan.ts";

/** What a scope has already been asked. Far above what a chat ever needs; beyond it, answers are made anew. */
const most = 1024;

export function verdictOf(scope: Scope, key: number): Verdict {
  const known = scope.verdicts.get(key);
  if (known !== undefined) return known;
  const verdict = judge(scope, factsOf(scope, key));
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
  const isOwner = (facts.chat === "dm" || facts.chat === "group") && facts.isOwner;
  return {
    outcome,
    rules: Object.freeze(rules),
    trace: Object.freeze(trace),
    isOwner,
    authority: authorityOf(outcome, facts),
    standing: standingOf(outcome, rules[0]!),
  };
}

/** The sender's standing; of somebody whose event starts nothing, what it would be if it did. */
export function authorityOf({ deed, authority }: Outcome, facts: Facts): Authority {
  if (deed !== "context") return authority;
  return core({ ...facts, event: "message", command: "none", mention: "mentioned" } as Facts).authority;
}

function standingOf({ effect, authority }: Outcome, rule: RuleReference): StandingStep {
  return Object.freeze({ check: "standing", result: effect === "allow" ? authority : "refused", rule });
}

/** The same verdict where the deciding check asks one of several keys, and this one decided. */
export function withRule(verdict: Verdict, rule: RuleReference): Verdict {
  if (rule === verdict.rules[0]) return verdict;
  const decided = verdict.outcome.rules[0];
  const trace = verdict.trace.map((step) => (step.check === decided ? { ...step, rule } : step));
  return { ...verdict, rules: [rule], trace, standing: standingOf(verdict.outcome, rule) };
}

const checksOf = (domain: object) => Object.keys(domain).filter((field) => field !== "chat") as Check[];

const orders: Readonly<Record<Facts["chat"], readonly Check[]>> = {
  unreached: checksOf(unreachedDomain),
  dm: checksOf(directDomain),
  group: checksOf(groupDomain),
  operator: checksOf(operatorDomain),
};
