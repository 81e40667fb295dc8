/** The state without what has run out or must not count: every reader and every change starts from here. */
import { heldBy, type Holders, withoutOver } from "./approvals.ts";
import { isUnderstood } from "./grant.ts";
import { isLive, isWithin, maxAnswers, maxPending, maxWaiting, waitingLife } from "./life.ts";
import type { Senders } from "./sender.ts";
import type { PairingRequest, PairingState, WaitingSender } from "./store.ts";

/** The same object when there is nothing to leave out. */
export function tidy(state: PairingState, now: number, senders: Senders): PairingState {
  const holders = senders.holders(state.approvals);
  const approvals = withoutOver(state.approvals, holders, senders.nameOf, now);
  const requests = pendingOf(state, holders, now, senders);
  const pending = new Set(requests.map(({ id }) => id));
  const answers = newest(
    only(state.notes.answers, ({ createdAt }) => isLive(createdAt, now)),
    maxAnswers,
  );
  const isStillWaiting = ({ id, lastSeenAt }: WaitingSender) =>
    isWithin(lastSeenAt, now, waitingLife) && !pending.has(id) && heldBy(holders, id, now) === undefined;
  const waiting = newest(only(state.notes.waiting, isStillWaiting), maxWaiting);
  const sameNotes = answers === state.notes.answers && waiting === state.notes.waiting;
  if (sameNotes && requests === state.requests && approvals === state.approvals) return state;
  return { requests, approvals, notes: sameNotes ? state.notes : { ...state.notes, answers, waiting } };
}

/** Live requests, one for each id, at most three. Of an over-full file, edited by hand, those seen last stay. */
function pendingOf(
  state: PairingState,
  holders: Holders,
  now: number,
  senders: Senders,
): readonly PairingRequest[] {
  const live = only(state.requests, ({ id, code, createdAt }) => {
    const checked = senders.check(id);
    const isSound = isLive(createdAt, now) && code.trim() !== "" && checked.ok && checked.id === id;
    return isSound && !wasApproved(holders, id, now);
  });
  const bySeen = [...live].sort((a, b) => seenAt(b) - seenAt(a));
  const ids = new Set<string>();
  const chosen = new Set(bySeen.filter(({ id }) => ids.size < ids.add(id).size).slice(0, maxPending));
  return only(live, (request) => chosen.has(request));
}

/**
 * A request of somebody who was approved is what a crash in the middle of the approval leaves: it counts as gone, also
 * when the approval is over by now, or its code would come back to life.
 */
function wasApproved(holders: Holders, id: string, now: number): boolean {
  const grant = holders.get(id);
  return grant !== undefined && isUnderstood(grant, now);
}

function seenAt({ lastSeenAt, createdAt }: PairingRequest): number {
  return Date.parse(lastSeenAt) || Date.parse(createdAt) || 0;
}

function only<Item>(items: readonly Item[], keep: (item: Item) => boolean): readonly Item[] {
  return items.every(keep) ? items : items.filter(keep);
}

function newest<Item>(items: readonly Item[], limit: number): readonly Item[] {
  return items.length <= limit ? items : items.slice(-limit);
}
