/** One request, one decision. */
import { decideMessage } from "./decide-message.ts";
import { decideRun } from "./decide-run.ts";
import type { Decision } from "./decision.ts";
import type { Plan } from "./plan.ts";
import { readRequest } from "./read-request.ts";
import type { StateFacts } from "./request.ts";
import { readState } from "./state.ts";
import { accountOf, badRequestRule, unanswerable } from "./unanswerable.ts";

export function decide(plan: Plan, request: unknown, state?: StateFacts): Decision {
  const asked = readRequest(request);
  if (asked === null) return unanswerable(plan, "bad-request", badRequestRule);
  const facts = readState(state);
  if (asked.action !== "message") return decideRun(plan, asked, facts);
  const account = accountOf(plan, asked);
  return "effect" in account ? account : decideMessage(plan, account, asked, facts);
}
