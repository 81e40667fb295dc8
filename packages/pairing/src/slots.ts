/** Who keeps a slot when strangers crowd: a flood may delay a newcomer by ten minutes, never for good. */
import { isWithin, maxPending, minute, protection } from "./life.ts";
import type { Answer, PairingRequest, PairingState, WaitingSender } from "./store.ts";

export interface Room {
  readonly stay: readonly PairingRequest[];
  /** Whose slot is taken over; null when one was free. */
  readonly evicted: PairingRequest | null;
}

/** A free slot, or else that of the oldest request past its protection; undefined when all are protected. */
export function roomIn(state: PairingState, now: number): Room | undefined {
  if (state.requests.length < maxPending) return { stay: state.requests, evicted: null };
  const evicted = state.requests
    .filter((request) => !isProtected(request, answerTo(state, request), now))
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))[0];
  if (evicted === undefined) return undefined;
  return { stay: state.requests.filter((request) => request !== evicted), evicted };
}

/** From the delivery of the code, or from the request while that is on its way. A failed message protects nothing. */
function isProtected(request: PairingRequest, answer: Answer | undefined, now: number): boolean {
  if (answer?.status === "failed") return false;
  const start = answer?.status === "delivered" ? answer.since : request.createdAt;
  return isWithin(start, now, protection);
}

/** The answer that belongs to the request. None: a person wrote the request, or the notes were lost; it counts as delivered. */
export function answerTo(state: PairingState, request: PairingRequest): Answer | undefined {
  return state.notes.answers.find(({ id, code }) => id === request.id && code === request.code);
}

/** With the sender among those waiting, as the newest; the same state when they were noted less than a minute ago. */
export function withWaiting(state: PairingState, sender: WaitingSender, now: number): PairingState {
  if (wasJustTurnedAway(state, sender.id, now)) return state;
  const others = state.notes.waiting.filter(({ id }) => id !== sender.id);
  const { id, lastSeenAt, meta } = sender;
  return { ...state, notes: { ...state.notes, waiting: [...others, { id, lastSeenAt, meta }] } };
}

export function wasJustTurnedAway(state: PairingState, sender: string, now: number): boolean {
  return state.notes.waiting.some(({ id, lastSeenAt }) => id === sender && isWithin(lastSeenAt, now, minute));
}
