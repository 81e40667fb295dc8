/**
 * What a message is answered, in the engine's own steps: facts, the core, the sender's rights. Without the rules and the
 * trace, because all classes of a large config are asked here (proof/analysis.test.ts compares it with `decide`).
 */
import { core } from "../core.ts";
import { asksProfile, rightsUnder, sessionOf } from "../decide-message.ts";
import type { Authority } from "../decision.ts";
import { factsOf } from "../facts-key.ts";
import type { Outcome } from "../outcome.ts";
import type { Profile, Scope, Seat } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { StateFacts } from "../request.ts";
import { authorityOf } from "../verdict.ts";
import { factsKey, seatOf } from "../view.ts";
import { challenged, denied } from "./answer.ts";
import type { SpotSide } from "./spots.ts";
import type { Answer } from "./types.ts";

/** Before the sender's profile is asked. Depends on the state's pairing and activation alone. */
export interface Admission {
  /** Of the facts: equal numbers of one scope are equal facts. */
  readonly key: number;
  readonly outcome: Outcome;
  /** The sender's standing; of somebody whose event starts nothing, what it would be if it did. */
  readonly authority: Authority;
  readonly isOwner: boolean;
}

export function admissionOf({ account, scope }: SpotSide, question: Question, state: StateFacts): Admission {
  const key = factsKey(account, scope, question, state);
  const known = admissionsOf(scope);
  const admission = known.get(key) ?? admitted(scope, key);
  known.set(key, admission);
  return admission;
}

function admitted(scope: Scope, key: number): Admission {
  const facts = factsOf(scope, key);
  const outcome = core(facts);
  const isOwner = (facts.chat === "dm" || facts.chat === "group") && facts.isOwner;
  return { key, outcome, authority: authorityOf(outcome, facts), isOwner };
}

const byScope = new WeakMap<Scope, Map<number, Admission>>();
const byWords = new Map<string, Map<number, Admission>>();

/** Scopes of the same words share their answers: what else they hold is in the number. */
function admissionsOf(scope: Scope): Map<number, Admission> {
  let known = byScope.get(scope);
  if (known === undefined) {
    const words = wordsOf(scope);
    byWords.set(words, (known = byWords.get(words) ?? new Map<number, Admission>()));
    byScope.set(scope, known);
  }
  return known;
}

/** What the scope itself fixes of the facts: a few words, so there are few of these. */
export const wordsOf = (scope: Scope): string =>
  scope.chat === "group"
    ? `group ${scope.groupPolicy} ${scope.room} ${scope.requireMention}`
    : scope.chat === "dm"
      ? `dm ${scope.dmPolicy}`
      : "operator";

/** Where one sender's messages go under one policy, whatever they look like. */
export interface Desk {
  readonly side: SpotSide;
  readonly question: Question;
  readonly seat: Seat;
  /** The session's key with `*` for the id of the sender or the chat: the same for all of a class. */
  readonly session: string | null;
}

export function deskOf(side: SpotSide, question: Question): Desk {
  const seat = seatOf(side.account, question);
  const { isOwner } = admissionOf(side, question, {});
  return { side, question, seat, session: sessionPattern(side, question, seat, isOwner) };
}

function sessionPattern(
  { account }: SpotSide,
  question: Question,
  seat: Seat,
  isOwners: boolean,
): string | null {
  const thread = question.thread === null ? null : "*";
  const anybody = question.senderId === null || question.senderId === "" ? question.senderId : "*";
  return sessionOf(account, { ...question, senderId: anybody, chatId: "*", thread }, seat, isOwners);
}

/** `question`: the one that was admitted, from the desk's sender. Depends on the profile and the budget too. */
export function messageAnswer(
  { side: { plan, account }, seat, session }: Desk,
  question: Question,
  admission: Admission,
  state: StateFacts,
): Answer {
  const { outcome } = admission;
  const { effect, deed, authority } = outcome;
  if (!asksProfile(outcome)) return effect === "challenge" ? challenged : denied;
  const { profile, limit } = rightsUnder(plan, account, question, admission, seat, state);
  if (limit !== null) return denied;
  const at = { agent: seat.agent, ...(session !== null && { session }) };
  if (deed === "turn") return { effect, does: "turn", authority, ...at, ...budgetOf(profile) };
  if (deed === "command") return { effect, does: "command", authority, ...at };
  return { effect, does: "context", ...at };
}

function budgetOf(profile: Profile | null): Pick<Answer, "budget"> {
  if (profile === null || profile.budget === null) return {};
  return { budget: { profile: profile.name, ...profile.budget } };
}

/** What the profile of a sender whom the rules let in takes from their plain message; null where nothing, or for others. */
export function limitFor(side: SpotSide, question: Question, state: StateFacts) {
  const admission = admissionOf(side, question, state);
  if (admission.outcome.deed !== "turn") return null;
  const seat = seatOf(side.account, question);
  const { profile, limit } = rightsUnder(side.plan, side.account, question, admission, seat, state);
  return limit && { check: limit.check, profile, agent: seat.agent };
}
