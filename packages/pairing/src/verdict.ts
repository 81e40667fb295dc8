/** What the owner says of a stranger. Pure; an approval, a denial and a revocation each settle everything about one id. */
import { heldBy, withApproval, without } from "./approvals.ts";
import { holderOf } from "./code.ts";
import type { Grant } from "./grant.ts";
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

/** Who was let in, and as what. */
export interface Approved extends Verdict {
  readonly grant: Grant;
  /** What the sender held until then, where that was something else. */
  readonly replaced?: Grant;
}

/** What an approval is asked for with. */
export interface Approving {
  readonly grant: Grant;
  readonly now: number;
  readonly senders: Senders;
}

interface Step<Result> {
  readonly state: PairingState;
  readonly result: Result;
}

/** `state` is tidy. @throws CLAWD_PAIRING_LOCKED after too many wrong codes, whatever the code. */
export function approve(state: PairingState, code: string, asked: Approving): Step<Approved | undefined> {
  return withCode(state, code, asked.now, (counted, { id, meta }) => admit(counted, { id, meta }, asked));
}

/** `state` is tidy. The sender is not told, and hears nothing more until the hour of their code is over. @throws as `approve`. */
export function deny(state: PairingState, code: string, now: number): Step<Verdict | undefined> {
  return withCode(state, code, now, (counted, { id, meta, createdAt }) => {
    const settled = withoutTrace(counted, id);
    const answer = { id, code: "", createdAt, tries: 0, status: "denied", since: toTime(now) } as const;
    const notes = { ...settled.notes, answers: [...settled.notes.answers, answer] };
    return { state: { ...settled, notes }, result: { id, meta } };
  });
}

/** `state` is tidy, `id` is canonical. The same state when the sender holds exactly this. */
export function approveId(state: PairingState, id: string, asked: Approving): Step<Approved> {
  const known = [...state.requests, ...state.notes.waiting].find((sender) => sender.id === id);
  return admit(state, { id, meta: known?.meta ?? {} }, asked);
}

/** Takes every spelling of the id from the list, and a pending request with it: no code is left that could restore it. */
export function revoke(state: PairingState, typed: string, senders: Senders): Step<boolean> {
  const wanted = senders.check(typed);
  const names = (entry: string) => {
    const checked = senders.check(entry);
    return wanted.ok ? checked.ok && checked.id === wanted.id : entry.trim() === typed.trim();
  };
  const approvals = without(state.approvals, names);
  const settled = wanted.ok ? withoutTrace(state, wanted.id) : state;
  return {
    state: approvals === state.approvals ? settled : { ...settled, approvals },
    result: approvals.allowFrom.length < state.approvals.allowFrom.length,
  };
}

function withCode<Result>(
  state: PairingState,
  code: string,
  now: number,
  settle: (state: PairingState, request: PairingRequest) => Step<Result>,
): Step<Result | undefined> {
  checkNotLocked(state, now);
  const request = holderOf(code, state.requests);
  if (request === undefined) return { state: withWrongCode(state, now), result: undefined };
  return settle(withRightCode(state), request);
}

function admit(state: PairingState, sender: Verdict, { grant, now, senders }: Approving): Step<Approved> {
  const held = heldBy(senders.holders(state.approvals), sender.id, now);
  const approved = { ...sender, grant };
  if (held !== undefined && held.profile === grant.profile && held.until === grant.until)
    return { state, result: approved };
  const approvals = withApproval(state.approvals, sender.id, grant, senders.nameOf);
  return {
    state: { ...withoutTrace(state, sender.id), approvals },
    result: held === undefined ? approved : { ...approved, replaced: held },
  };
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
