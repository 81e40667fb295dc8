/** Walks the whole chain and names the first record that is not what was written. */
import type { Anchor } from "./anchor.ts";
import { chainHash, emptyHead, type AuditHead } from "./audit-record.ts";

export type AuditVerification =
  | { readonly ok: true; readonly count: number; readonly head: AuditHead }
  | { readonly ok: false; readonly badSeq: number; readonly reason: string };

export interface StoredRecord {
  readonly seq: number;
  readonly time: number;
  readonly record: string;
  readonly hash: string;
}

/** `places` are places of the chain known from elsewhere: each must still be there. */
export function verifyChain(
  records: Iterable<StoredRecord>,
  places: readonly AuditHead[],
): AuditVerification {
  const known = new Map<number, string>();
  for (const { seq, hash } of places) {
    if (known.has(seq) && known.get(seq) !== hash)
      return bad(seq, "differs from a known earlier state of the record");
    known.set(seq, hash);
  }
  let head = emptyHead;
  for (const stored of records) {
    const reason = faultOf(stored, head) ?? differsFrom(known, stored);
    if (reason !== undefined) return bad(Math.min(stored.seq, head.seq + 1), reason);
    head = { seq: stored.seq, hash: stored.hash };
  }
  const newest = Math.max(0, ...known.keys());
  if (head.seq < newest) return bad(head.seq + 1, `is missing; ${newest} records were written`);
  return { ok: true, count: head.seq, head };
}

/** The places that an anchor vouches for, or the failure that its own state is. */
export function anchoredPlaces(
  anchor: ReturnType<Anchor["read"]>,
  isEmpty: boolean,
): { readonly places: readonly AuditHead[] } | { readonly failure: AuditVerification } {
  if (anchor === "missing") {
    return isEmpty
      ? { places: [] }
      : { failure: bad(1, "cannot be vouched for: audit-head.json is missing") };
  }
  if (anchor === "unreadable")
    return { failure: bad(1, "cannot be vouched for: audit-head.json is unreadable") };
  return { places: [anchor] };
}

function bad(badSeq: number, reason: string): AuditVerification {
  return { ok: false, badSeq, reason };
}

function faultOf(stored: StoredRecord, before: AuditHead): string | undefined {
  const expected = before.seq + 1;
  if (stored.seq !== expected)
    return stored.seq > expected ? "is missing" : "stands where no record was written";
  if (chainHash(before.hash, stored.record) !== stored.hash)
    return "was changed, or stands in another's place";
  return timeIn(stored.record) === stored.time ? undefined : "has a changed time";
}

/** The hash covers the text, not the column beside it. */
function timeIn(record: string): unknown {
  try {
    return (JSON.parse(record) as { time?: unknown } | null)?.time;
  } catch {
    return undefined;
  }
}

function differsFrom(known: ReadonlyMap<number, string>, stored: StoredRecord): string | undefined {
  const hash = known.get(stored.seq);
  return hash === undefined || hash === stored.hash
    ? undefined
    : "differs from a known earlier state of the record";
}
