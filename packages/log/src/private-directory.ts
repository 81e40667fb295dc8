/** A directory that nobody else can have prepared or can write to, or the reason why it is none. */
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { messageOf } from "@clawd/kernel";

export type DirectoryCheck = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Makes the directory 0700 where it is missing. One that exists must be a directory (no link) of `userId` that neither group
 * nor others may write to; it is made 0700. `userId` undefined (Windows): the owner is not checked.
 */
export function privateDirectory(path: string, userId: number | undefined): DirectoryCheck {
  try {
    makeIfMissing(path);
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) return { ok: false, reason: "it is a link" };
    if (!stats.isDirectory()) return { ok: false, reason: "it is not a directory" };
    if (userId !== undefined && stats.uid !== userId)
      return { ok: false, reason: "it belongs to another user" };
    // Others had their chance to put links there: what it holds cannot be trusted any more.
    if (userId !== undefined && (stats.mode & 0o022) !== 0)
      return { ok: false, reason: "others may write to it" };
    if (userId !== undefined && (stats.mode & 0o077) !== 0) chmodSync(path, 0o700);
    return { ok: true };
  } catch (thrown) {
    return { ok: false, reason: messageOf(thrown) };
  }
}

function makeIfMissing(path: string): void {
  try {
    // Not recursive: the parent is the system's directory for temporary files.
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
  }
}
