/** Everything the gateway must not lose, in one SQLite file that one gateway at a time may write. "Stored" survives a power cut. */
import type { Clock } from "@clawd/kernel";
import { ensurePrivateDirectory } from "@clawd/kernel/files";
import { join } from "node:path";
import { fileAnchor, type Anchor } from "./anchor.ts";
import { createAudit, type Audit } from "./audit.ts";
import { createPrivateFile, openDatabase, type Database } from "./database.ts";
import { storeFault } from "./fault.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { lockState } from "./lock.ts";
import { createNotes, type Notes } from "./notes.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { migrate } from "./schema.ts";
import { createTransactions } from "./transactions.ts";
import { createUsage, type Usage } from "./usage.ts";

export interface Store {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly audit: Audit;
  /** What is refused at the pace of whoever is refused. */
  readonly refusals: Refusals;
  readonly notes: Notes;
  readonly usage: Usage;
  readonly jobs: Jobs;
  /**
   * Runs synchronous work as a whole or not at all; one wait for the disk for all of it. Nests: an inner transaction
   * that throws is undone alone. Whatever `work` throws is thrown on.
   * @throws CLAWD_DISK_FULL, CLAWD_STORE_CORRUPT, CLAWD_FILE_WRITE, CLAWD_STORE_BUSY; then nothing of it was stored.
   */
  transaction<Value>(work: () => Value): Value;
  /** Idempotent. Releases the state directory. */
  close(): void;
}

export interface StoreOptions {
  /** Made 0700 when absent. */
  readonly directory: string;
  readonly clock: Clock;
}

export const fileNames = { database: "gateway.sqlite", anchor: "audit-head.json" } as const;

/**
 * Opens the store for writing, making it when absent.
 * @throws CLAWD_STATE_IN_USE when another gateway holds the directory; CLAWD_STORE_CORRUPT, CLAWD_STORE_VERSION (nothing
 * was changed); CLAWD_FILE_WRITE, CLAWD_DISK_FULL.
 */
export function openStore({ directory, clock }: StoreOptions): Store {
  ensurePrivateDirectory(directory);
  const lock = lockState(directory);
  const path = join(directory, fileNames.database);
  let database: Database | undefined;
  try {
    createPrivateFile(path);
    database = openDatabase(path);
    return storeOn(database, clock, fileAnchor(join(directory, fileNames.anchor)), () => lock.release());
  } catch (cause) {
    database?.close();
    lock.release();
    throw storeFault(path, cause);
  }
}

/** The store on an open connection; `released` is called when it was closed. */
export function storeOn(database: Database, clock: Clock, anchor: Anchor, released: () => void): Store {
  // FULL: a commit waits until the disk has it. secure_delete: erased texts are overwritten, not just unlinked.
  database.execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST; PRAGMA trusted_schema = OFF");
  const transactions = createTransactions(database);
  migrate(database, transactions);
  // After the migration has checked that the file is ours: the journal mode is written into it.
  database.execute("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 16777216");
  const inbox = createInbox(database);
  const outbox = createOutbox(database, clock);
  const notes = createNotes(database);
  const usage = createUsage(database, clock);
  const jobs = createJobs(database);
  const audit = createAudit(database, transactions, clock, anchor);
  const refusals = createRefusals(database, transactions, clock, audit);
  let isOpen = true;
  return {
    inbox,
    outbox,
    audit,
    refusals,
    notes,
    usage,
    jobs,
    transaction: (work) => transactions.run(work),
    close() {
      if (!isOpen) return;
      isOpen = false;
      try {
        audit.close();
      } finally {
        database.close();
        released();
      }
    },
  };
}
