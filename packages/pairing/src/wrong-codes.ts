/** Guessing stops after ten wrong codes, for five minutes; the count is kept with the state, so every process shares it. */
import { ClawdError } from "@clawd/kernel";
import { isWithin, lockLife, maxWrongCodes, toTime } from "./life.ts";
import type { PairingState } from "./store.ts";

/** @throws CLAWD_PAIRING_LOCKED */
export function checkNotLocked(state: PairingState, now: number): void {
  if (recent(state, now) < maxWrongCodes) return;
  throw new ClawdError("CLAWD_PAIRING_LOCKED", "Too many wrong pairing codes were tried.", {
    hint: "Wait five minutes, or approve the sender by id.",
  });
}

export function withWrongCode(state: PairingState, now: number): PairingState {
  const wrongCodes = { count: recent(state, now) + 1, lastAt: toTime(now) };
  return { ...state, notes: { ...state.notes, wrongCodes } };
}

export function withRightCode(state: PairingState): PairingState {
  if (state.notes.wrongCodes.count === 0) return state;
  return { ...state, notes: { ...state.notes, wrongCodes: { count: 0, lastAt: null } } };
}

function recent({ notes: { wrongCodes } }: PairingState, now: number): number {
  return wrongCodes.lastAt !== null && isWithin(wrongCodes.lastAt, now, lockLife) ? wrongCodes.count : 0;
}
