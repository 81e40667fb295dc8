/**
 * Refusals in the audit record: the first ones of a kind as they come, a flood of them as a number. INVARIANT: what was recorded
 * and what the summaries count are together every refusal there was, after a crash too (refusals.test.ts).
 */
import type { Clock } from "@clawd/kernel";
import type { Audit } from "./audit.ts";
import type { AuditEntry } from "./audit-record.ts";
import type { Database } from "./database.ts";
import type { Transactions } from "./transactions.ts";

export interface Refusals {
  /**
   * Appends the entry, or counts it where `mostAlike` of the same were appended within the window. The same is all of an entry
   * but `detail`, and `alike`. Durable as `append` is.
   */
  record(entry: AuditEntry, alike?: string): void;
  /** Appends a summary of every window that is over: the entry with `detail` `{ repeated, since, until }`, how many were only counted. */
  settle(): void;
}

/** So many of one kind within a window are each a record: enough to see what somebody tries, and no way to fill a disk. */
export const mostAlike = 10;
export const windowMilliseconds = 60_000;
/** Kinds that are told apart at once; of one more, each refusal is a record of its own. */
const mostKinds = 1000;

interface Row {
  readonly key: string;
  readonly since: number;
  readonly recorded: number;
  readonly counted: number;
}

export function createRefusals(
  database: Database,
  transactions: Transactions,
  clock: Clock,
  audit: Pick<Audit, "append">,
): Refusals {
  const find = database.prepare("SELECT key, since, recorded, counted FROM refusals WHERE key = ?");
  const insert = database.prepare(
    "INSERT INTO refusals (key, since, recorded, counted) SELECT ?, ?, 1, 0 WHERE (SELECT count(*) FROM refusals) < ?",
  );
  const another = database.prepare("UPDATE refusals SET recorded = recorded + 1 WHERE key = ?");
  const count = database.prepare("UPDATE refusals SET counted = counted + 1 WHERE key = ?");
  const due = database.prepare("SELECT key, since, recorded, counted FROM refusals WHERE since <= ?");
  const remove = database.prepare("DELETE FROM refusals WHERE key = ?");

  function settle(): void {
    // A clock that was set back must not keep a window open for ever: its rows then wait for the time to come again.
    for (const row of due.all(clock.now() - windowMilliseconds) as unknown as readonly Row[]) end(row);
  }

  function end({ key, since, counted }: Row): void {
    remove.run(key);
    if (counted === 0) return;
    const [entry] = JSON.parse(key) as readonly [AuditEntry, string];
    const until = since + windowMilliseconds;
    audit.append({ ...entry, detail: { repeated: counted, since, until } });
  }

  function record(entry: AuditEntry, alike: string): void {
    settle();
    const { detail: _detail, ...rest } = entry;
    const key = JSON.stringify([rest, alike]);
    const row = find.get(key) as unknown as Row | undefined;
    if (row === undefined) {
      insert.run(key, clock.now(), mostKinds);
      audit.append(entry);
    } else if (row.recorded < mostAlike) {
      another.run(key);
      audit.append(entry);
    } else count.run(key);
  }

  const inTransaction = (work: () => void): void =>
    database.isTransaction() ? work() : transactions.run(work);
  return {
    record: (entry, alike = "") => inTransaction(() => record(entry, alike)),
    settle: () => inTransaction(settle),
  };
}
