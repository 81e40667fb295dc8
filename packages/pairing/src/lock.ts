/** One holder at a time among all processes of this machine; the lock dies with its holder, however that ends. */
import { closeSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { ClawdError } from "@clawd/kernel";
import { ensurePrivateDirectory } from "@clawd/kernel/files";

/** The lock is held for a few milliseconds; whoever waits this long waits for a process that was stopped. */
const patience = 5_000;
const sqliteBusy = 5;

/** @throws CLAWD_PAIRING_BUSY, CLAWD_PAIRING_CORRUPT when the lock file is not one. */
export function holdLock<Result>(path: string, action: () => Result): Result {
  makeLockFile(path);
  // Loaded at the first change, so that reading costs nothing of it.
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const lock = new DatabaseSync(path, { timeout: patience });
  try {
    try {
      // Nothing is ever written: the file stays empty, and only its lock is used. A journal beside it would need room on the
      // disk, and a full disk must be told by what is written, not by the lock.
      lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    } catch (cause) {
      throw lockFault(cause);
    }
    return action();
  } finally {
    lock.close();
  }
}

/** SQLite would make it readable to others. An existing file is not opened: closing it would drop a lock of this process. */
function makeLockFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  ensurePrivateDirectory(dirname(path));
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new ClawdError("CLAWD_FILE_WRITE", `Cannot write ${path}.`, {
        hint: "Give this user write access to the directory, or free some space.",
        cause,
      });
    }
  }
}

function lockFault(cause: unknown): ClawdError {
  if ((cause as { errcode?: number }).errcode === sqliteBusy) {
    return new ClawdError("CLAWD_PAIRING_BUSY", "Another process holds the pairing files.", {
      hint: "Try again; when it stays, look for a stopped `clawdbot` process.",
      cause,
    });
  }
  return new ClawdError("CLAWD_PAIRING_CORRUPT", "The lock file of the pairing files cannot be used.", {
    hint: "Stop every `clawdbot`, delete the file that ends in `-pairing.lock`, start again.",
    cause,
  });
}
