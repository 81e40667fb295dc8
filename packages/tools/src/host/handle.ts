/**
 * Handles: directories and files that are held open, so that what was looked at is what is used, whatever names are moved about
 * meanwhile. Linux alone: names below a handle are reached through /proc/self/fd.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
} from "node:fs";
import type { FileStat } from "@clawd/sandbox";

/** O_PATH, which Node does not name: no more than a place in the tree. The same number on every architecture that Node runs on. */
const pathOnly = 0x20_0000;

export interface Handle {
  readonly fd: number;
  readonly stat: BigIntStats;
}

/** The path under which the kernel knows a handle; with a name, what has this name in the directory. */
export const pathOf = (fd: number, name?: string): string =>
  name === undefined ? `/proc/self/fd/${fd}` : `/proc/self/fd/${fd}/${name}`;

/**
 * A root, by its real path. Null when this is not where it leads any more: somebody put a link into it, which a root inside another
 * one allows.
 */
export function openRoot(path: string): Handle | null {
  const root = held(openSync(path, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW));
  if (readlinkSync(pathOf(root.fd)) === path) return root;
  closeSync(root.fd);
  return null;
}

/** What has this name in the directory; a link is opened itself. `name` is one component, never `..`. */
export const openName = (directory: number, name: string): Handle =>
  held(openSync(pathOf(directory, name), pathOnly | constants.O_NOFOLLOW));

function held(fd: number): Handle {
  try {
    return { fd, stat: fstatSync(fd, { bigint: true }) };
  } catch (fault) {
    closeSync(fd);
    throw fault;
  }
}

/** Makes the directory unless somebody was faster. */
export function makeDirectory(directory: number, name: string): void {
  try {
    mkdirSync(pathOf(directory, name));
  } catch (fault) {
    if (Object(fault)["code"] !== "EEXIST") throw fault;
  }
}

/** Where a link leads; undefined when it is no text. */
export function linkTarget(directory: number, name: string): string | undefined {
  const bytes = readlinkSync(pathOf(directory, name), "buffer");
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

export function fileStat(stat: BigIntStats): FileStat {
  return {
    kind: kindOf(stat),
    size: Number(stat.size),
    modifiedAt: Number(stat.mtimeMs),
    identity: `${stat.dev.toString(36)}.${stat.ino.toString(36)}`,
    version: [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs]
      .map((part) => part.toString(36))
      .join("."),
  };
}

function kindOf(stat: BigIntStats): FileStat["kind"] {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  return stat.isSymbolicLink() ? "link" : "other";
}
