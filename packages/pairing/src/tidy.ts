/** The state without what has run out or must not count: every reader and every change starts from here. */
import { isLive, isWithin, maxAnswers, maxPending, maxWaiting, waitingLife } from "./life.ts";
import type { Senders } from "./sender.ts";
import type { PairingRequest, PairingState } from "./store.ts";

/** The same object when there is nothing to leave out. */
export function tidy(state: PairingState, now: number, senders: Senders): PairingState {
  const requests = pendingOf(state, now, senders);
  const pending = new Set(requests.map(({ id }) => id));
  const approved = senders.approved(state.allowFrom);
  const answers = newest(
    only(state.notes.answers, ({ createdAt }) => isLive(createdAt, now)),
    maxAnswers,
  );
  const waiting = newest(
    only(
      state.notes.waiting,
      ({ id, lastSeenAt }) => isWithin(lastSeenAt, now, waitingLife) && !pending.has(id) && !approved.has(id),
    ),
    maxWaiting,
  );
  const sameNotes = answers === state.notes.answers && waiting === state.notes.waiting;
  if (sameNotes && requests === state.requests) return state;
  return { ...state, requests, notes: sameNotes ? state.notes : { ...state.notes, answers, waiting } };
}

/**
 * Live requests, one for each id, at most three. A request of an approved sender is what a crash in the middle of an
 * approval leaves: it counts as gone. Of an over-full file, edited by hand, those seen last stay.
 */
function pendingOf(state: PairingState, now: number, senders: Senders): readonly PairingRequest[] {
  const approved = senders.approved(state.allowFrom);
  const live = only(state.requests, ({ id, code, createdAt }) => {
    const checked = senders.check(id);
    return (
      isLive(createdAt, now) && code.trim() !== "" && checked.ok && checked.id === id && !approved.has(id)
    );
  });
  const bySeen = [...live].sort((a, b) => seenAt(b) - seenAt(a));
  const ids = new Set<string>();
  const chosen = new Set(bySeen.filter(({ id }) => ids.size < ids.add(id).size).slice(0, maxPending));
  return only(live, (request) => chosen.has(request));
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
