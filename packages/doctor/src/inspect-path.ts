/** Looks at one path; follows no link, reads no content. */
import { accessSync, constants, lstatSync, readlinkSync, type Stats } from "node:fs";

export interface PathFacts {
  readonly path: string;
  readonly kind: "missing" | "file" | "directory" | "symlink" | "other" | "unreadable";
  /** Permission bits; null when there are none to judge (missing, a link, Windows). */
  readonly mode: number | null;
  /** Whether this user, or for a link the link's maker, is the owner. */
  readonly isOwn: boolean;
  readonly isWritable: boolean;
  /** Where a link points, as it is written; null for all else. */
  readonly target: string | null;
}

/** Total: what cannot be looked at is `unreadable`. */
export function inspectPath(path: string): PathFacts {
  let stats: Stats;
  let target: string | null;
  try {
    stats = lstatSync(path);
    target = stats.isSymbolicLink() ? readlinkSync(path) : null;
  } catch (thrown) {
    const isMissing = ["ENOENT", "ENOTDIR"].includes((thrown as NodeJS.ErrnoException).code ?? "");
    const kind = isMissing ? "missing" : "unreadable";
    return { path, kind, mode: null, isOwn: true, isWritable: false, target: null };
  }
  const kind = kindOf(stats);
  const user = process.getuid?.();
  return {
    path,
    kind,
    mode: kind === "symlink" || user === undefined ? null : stats.mode & 0o777,
    isOwn: user === undefined || stats.uid === user,
    isWritable: isWritable(path),
    target,
  };
}

function kindOf(stats: Stats): PathFacts["kind"] {
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isDirectory()) return "directory";
  return stats.isFile() ? "file" : "other";
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
