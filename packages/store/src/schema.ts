/** The tables, and the steps from each older version to the next; a step is never changed once released. */
import { ClawdError } from "@clawd/kernel";
import type { Database } from "./database.ts";
import type { Transactions } from "./transactions.ts";

/** "CLWD": tells our files from other SQLite databases. */
const APPLICATION_ID = 0x434c5744;

const steps: readonly string[] = [
  `
  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dedupe_key TEXT NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'finished')),
    body TEXT,
    CHECK (state = 'finished' OR body IS NOT NULL)
  ) STRICT;
  CREATE INDEX inbox_pending ON inbox (id) WHERE state = 'pending';

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id TEXT NOT NULL UNIQUE,
    chat_key TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unsettled', 'sent', 'rejected')),
    enqueued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    attempt TEXT,
    message_id TEXT,
    reason TEXT,
    settled_at INTEGER
  ) STRICT;
  CREATE INDEX outbox_open ON outbox (chat_key, id) WHERE settled_at IS NULL;

  CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    record TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
  CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
  -- Also stops INSERT OR REPLACE, which deletes without asking a trigger.
  CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
  `,
  `
  CREATE TABLE usage (
    turn TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    tokens INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX usage_of ON usage (subject, at);
  `,
  // Messages may name files of the media store: an older gateway would send them without.
  `
  CREATE INDEX outbox_files ON outbox (id) WHERE settled_at IS NULL AND message ->> '$.files' IS NOT NULL;
  `,
  `
  CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    rights TEXT NOT NULL,
    definition TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS job_rights (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS job_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS job_runs_of ON job_runs (job, id);
  `,
  `
  CREATE TABLE IF NOT EXISTS refusals (
    key TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    counted INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS refusals_due ON refusals (since);
  `,
];

/** What `PRAGMA user_version` says after all steps. */
export const currentVersion = steps.length;

export function storedVersion(database: Database): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

/**
 * Brings the tables to the current version, all steps or none.
 * @throws CLAWD_STORE_VERSION for a file of a newer Clawdbot or of another program; nothing is changed.
 */
export function migrate(database: Database, transactions: Transactions): void {
  transactions.run(() => {
    const version = storedVersion(database);
    const application = database.prepare("PRAGMA application_id").get()?.["application_id"];
    const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
    if (version > currentVersion || (!isEmpty && application !== APPLICATION_ID)) {
      throw versionFault(database.path);
    }
    if (version === currentVersion) return;
    for (const step of steps.slice(version)) database.execute(step);
    database.execute(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${currentVersion}`);
  });
}

export function versionFault(path: string): ClawdError {
  return new ClawdError("CLAWD_STORE_VERSION", `${path} was not written by this version of Clawdbot.`, {
    hint: "Start the gateway of the version that wrote it, or of a newer one; it brings the file up to date.",
  });
}
