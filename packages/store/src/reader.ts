/** A look into the store beside a running gateway, for commands that only read. */
import { isClawdError } from "@clawd/kernel";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileAnchor } from "./anchor.ts";
import { readAudit, type AuditReader } from "./audit.ts";
import { openDatabase, type Statement } from "./database.ts";
import { readInbox, type InboxReader } from "./inbox.ts";
import { readOutbox, type OutboxReader } from "./outbox.ts";
import { currentVersion, storedVersion, versionFault } from "./schema.ts";
import { fileNames } from "./store.ts";

export interface StoreReader {
  readonly inbox: InboxReader;
  readonly outbox: OutboxReader;
  readonly audit: AuditReader;
  /** Reads the whole file. Empty when it is sound, else what SQLite finds wrong with it, at most ten lines. */
  damage(): readonly string[];
  /** Idempotent. */
  close(): void;
}

/**
 * Opens the store for reading; it takes no lock and makes no store. Undefined when no gateway has stored anything there.
 * @throws CLAWD_STORE_CORRUPT, CLAWD_STORE_VERSION, CLAWD_FILE_WRITE when it cannot be opened.
 */
export function openStoreReader({ directory }: { readonly directory: string }): StoreReader | undefined {
  const path = join(directory, fileNames.database);
  if (!existsSync(path)) return undefined;
  const database = openDatabase(path, { readOnly: true });
  try {
    const version = storedVersion(database);
    // A gateway that is just being started, or died in its first moment.
    if (version === 0) {
      database.close();
      return undefined;
    }
    if (version !== currentVersion) throw versionFault(path);
    const check = database.prepare("PRAGMA quick_check(10)");
    return {
      inbox: readInbox(database),
      outbox: readOutbox(database),
      audit: readAudit(database, fileAnchor(join(directory, fileNames.anchor))),
      damage: () => findDamage(check),
      close: () => database.close(),
    };
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function findDamage(check: Statement): string[] {
  try {
    return check
      .all()
      .map((row) => String(row["quick_check"]))
      .filter((line) => line !== "ok");
  } catch (thrown) {
    // Some damage ends the check itself.
    if (isClawdError(thrown) && thrown.code === "CLAWD_STORE_CORRUPT")
      return ["The file cannot be read to its end."];
    throw thrown;
  }
}
