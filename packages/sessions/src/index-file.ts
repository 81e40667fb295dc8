/** `sessions.json`: read as a whole or refused as a whole, replaced as a whole. */
import { ClawdError } from "@clawd/kernel";
import { writeFileAtomic } from "@clawd/kernel/files";
import { readFileSync } from "node:fs";
import { parseEntry, type SessionEntry } from "./entry.ts";

/**
 * Session keys and their entries; empty when there is no file.
 * @throws CLAWD_SESSIONS_CORRUPT when the file is not what this package writes; it is left as it is.
 */
export function readIndex(path: string): Map<string, SessionEntry> {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw indexFault(path, "cannot be read", cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw indexFault(path, "is not JSON", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw indexFault(path, "is not an object");
  const entries = Object.entries(value).map(([key, found]) => {
    const entry = parseEntry(found);
    if (entry === undefined) throw indexFault(path, "has an entry that is not a session");
    return [key, entry] as const;
  });
  return new Map(entries);
}

/** @throws CLAWD_FILE_WRITE; the old file is untouched. */
export function writeIndex(path: string, entries: ReadonlyMap<string, SessionEntry>): void {
  writeFileAtomic(path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}

function indexFault(path: string, reason: string, cause?: unknown): ClawdError {
  return new ClawdError("CLAWD_SESSIONS_CORRUPT", `${path} ${reason}; it was left as it is.`, {
    hint: "Correct the file, restore a backup, or move it away: then its sessions begin anew, the transcripts stay.",
    cause,
  });
}
