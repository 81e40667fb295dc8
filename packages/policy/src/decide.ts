/** One request, one decision. */
import { decideMessage } from "./decide-message.ts";
import { decideRun } from "./decide-run.ts";
import type { Decision } from "./decision.ts";
import type { Plan } from "./plan.ts";
import { readRequest } from "./read-request.ts";
import type { StateFacts } from "./request.ts";
import { readState } from "./state.ts";
import type { Memory } from "./tool-verdict.ts";
import { accountOf, badRequestRule, unanswerable } from "./unanswerable.ts";

/** `memory`: of this very plan. Null: nothing is remembered. */
export function decide(
  plan: Plan,
  request: unknown,
  state?: StateFacts,
  memory: Memory | null = null,
): Decision {
  const asked = readRequest(request);
  if (asked === null) return unanswerable(plan, "bad-request", badRequestRule);
  const facts = readState(state);
  if (asked.action !== "message") return decideRun(plan, asked, facts, memory);
  const account = accountOf(plan, asked);
  return "effect" in account ? account : decideMessage(plan, account, asked, facts);
}
