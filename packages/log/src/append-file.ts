/** An append-only file of ours, 0600, opened so that no link, pipe or file of somebody else can take its place. */
import { closeSync, constants, fchmodSync, fstatSync, openSync, writeSync } from "node:fs";

export interface AppendFile {
  /** Appends all of `text`. @throws the system's error; a part may have been written then. */
  append(text: string): void;
  /** True when the file was removed from its directory: what is appended would be lost. */
  isRemoved(): boolean;
  /** Idempotent. */
  close(): void;
}

/** @throws the system's error, or one that says what stands at `path`. */
export function openAppendFile(path: string, userId: number | undefined): AppendFile {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  // Windows knows neither of the last two; undefined counts as 0.
  const file = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error("it is not a regular file");
    if (userId !== undefined && stats.uid !== userId) throw new Error("it belongs to another user");
    if (userId !== undefined && stats.nlink > 1) throw new Error("it has a second name");
    if (userId !== undefined && (stats.mode & 0o077) !== 0) fchmodSync(file, 0o600);
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  }
  let isOpen = true;
  return {
    append(text) {
      const bytes = Buffer.from(text, "utf8");
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    },
    isRemoved: () => fstatSync(file).nlink === 0,
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}
