/** May this event reach an agent: look up, judge, and say it with the config lines that decided. */
import type { Authority, Budget, Decision, Obligation, RuleReference } from "./decision.ts";
import type { Facts } from "./facts.ts";
import type { Outcome } from "./outcome.ts";
import type { AccountPlan, Finding, GroupScope, Plan, Profile, Scope, Seat, Verdict } from "./plan.ts";
import type { Question } from "./read-message.ts";
import type { StateFacts } from "./request.ts";
import { limited, limitOf, type Limit } from "./rights.ts";
import { escape } from "./session-key.ts";
import type { RightsFacts } from "./tool-facts.ts";
import { profileOf, rightsOf } from "./tool-view.ts";
import { only, silence } from "./unanswerable.ts";
import { authorityOf, verdictOf, withRule } from "./verdict.ts";
import { factsKey, refusalOf, scopeOf, seatOf } from "./view.ts";

export function decideMessage(
  plan: Plan,
  account: AccountPlan,
  question: Question,
  state: StateFacts,
): Decision {
  const scope = scopeOf(account, question);
  const shared = verdictOf(scope, factsKey(account, scope, question, state));
  const finer = finerRule(account, scope, question, shared.outcome);
  const seat = seatOf(account, question);
  const verdict = finer === null ? shared : withRule(shared, finer);
  // Whose session it is does not depend on whether the message gets in.
  const session = sessionOf(account, question, seat, shared.isOwner);
  if (!asksProfile(verdict.outcome)) return said(plan, question, verdict, seat.agent, session, null);
  const { profile, rights, limit } = rightsUnder(plan, account, question, shared, seat, state);
  if (limit === null) return said(plan, question, verdict, seat.agent, session, profile);
  return said(plan, question, limited(verdict, limit, rights, profile, plan), seat.agent, session, null);
}

/** Whoever is kept out by their profile is also no context of what the model reads. */
export const asksProfile = ({ effect, deed }: Outcome): boolean => effect === "allow" || deed === "context";

/** What the sender's profile says of an outcome that asks it. */
export function rightsFor(
  plan: Plan,
  account: AccountPlan,
  question: Question,
  facts: Facts,
  outcome: Outcome,
  seat: Seat,
  state: StateFacts,
): Rights {
  const admitted = { outcome, authority: authorityOf(outcome, facts) };
  return rightsUnder(plan, account, question, admitted, seat, state);
}

interface Rights {
  readonly profile: Profile | null;
  readonly rights: RightsFacts;
  readonly limit: Limit | null;
}

/** The same, once the outcome and the sender's standing are known. */
export function rightsUnder(
  plan: Plan,
  { network }: AccountPlan,
  { senderId, command }: Question,
  { outcome, authority }: Pick<Verdict, "outcome" | "authority">,
  { agent }: Seat,
  state: StateFacts,
): Rights {
  const profile = profileOf(plan, network, senderId ?? "", authority, state);
  const rights = rightsOf(profile, agent, command?.name ?? null, state);
  return { profile, rights, limit: limitOf(rights, outcome.deed) };
}

function said(
  plan: Plan,
  question: Question,
  { outcome, rules, trace }: Finding,
  agent: string,
  session: string | null,
  profile: Profile | null,
): Decision {
  return {
    effect: outcome.effect,
    code: outcome.code,
    agent,
    session,
    rules,
    obligations: obligationsOf(outcome, question, profile),
    trace,
    policy: plan.hash,
  };
}

/** Where a check asks one of several keys, the one that decided; null where the scope's own rule says it. */
export function finerRule(
  account: AccountPlan,
  scope: Scope,
  question: Question,
  outcome: Outcome,
): RuleReference | null {
  const check = outcome.rules[0];
  if (check === "command") {
    return question.command === null ? knownCommandRule : refusalOf(account, question, question.command);
  }
  if (check !== "roomList" || outcome.effect !== "deny" || scope.chat !== "group") return null;
  if (scope.roomLists.length < 2) return null;
  const keptOut = ({ people }: GroupScope["roomLists"][number]) =>
    !people.everyone && !people.ids.has(question.senderId ?? "");
  return scope.roomLists.find(keptOut)?.rule ?? null;
}

/** The session that a turn or a command of this request would run in. */
export function sessionOf(
  plan: AccountPlan,
  question: Question,
  seat: Seat,
  isOwners: boolean,
): string | null {
  if (plan.operator !== null) return seat.main;
  const { kind, chatId, senderId, thread } = question;
  if (kind === "dm") {
    if (question.isSelf || question.isBot || senderId === null || senderId === "") return null;
    return isOwners || plan.dmScope === "main" ? seat.main : seat.dm + escape(senderId);
  }
  const name = (kind === "group" ? seat.group : seat.channel) + escape(chatId);
  return thread === null ? name : `${name}:${plan.topicSuffix}:${escape(thread)}`;
}

const pairingCode = only({ kind: "send-pairing-code" });
const context = only({ kind: "remember-as-context" });
const budgetNotice = only({ kind: "tell-budget-spent" });
const turns = {
  owner: only({ kind: "start-turn", authority: "owner" }),
  listed: only({ kind: "start-turn", authority: "listed" }),
  stranger: only({ kind: "start-turn", authority: "stranger" }),
};

function turnOf(authority: Authority): readonly Obligation[] {
  if (authority === "owner") return turns.owner;
  return authority === "listed" ? turns.listed : turns.stranger;
}

function obligationsOf(
  outcome: Outcome,
  { command }: Question,
  profile: Profile | null,
): readonly Obligation[] {
  switch (outcome.deed) {
    case "turn":
      return profile === null || profile.budget === null
        ? turnOf(outcome.authority)
        : [...turnOf(outcome.authority), countedBy(profile, profile.budget)];
    case "command":
      return command === null
        ? silence
        : [{ kind: "run-command", command: command.name, authority: outcome.authority }];
    case "context":
      return context;
    case "pairing-code":
      return pairingCode;
    case "budget-notice":
      return budgetNotice;
    case "silence":
    default:
      return silence;
  }
}

const countedBy = ({ name }: Profile, budget: Budget): Obligation => ({
  kind: "count-against-budget",
  profile: name,
  budget,
});

const knownCommandRule: RuleReference = Object.freeze({ path: "built-in.known-command" });
