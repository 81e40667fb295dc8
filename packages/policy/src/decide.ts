/** One request, one decision: read, look up, judge, and say it with the config lines that decided. */
import type { Decision, Obligation, RuleReference } from "./decision.ts";
import type { Facts } from "./facts.ts";
import type { Outcome } from "./outcome.ts";
import type { AccountPlan, GroupScope, Plan, Scope, Seat } from "./plan.ts";
import { readRequest, type Question } from "./read-request.ts";
import type { StateFacts } from "./request.ts";
import { appendToKey } from "./session-key.ts";
import { verdictOf, withRule } from "./verdict.ts";
import { refusalOf, scopeOf, seatOf, view } from "./view.ts";

const noState: StateFacts = Object.freeze({});

export function decide(plan: Plan, request: unknown, state?: StateFacts): Decision {
  const question = readRequest(request);
  if (question === null) return unanswerable(plan, "bad-request", badRequestRule);
  const network = plan.networks.get(question.provider);
  if (network === undefined) return unanswerable(plan, "unknown-provider", unknownProviderRule);
  const account = network.accounts.get(question.account);
  if (account === undefined) return unanswerable(plan, "unknown-account", network.accountsRule);
  return judge(plan, account, question, readState(state));
}

/** Facts about state are the caller's own, but a decision throws for nobody: what cannot be read is not there. */
export function readState(state: StateFacts | undefined): StateFacts {
  if (state === undefined || state === null) return noState;
  try {
    const { isPaired, activation } = state;
    return { isPaired: isPaired === true, activation: activation ?? null };
  } catch {
    return noState;
  }
}

function judge(plan: Plan, account: AccountPlan, question: Question, state: StateFacts): Decision {
  const scope = scopeOf(account, question);
  const facts = view(account, scope, question, state);
  const shared = verdictOf(scope, facts);
  const finer = finerRule(account, scope, question, shared.outcome);
  const { outcome, rules, trace } = finer === null ? shared : withRule(shared, finer);
  const seat = seatOf(account, question);
  return {
    effect: outcome.effect,
    code: outcome.code,
    agent: seat.agent,
    session: sessionOf(account, question, seat, isOwner(facts)),
    rules,
    obligations: obligationsOf(outcome, question),
    trace,
    policy: plan.hash,
  };
}

/** Whose session it is does not depend on whether the message gets in. */
const isOwner = (facts: Facts): boolean => (facts.chat === "dm" || facts.chat === "group") && facts.isOwner;

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
  const keptOut = ({ people }: GroupScope["roomLists"][number]) =>
    !people.everyone && !people.ids.has(question.senderId ?? "");
  return scope.roomLists.find(keptOut)?.rule ?? null;
}

/** The session that a turn or a command of this request would run in. */
function sessionOf(plan: AccountPlan, question: Question, seat: Seat, isOwners: boolean): string | null {
  if (plan.operator !== null) return seat.main;
  const { kind, chatId, senderId, thread } = question;
  if (kind === "dm") {
    if (question.isSelf || question.isBot || senderId === null || senderId === "") return null;
    return isOwners || plan.dmScope === "main" ? seat.main : appendToKey(seat.dm, senderId);
  }
  const name = appendToKey(kind === "group" ? seat.group : seat.channel, chatId);
  return thread === null ? name : appendToKey(`${name}:${plan.topicSuffix}`, thread);
}

const silence: readonly Obligation[] = Object.freeze([{ kind: "stay-silent" }] as const);
const pairingCode: readonly Obligation[] = Object.freeze([{ kind: "send-pairing-code" }] as const);
const context: readonly Obligation[] = Object.freeze([{ kind: "remember-as-context" }] as const);
const turns = {
  owner: Object.freeze([{ kind: "start-turn", authority: "owner" }] as const),
  listed: Object.freeze([{ kind: "start-turn", authority: "listed" }] as const),
  stranger: Object.freeze([{ kind: "start-turn", authority: "stranger" }] as const),
} as const;

function obligationsOf(outcome: Outcome, { command }: Question): readonly Obligation[] {
  switch (outcome.deed) {
    case "turn":
      return turns[outcome.authority];
    case "command":
      return command === null
        ? silence
        : [{ kind: "run-command", command: command.name, authority: outcome.authority }];
    case "context":
      return context;
    case "pairing-code":
      return pairingCode;
    case "silence":
    default:
      return silence;
  }
}

const badRequestRule: RuleReference = Object.freeze({ path: "built-in.well-formed-request" });
const knownCommandRule: RuleReference = Object.freeze({ path: "built-in.known-command" });
const unknownProviderRule: RuleReference = Object.freeze({ path: "built-in.known-provider" });

function unanswerable(
  plan: Plan,
  code: "bad-request" | "unknown-provider" | "unknown-account",
  rule: RuleReference,
): Decision {
  const check = code === "bad-request" ? "request" : code === "unknown-provider" ? "provider" : "account";
  const step = { check, result: check === "request" ? "malformed" : "unknown", rule };
  const base = { effect: "deny", code, agent: null, session: null } as const;
  return { ...base, rules: [rule], obligations: silence, trace: [step], policy: plan.hash };
}
