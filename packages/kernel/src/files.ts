/** Private files: directories 0700 and files 0600 from the first byte, replaced as a whole or not at all. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ClawdError, isClawdError } from "./error.ts";

/**
 * Makes the directory and its missing parents, each 0700. One that exists keeps its mode (`doctor` reports it).
 * @throws CLAWD_FILE_WRITE when it cannot be made.
 */
export function ensurePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw writeFault(path, cause);
  }
}

/**
 * Replaces the file: temporary file 0600 in the same directory, fsync, rename, fsync of the directory.
 * A crash leaves the old content or the new, never a part.
 * @param confirm is asked last, when the new content is on the disk; what it throws leaves the old one
 * @throws CLAWD_FILE_WRITE when the disk is full or the place is not writable; the old file is untouched.
 */
export function writeFileAtomic(path: string, content: string, confirm?: () => void): void {
  const directory = dirname(path);
  ensurePrivateDirectory(directory);
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    confirm?.();
    renameSync(temporary, path);
    syncDirectory(directory);
  } catch (cause) {
    removeQuietly(temporary);
    throw isClawdError(cause) ? cause : writeFault(path, cause);
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was renamed already, or never made: nothing is left either way.
  }
}

const writeHints: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full: free some space, then try again.",
  EROFS: "The file system is read-only: move the state with CLAWDBOT_STATE_DIR.",
  EACCES: "Give this user write access, or move the state with CLAWDBOT_STATE_DIR.",
  EPERM: "Give this user write access, or move the state with CLAWDBOT_STATE_DIR.",
  ENOTDIR: "A file stands where a directory is needed: move it away.",
};

function writeFault(path: string, cause: unknown): ClawdError {
  const reason = (cause as NodeJS.ErrnoException).code ?? "unknown error";
  return new ClawdError("CLAWD_FILE_WRITE", `Cannot write ${path} (${reason}).`, {
    hint: writeHints[reason] ?? "Check the path and its permissions; `clawdbot doctor` looks at them.",
    cause,
  });
}
