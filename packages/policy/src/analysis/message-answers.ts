/**
 * What a message is answered, in the engine's own steps: facts, the core, the sender's rights. Without the rules and the
 * trace, because all classes of a large config are asked here (proof/analysis.test.ts compares it with `decide`).
 */
import { core } from "../core.ts";
import { asksProfile, rightsFor, sessionOf } from "../decide-message.ts";
import type { Facts } from "../facts.ts";
import type { Outcome } from "../outcome.ts";
import type { Profile, Seat } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { StateFacts } from "../request.ts";
import { seatOf, view } from "../view.ts";
import { challenged, denied } from "./answer.ts";
import type { SpotSide } from "./spots.ts";
import type { Answer } from "./types.ts";

/** Before the sender's profile is asked. Depends on the state's pairing and activation alone. */
export interface Admission {
  readonly facts: Facts;
  readonly outcome: Outcome;
}

export function admissionOf({ account, scope }: SpotSide, question: Question, state: StateFacts): Admission {
  const facts = view(account, scope, question, state);
  return { facts, outcome: core(facts) };
}

const isOwner = (facts: Facts): boolean => (facts.chat === "dm" || facts.chat === "group") && facts.isOwner;

/** Where one sender's messages go under one policy, whatever they look like. */
export interface Desk {
  readonly side: SpotSide;
  readonly question: Question;
  readonly seat: Seat;
  /** The session's key with `*` for the id of the sender or the chat: the same for all of a class. */
  readonly session: string | null;
}

export function deskOf(side: SpotSide, question: Question): Desk {
  const { account, scope } = side;
  const seat = seatOf(account, question);
  const isOwners = isOwner(view(account, scope, question, {}));
  return { side, question, seat, session: sessionPattern(side, question, seat, isOwners) };
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
  { facts, outcome }: Admission,
  state: StateFacts,
): Answer {
  const { effect, deed, authority } = outcome;
  if (!asksProfile(outcome)) return effect === "challenge" ? challenged : denied;
  const { profile, limit } = rightsFor(plan, account, question, facts, outcome, seat, state);
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
  const { facts, outcome } = admissionOf(side, question, state);
  if (outcome.deed !== "turn") return null;
  const seat = seatOf(side.account, question);
  const { profile, limit } = rightsFor(side.plan, side.account, question, facts, outcome, seat, state);
  return limit && { check: limit.check, profile, agent: seat.agent };
}
