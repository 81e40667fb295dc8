/** Writes the config whole or not at all, 0600 in a directory that is made 0700. */
import { lstatSync, realpathSync } from "node:fs";
import { writeFileAtomic } from "@clawd/kernel/files";

/**
 * Replaces the file at `path`. Where a link stands there, the file it leads to is replaced and the link stays.
 * @throws CLAWD_FILE_WRITE; the old file is then untouched.
 */
export function writeConfig(path: string, text: string): void {
  writeFileAtomic(targetOf(path), text);
}

function targetOf(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  } catch {
    // Nothing is there yet, or the link leads nowhere: the file is made at the name itself.
    return path;
  }
}
