/** What happens when a stranger writes. Pure: a state and a sender give a state and an outcome. */
import { heldBy } from "./approvals.ts";
import { isWithin, maxTries, minute, sendingGrace, toTime } from "./life.ts";
import type { Senders } from "./sender.ts";
import { answerTo, roomIn, wasJustTurnedAway, withWaiting } from "./slots.ts";
import type { Answer, PairingRequest, PairingState } from "./store.ts";
import { tidy } from "./tidy.ts";

/**
 * - `created`: a new request; send the code and say what became of it
 * - `undelivered`: the message with this code did not arrive; send it again
 * - `repeat`: the sender has their answer, or it is on its way; stay silent
 * - `full`: every slot is taken; the sender is kept among those waiting; stay silent
 * - `approved`: somebody approved the sender meanwhile; decide the message anew
 * - `refused`: not an id that can be paired; stay silent
 */
export type Asked =
  | { readonly outcome: "created" | "undelivered"; readonly code: string }
  | { readonly outcome: "repeat" | "full" | "approved" | "refused" };

export interface AskContext {
  readonly now: number;
  readonly senders: Senders;
  newCode(taken: ReadonlySet<string>): string;
}

interface Sender {
  /** Canonical. */
  readonly id: string;
  readonly meta: Readonly<Record<string, string>>;
}

interface Step {
  readonly state: PairingState;
  readonly result: Asked;
}

export function ask(before: PairingState, sender: Sender, context: AskContext): Step {
  const state = tidy(before, context.now, context.senders);
  if (heldBy(context.senders.holders(state.approvals), sender.id, context.now) !== undefined) {
    return { state, result: { outcome: "approved" } };
  }
  const request = state.requests.find(({ id }) => id === sender.id);
  if (request === undefined) return askAnew(state, sender, context);
  return askAgain(state, request, sender, context.now);
}

function askAgain(state: PairingState, request: PairingRequest, sender: Sender, now: number): Step {
  const answer = answerTo(state, request);
  if (answer === undefined || !mayTryAgain(answer, now)) {
    return { state: withSeen(state, request, sender, now), result: { outcome: "repeat" } };
  }
  return {
    state: withAnswer(state, { ...answer, tries: answer.tries + 1, status: "sending", since: toTime(now) }),
    result: { outcome: "undelivered", code: request.code },
  };
}

/** Two messages in a row must not fetch the code twice while the first is being sent. */
function mayTryAgain({ status, tries, since }: Answer, now: number): boolean {
  if (tries >= maxTries) return false;
  return status === "failed" || (status === "sending" && !isWithin(since, now, sendingGrace));
}

function askAnew(state: PairingState, sender: Sender, context: AskContext): Step {
  const { now } = context;
  const answer = state.notes.answers.find(({ id }) => id === sender.id);
  if (answer !== undefined && isSettled(answer)) return { state, result: { outcome: "repeat" } };
  const room = roomIn(state, now);
  // Somebody who lost their slot may win it back, but two such senders must not swap it at every message.
  const swaps = answer !== undefined && room?.evicted !== null && wasJustTurnedAway(state, sender.id, now);
  if (room === undefined || swaps) {
    const waiting = withWaiting(state, { ...sender, lastSeenAt: toTime(now) }, now);
    return { state: waiting, result: { outcome: "full" } };
  }
  // One code in the hour for each id: whoever lost their slot gets it back with the code they know.
  const code = answer?.code ?? context.newCode(codesIn(state));
  const createdAt = answer?.createdAt ?? toTime(now);
  const request = { id: sender.id, code, createdAt, lastSeenAt: toTime(now), meta: sender.meta };
  const seated = seat(state, request, room.stay, room.evicted, now);
  if (answer?.status === "delivered") return { state: seated, result: { outcome: "repeat" } };
  const tries = (answer?.tries ?? 0) + 1;
  return {
    state: withAnswer(seated, {
      id: sender.id,
      code,
      createdAt,
      tries,
      status: "sending",
      since: toTime(now),
    }),
    result: { outcome: answer === undefined ? "created" : "undelivered", code },
  };
}

/** Until the hour is over this sender hears nothing more: they were denied, or no message reaches them. */
function isSettled({ status, tries }: Answer): boolean {
  return status === "denied" || (status !== "delivered" && tries >= maxTries);
}

function seat(
  state: PairingState,
  request: PairingRequest,
  stay: readonly PairingRequest[],
  evicted: PairingRequest | null,
  now: number,
): PairingState {
  const waiting = state.notes.waiting.filter(({ id }) => id !== request.id);
  const seated = { ...state, requests: [...stay, request], notes: { ...state.notes, waiting } };
  return evicted === null ? seated : withWaiting(seated, { ...evicted, lastSeenAt: toTime(now) }, now);
}

function withAnswer(state: PairingState, answer: Answer): PairingState {
  const others = state.notes.answers.filter(({ id }) => id !== answer.id);
  return { ...state, notes: { ...state.notes, answers: [...others, answer] } };
}

function withSeen(state: PairingState, request: PairingRequest, sender: Sender, now: number): PairingState {
  if (isWithin(request.lastSeenAt, now, minute)) return state;
  const meta = Object.keys(sender.meta).length > 0 ? sender.meta : request.meta;
  const seen = { ...request, lastSeenAt: toTime(now), meta };
  return { ...state, requests: state.requests.map((other) => (other === request ? seen : other)) };
}

function codesIn({ requests, notes }: PairingState): ReadonlySet<string> {
  return new Set([...requests, ...notes.answers].map(({ code }) => code.trim().toUpperCase()));
}
