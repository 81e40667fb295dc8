/** The audit record: append-only, each record bound to all before it by a hash. */
import type { Clock } from "@clawd/kernel";
import type { Anchor } from "./anchor.ts";
import {
  chainHash,
  emptyHead,
  recordText,
  type AuditEntry,
  type AuditHead,
  type AuditRecord,
} from "./audit-record.ts";
import { anchoredPlaces, verifyChain, type AuditVerification, type StoredRecord } from "./audit-verify.ts";
import type { Database } from "./database.ts";
import type { Transactions } from "./transactions.ts";

export interface AuditQuery {
  /** Only records at or after this time, in milliseconds since 1970. */
  readonly since?: number;
  readonly kind?: string;
  readonly provider?: string;
  readonly sender?: string;
  readonly session?: string;
  /** At most so many, the newest ones. Absent means all. */
  readonly limit?: number;
}

export interface AuditReader {
  /** Matching records, oldest first; they are read in portions while they are taken. */
  list(query?: AuditQuery): Iterable<AuditRecord & { readonly hash: string }>;
  /** The newest place of the chain. Kept somewhere else, it makes `verify` notice more. */
  head(): AuditHead;
  /**
   * Notices a record changed, removed, inserted or moved, and records missing at the end since the anchor file was last
   * written, or since `known`, a head noted elsewhere.
   */
  verify(known?: AuditHead): AuditVerification;
}

export interface Audit extends AuditReader {
  /** Durable when it returns, or, inside a transaction, when that commits. */
  append(entry: AuditEntry): AuditHead;
}

/** The anchor is written again after so many records or milliseconds, whichever comes first, and at close. */
const ANCHOR_RECORDS = 256;
const ANCHOR_MILLISECONDS = 60_000;
const PORTION = 500;

export function readAudit(database: Database, anchor: Anchor): AuditReader {
  const newest = database.prepare("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
  const forward = database.prepare("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?");
  const backward = database.prepare("SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?");

  function* walk(portion: typeof forward, start: number): Generator<StoredRecord> {
    for (let from = start; ;) {
      const rows = portion.all(from, PORTION) as unknown as StoredRecord[];
      yield* rows;
      if (rows.length < PORTION) return;
      from = rows.at(-1)!.seq;
    }
  }
  const head = () => (newest.get() as unknown as AuditHead | undefined) ?? emptyHead;

  return {
    head,
    *list(query = {}) {
      if (query.limit === undefined) {
        for (const stored of walk(forward, 0)) {
          const record = matching(stored, query);
          if (record !== undefined) yield record;
        }
        return;
      }
      const found = [];
      for (const stored of walk(backward, Number.MAX_SAFE_INTEGER)) {
        if (found.length >= query.limit) break;
        const record = matching(stored, query);
        if (record !== undefined) found.push(record);
      }
      yield* found.reverse();
    },
    verify(known) {
      // Read before the records: the anchor is never ahead of them.
      const anchored = anchoredPlaces(anchor.read(), head().seq === 0);
      if ("failure" in anchored) return anchored.failure;
      const places = known === undefined ? anchored.places : [...anchored.places, known];
      return verifyChain(walk(forward, Number.MIN_SAFE_INTEGER), places);
    },
  };
}

function matching(stored: StoredRecord, query: AuditQuery): (AuditRecord & { hash: string }) | undefined {
  if (query.since !== undefined && stored.time < query.since) return undefined;
  const record = JSON.parse(stored.record) as AuditRecord;
  for (const key of ["kind", "provider", "sender", "session"] as const) {
    if (query[key] !== undefined && query[key] !== record[key]) return undefined;
  }
  return { ...record, hash: stored.hash };
}

export function createAudit(
  database: Database,
  transactions: Transactions,
  clock: Clock,
  anchor: Anchor,
): Audit & { close(): void } {
  const reader = readAudit(database, anchor);
  const at = database.prepare("SELECT hash FROM audit WHERE seq = ?");
  const insert = database.prepare("INSERT INTO audit (seq, time, record, hash) VALUES (?, ?, ?, ?)");

  let head: AuditHead | undefined = reader.head();
  let anchored = trustedAnchor();
  let anchoredAt = clock.now();
  if (anchored === undefined && head.seq === 0 && anchor.read() === "missing") writeAnchor(head);

  /** Undefined when the anchor does not fit the chain: it is evidence then, and never written again. */
  function trustedAnchor(): AuditHead | undefined {
    const found = anchor.read();
    if (typeof found === "string") return undefined;
    if (found.seq === 0) return found.hash === emptyHead.hash ? found : undefined;
    return at.get(found.seq)?.["hash"] === found.hash ? found : undefined;
  }

  function writeAnchor(place: AuditHead): void {
    anchoredAt = clock.now();
    try {
      anchor.write(place);
      anchored = place;
    } catch {
      // The records are safe without it; it is tried again when it is due next, and an older one stays true.
    }
  }

  transactions.onEnd((end) => {
    if (end === "rolled-back") head = undefined;
    // What was rolled back is never anchored: its head is forgotten by now.
    if (head === undefined || anchored === undefined) return;
    const isDue =
      head.seq - anchored.seq >= ANCHOR_RECORDS || clock.now() - anchoredAt >= ANCHOR_MILLISECONDS;
    if (isDue && head.seq > anchored.seq) writeAnchor(head);
  });

  function append(entry: AuditEntry): AuditHead {
    const before = head ?? reader.head();
    const seq = before.seq + 1;
    const time = clock.now();
    const text = recordText(seq, time, entry);
    const hash = chainHash(before.hash, text);
    insert.run(seq, time, text, hash);
    head = { seq, hash };
    return head;
  }

  return {
    ...reader,
    append: (entry) => (database.isTransaction() ? append(entry) : transactions.run(() => append(entry))),
    close() {
      const newest = head ?? reader.head();
      if (anchored !== undefined && newest.seq > anchored.seq) writeAnchor(newest);
    },
  };
}
