/** The four things the file store asks of the operating system; a port, so that tests can stop the machine between any two. */
import { readFileSync, statSync } from "node:fs";
import { writeFileAtomic } from "@clawd/kernel/files";
import { holdLock } from "./lock.ts";

export interface Stamp {
  /** Differs whenever the file differs, provided that `isSettled`. */
  readonly id: string;
  /** False for a file changed a moment ago: within one tick of its clock a file may change again and look the same. */
  readonly isSettled: boolean;
}

export interface Disk {
  stamp(path: string): Stamp;
  /** Undefined when there is no such file. @throws whatever else keeps it from being read. */
  read(path: string): string | undefined;
  /** The whole file or nothing, 0600, in a directory 0700. @throws CLAWD_FILE_WRITE */
  replace(path: string, text: string): void;
  /** Runs the action while no other process runs one with the same lock. @throws CLAWD_PAIRING_BUSY */
  exclusively<Result>(lock: string, action: () => Result): Result;
}

/** File systems count time in steps of up to two seconds. */
const settlingTime = 2_500;

export const realDisk: Disk = {
  stamp(path) {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return { id: "absent", isSettled: true };
    const age = Date.now() - Number(found.mtimeMs);
    return {
      id: `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`,
      isSettled: age > settlingTime,
    };
  },
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw cause;
    }
  },
  replace: writeFileAtomic,
  exclusively: holdLock,
};
