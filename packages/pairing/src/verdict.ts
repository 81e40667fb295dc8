/** What the owner says of a stranger. Pure; an approval, a denial and a revocation each settle everything about one id. */
import { holderOf } from "./code.ts";
import { toTime } from "./life.ts";
import type { Senders } from "./sender.ts";
import type { Notes, PairingRequest, PairingState } from "./store.ts";
import { checkNotLocked, withRightCode, withWrongCode } from "./wrong-codes.ts";

/** Whom the owner's word was about. */
export interface Verdict {
  readonly id: string;
  /** What the network showed of the sender; empty when nothing is known. */
  readonly meta: Readonly<Record<string, string>>;
}

interface Step<Result> {
  readonly state: PairingState;
  readonly result: Result;
}

/** `state` is tidy. @throws CLAWD_PAIRING_LOCKED after too many wrong codes, whatever the code. */
export function approve(state: PairingState, code: string, now: number): Step<Verdict | undefined> {
  return withCode(state, code, now, (counted, request) => admit(counted, request));
}

/** `state` is tidy. The sender is not told, and hears nothing more until the hour of their code is over. @throws as `approve`. */
export function deny(state: PairingState, code: string, now: number): Step<Verdict | undefined> {
  return withCode(state, code, now, (counted, { id, createdAt }) => {
    const settled = withoutTrace(counted, id);
    const answer = { id, code: "", createdAt, tries: 0, status: "denied", since: toTime(now) } as const;
    return { ...settled, notes: { ...settled.notes, answers: [...settled.notes.answers, answer] } };
  });
}

/** `state` is tidy, `id` is canonical. */
export function approveId(state: PairingState, id: string, senders: Senders): Step<Verdict> {
  const known = [...state.requests, ...state.notes.waiting].find((sender) => sender.id === id);
  const verdict = { id, meta: known?.meta ?? {} };
  if (senders.approved(state.allowFrom).has(id)) return { state, result: verdict };
  return { state: admit(state, verdict), result: verdict };
}

/** Takes every spelling of the id from the list, and a pending request with it: no code is left that could restore it. */
export function revoke(state: PairingState, typed: string, senders: Senders): Step<boolean> {
  const wanted = senders.check(typed);
  const names = (entry: string) => {
    const checked = senders.check(entry);
    return wanted.ok ? checked.ok && checked.id === wanted.id : entry.trim() === typed.trim();
  };
  const allowFrom = state.allowFrom.filter((entry) => !names(entry));
  const isListed = allowFrom.length < state.allowFrom.length;
  const settled = wanted.ok ? withoutTrace(state, wanted.id) : state;
  return { state: isListed ? { ...settled, allowFrom } : settled, result: isListed };
}

function withCode(
  state: PairingState,
  code: string,
  now: number,
  settle: (state: PairingState, request: PairingRequest) => PairingState,
): Step<Verdict | undefined> {
  checkNotLocked(state, now);
  const request = holderOf(code, state.requests);
  if (request === undefined) return { state: withWrongCode(state, now), result: undefined };
  return { state: settle(withRightCode(state), request), result: { id: request.id, meta: request.meta } };
}

function admit(state: PairingState, { id }: { readonly id: string }): PairingState {
  return { ...withoutTrace(state, id), allowFrom: [...state.allowFrom, id] };
}

/** The same state when there is no trace. */
function withoutTrace(state: PairingState, sender: string): PairingState {
  const others = ({ id }: { readonly id: string }) => id !== sender;
  const isPending = !state.requests.every(others);
  const isNoted = !state.notes.answers.every(others) || !state.notes.waiting.every(others);
  if (!isPending && !isNoted) return state;
  return {
    ...state,
    requests: isPending ? state.requests.filter(others) : state.requests,
    notes: isNoted ? withoutNotes(state.notes, others) : state.notes,
  };
}

function withoutNotes(notes: Notes, others: (noted: { readonly id: string }) => boolean): Notes {
  return { ...notes, answers: notes.answers.filter(others), waiting: notes.waiting.filter(others) };
}
