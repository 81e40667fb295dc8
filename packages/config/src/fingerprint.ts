/** One hash for a set of files as they were read, so that a reload can tell whether anything changed. */
import { createHash } from "node:crypto";
import type { FileRead } from "./read-file.ts";

export function fingerprintOf(reads: ReadonlyMap<string, FileRead>): string {
  const hash = createHash("sha256");
  for (const [path, read] of [...reads].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([path, read]));
  }
  return `sha256:${hash.digest("hex")}`;
}
