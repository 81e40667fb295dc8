/** What is remembered of pairing for one account of one provider, and the port behind which it is kept. */

/** A stranger who has a code. The shape of a row in `<provider>-pairing.json`; fields a person added ride along. */
export interface PairingRequest {
  readonly id: string;
  readonly code: string;
  /** ISO 8601; the code's hour counts from here. */
  readonly createdAt: string;
  /** ISO 8601, exact to a minute: most repeats are not worth a write. */
  readonly lastSeenAt: string;
  /** What the network shows of the sender. Displayed, never matched. */
  readonly meta: Readonly<Record<string, string>>;
}

/** A stranger who was turned away because every slot was taken. */
export interface WaitingSender {
  readonly id: string;
  /** ISO 8601. */
  readonly lastSeenAt: string;
  readonly meta: Readonly<Record<string, string>>;
}

/** How far the message with a code has come. Kept for the code's hour, also when its request is gone. */
export interface Answer {
  readonly id: string;
  /** Empty once the code must never work again. */
  readonly code: string;
  /** ISO 8601; that of the request. */
  readonly createdAt: string;
  /** How often the message was handed to the caller. */
  readonly tries: number;
  readonly status: "sending" | "failed" | "delivered" | "denied";
  /** ISO 8601; when the status was set. */
  readonly since: string;
}

/** Bookkeeping that the two documented files have no place for. Losing it costs a second message, never an approval. */
export interface Notes {
  /** Oldest first. */
  readonly answers: readonly Answer[];
  /** Oldest first. */
  readonly waiting: readonly WaitingSender[];
  /** Wrong codes in a row; `lastAt` is ISO 8601, or null when there was none. */
  readonly wrongCodes: { readonly count: number; readonly lastAt: string | null };
}

/** Who is approved. One value, so that what says until when is never newer or older than what says who. */
export interface Approvals {
  readonly allowFrom: readonly string[];
  /** Profile and end by id, for those who have one; of an id that is not in `allowFrom`, nothing. What a person wrote may be anything. */
  readonly grants: Readonly<Record<string, unknown>>;
}

export interface PairingState {
  readonly requests: readonly PairingRequest[];
  readonly approvals: Approvals;
  readonly notes: Notes;
}

export const emptyState: PairingState = {
  requests: [],
  approvals: { allowFrom: [], grants: {} },
  notes: { answers: [], waiting: [], wrongCodes: { count: 0, lastAt: null } },
};

/** A change is pure: it may run twice. Returning the state it was given means that nothing is written. */
export type Change<Result> = (state: PairingState) => {
  readonly state: PairingState;
  readonly result: Result;
};

/**
 * Keeps the state of one account. Synchronous: a decision never waits for it half-done.
 *
 * A store that cannot replace everything at once must write in this order: notes; the approvals, unless `allowFrom` got
 * shorter; `requests`; the approvals where it did. A crash in between then leaves either the state before, or an approved
 * sender who is still among the requests, whom the next reader takes for what they are: approved. No change both approves
 * somebody and takes another's approval away. The approvals are always replaced as one.
 */
export interface PairingStore {
  /** The state as it is now, whoever changed it. */
  read(): PairingState;
  /** `read().approvals` alone; works when the rest cannot be read. The same object for as long as nothing changed. */
  approvals(): Approvals;
  /** Runs the change with nobody else changing the state; when it throws, nothing has changed. Must not be nested. */
  update<Result>(change: Change<Result>): Result;
}
