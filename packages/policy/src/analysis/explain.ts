/**
 * Why, and what would change it. Both are computed: the trace is a row of a core's table, and the remedies are found by
 * changing one, two or three things that a person can change, and asking again.
 */
import type { Decision } from "../decision.ts";
import { planOf } from "../plan-of.ts";
import type { Policy } from "../policy.ts";
import { readRequest } from "../read-request.ts";
import type { StateFacts } from "../request.ts";
import { readState } from "../state.ts";
import { linesOf } from "./explain-lines.ts";
import { remediesForMessage } from "./explain-message.ts";
import { remediesForRun } from "./explain-run.ts";
import type { Remedy } from "./remedy-search.ts";

export type { Remedy } from "./remedy-search.ts";

export interface Explanation {
  readonly decision: Decision;
  /** For people: the answer, the checks in their order, and what would change it or where an allowed call runs. */
  readonly lines: readonly string[];
  /** Those of the fewest changes, up to three; empty when the request is allowed, and when nothing so small would help. */
  readonly remedies: readonly Remedy[];
}

/** Total, like `decide`: of any value, and of any state. */
export function explain(policy: Policy, request: unknown, state?: StateFacts): Explanation {
  const decision = policy.decide(request, state);
  const remedies = decision.effect === "allow" ? [] : remediesFor(policy, request, state);
  return { decision, lines: linesOf(decision, remedies), remedies };
}

function remediesFor(policy: Policy, request: unknown, state: StateFacts | undefined): readonly Remedy[] {
  const plan = planOf(policy);
  const asked = readRequest(request);
  if (plan === undefined || asked === null) return [];
  const facts = readState(state);
  return asked.action === "message"
    ? remediesForMessage(plan, asked, facts)
    : remediesForRun(plan, asked, facts);
}
