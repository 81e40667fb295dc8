/** The decision about a run that a core gave: the call of its tool, and what was found beyond it. */
import type { Decision, RuleReference, Step } from "./decision.ts";
import type { RunOutcome } from "./tool-outcome.ts";

export function runDecision<Check extends string>(
  call: Decision,
  { effect, code, rule, depth }: RunOutcome<Check>,
  facts: Readonly<Record<Check, string | boolean>>,
  rules: Readonly<Record<Check, RuleReference>>,
  order: readonly Check[],
): Decision {
  const steps = order
    .slice(0, depth)
    .map((check): Step => ({ check, result: String(facts[check]), rule: rules[check] }));
  return {
    ...call,
    effect,
    code,
    rules: [rules[rule]],
    obligations: effect === "allow" ? call.obligations : [],
    trace: [...call.trace, ...steps],
  };
}
