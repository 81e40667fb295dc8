/** One person's place behind a run: who they are there, with what standing, and under which rules. */
import { finerRule, sessionOf } from "./decide-message.ts";
import type { Decision } from "./decision.ts";
import type { Plan, Verdict } from "./plan.ts";
import type { Question } from "./read-message.ts";
import type { RunKind, StateFacts } from "./request.ts";
import { type Ground, profileOf } from "./tool-view.ts";
import { accountOf, unanswerable } from "./unanswerable.ts";
import { verdictOf, withRule } from "./verdict.ts";
import { factsKey, scopeOf } from "./view.ts";

export interface Standpoint extends Ground {
  readonly origin: Question;
  readonly state: StateFacts;
  /** What the message that started the run would be answered; that it is allowed gives the standing. */
  readonly admission: Verdict;
  /** Null: a run of its own, whose session only the caller knows. */
  readonly session: string | null;
}

export function standpointOf(
  plan: Plan,
  origin: Question,
  state: StateFacts,
  agentId: string,
  run: RunKind,
): Standpoint | Decision {
  const account = accountOf(plan, origin);
  if ("effect" in account) return account;
  const agent = plan.agents.get(agentId);
  if (agent === undefined) return unanswerable(plan, "unknown-agent", plan.agentsRule);
  const scope = scopeOf(account, origin);
  const admission = verdictOf(scope, factsKey(account, scope, origin, state));
  const isAdmitted = admission.outcome.effect === "allow";
  const { authority } = admission.outcome;
  const senderId = origin.senderId ?? "";
  const isOwners = authority === "owner";
  const seat = account.routes.seats[agent.index];
  return {
    plan,
    account,
    scope,
    senderId,
    standing: admission.standing.result,
    profile: profileOf(plan, account.network, senderId, authority, state),
    agent,
    run,
    origin,
    state,
    admission: isAdmitted ? admission : finer(admission, account, scope, origin),
    session: run !== "turn" || seat === undefined ? null : sessionOf(account, origin, seat, isOwners),
  };
}

function finer(
  admission: Verdict,
  account: Standpoint["account"],
  scope: Standpoint["scope"],
  origin: Question,
): Verdict {
  const rule = finerRule(account, scope, origin, admission.outcome);
  return rule === null ? admission : withRule(admission, rule);
}
