/** What became of the message that carries a code, so that a failed one does not silence a person for an hour. */
import { maxTries, toTime } from "./life.ts";
import { withWaiting } from "./slots.ts";
import type { Answer, PairingState } from "./store.ts";

export function delivered(state: PairingState, sender: string, now: number): PairingState {
  return setStatus(state, sender, "delivered", now);
}

/** After the last try the slot is free again, and the sender is kept where the owner sees them. */
export function undeliverable(state: PairingState, sender: string, now: number): PairingState {
  const failed = setStatus(state, sender, "failed", now);
  const answer = failed.notes.answers.find(({ id }) => id === sender);
  const request = failed.requests.find(({ id }) => id === sender);
  if (failed === state || request === undefined || answer === undefined || answer.tries < maxTries) {
    return failed;
  }
  const requests = failed.requests.filter((other) => other !== request);
  return withWaiting({ ...failed, requests }, { ...request, lastSeenAt: toTime(now) }, now);
}

/** The same state when no message to the sender is under way. */
function setStatus(
  state: PairingState,
  sender: string,
  status: "delivered" | "failed",
  now: number,
): PairingState {
  const isOpen = (answer: Answer) =>
    answer.id === sender &&
    (answer.status === "sending" || (answer.status === "failed" && status === "delivered"));
  if (!state.notes.answers.some(isOpen)) return state;
  const answers = state.notes.answers.map((answer) =>
    isOpen(answer) ? { ...answer, status, since: toTime(now) } : answer,
  );
  return { ...state, notes: { ...state.notes, answers } };
}
