/** Turns what SQLite reports into the faults of this package; the messages name a file and a reason, never a value. */
import { ClawdError, isClawdError } from "@clawd/kernel";

/** Primary result codes, https://www.sqlite.org/rescode.html */
const BUSY = 5;
const READONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** The primary result code of an error that SQLite threw; undefined for anything else. */
function sqliteCode(thrown: unknown): number | undefined {
  const code = (thrown as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

export function isBusy(thrown: unknown): boolean {
  return sqliteCode(thrown) === BUSY;
}

/** The fault for anything thrown while working on `path`; a ClawdError passes as it is. */
export function storeFault(path: string, cause: unknown): ClawdError {
  if (isClawdError(cause)) return cause;
  switch (sqliteCode(cause) ?? -1) {
    case FULL:
      return new ClawdError("CLAWD_DISK_FULL", `No room left to write ${path}.`, {
        hint: "Free some space on this disk; nothing that was acknowledged is lost.",
        cause,
      });
    case CORRUPT:
    case NOT_A_DATABASE:
      return new ClawdError("CLAWD_STORE_CORRUPT", `${path} is damaged; it was left as it is.`, {
        hint: "Keep a copy for analysis, restore a backup or move the file away, then start again.",
        cause,
      });
    case READONLY:
    case CANNOT_OPEN:
    case IO_ERROR:
      return new ClawdError("CLAWD_FILE_WRITE", `Cannot open or write ${path}.`, {
        hint: "Free some space on this disk, give this user write access, or move the state with CLAWDBOT_STATE_DIR.",
        cause,
      });
    case BUSY:
      return new ClawdError("CLAWD_STORE_BUSY", `${path} stayed locked by another process.`, {
        hint: "End other programs that hold the file open (a database browser?), then try again.",
        cause,
      });
    default:
      return new ClawdError("CLAWD_STORE_FAULT", `The database refused a statement on ${path}.`, {
        hint: "This is a defect of Clawdbot: please report it with the log around it.",
        cause,
      });
  }
}
