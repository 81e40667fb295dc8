/** Writes a file as a whole: a new file beside it that takes its name, or nothing. Never into a file that is there. */
import { constants } from "node:fs";
import { type FileHandle, link, open, rename, unlink } from "node:fs/promises";
import { type Expectation, fileFault, type FileStat } from "@clawd/sandbox";
import { fileStat, type Handle, pathOf } from "./handle.ts";
import type { Reached } from "./walk.ts";

const exclusive = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export async function replaceFile(
  path: string,
  { parent, name, target }: Reached,
  bytes: Uint8Array,
  expect: Expectation | undefined,
): Promise<FileStat> {
  check(path, target, expect);
  if (parent === null) throw fileFault("CLAWD_FILE_KIND", path);
  const temporary = pathOf(parent.fd, `.clawd-${crypto.randomUUID()}`);
  const file = await open(temporary, exclusive, 0o666);
  try {
    await fill(file, bytes, target);
    if (expect === "absent") {
      // A link does not replace: whoever made the name in between keeps it.
      await link(temporary, pathOf(parent.fd, name));
      await unlink(temporary);
    } else await rename(temporary, pathOf(parent.fd, name));
    return fileStat(await file.stat({ bigint: true }));
  } catch (fault) {
    await unlink(temporary).catch(() => undefined);
    throw fault;
  } finally {
    await file.close();
  }
}

function check(path: string, target: Handle | null, expect: Expectation | undefined): void {
  if (target === null) {
    if (typeof expect === "object") throw fileFault("CLAWD_FILE_CHANGED", path);
    return;
  }
  if (expect === "absent") throw fileFault("CLAWD_FILE_CHANGED", path, "something is there already");
  if (!target.stat.isFile()) throw fileFault("CLAWD_FILE_KIND", path);
  // The other name may be outside: a second name would keep the old text, or be the way to what it is.
  if (target.stat.nlink > 1n) throw fileFault("CLAWD_FILE_LINK", path, "it has a second name");
  if (expect !== undefined && fileStat(target.stat).version !== expect.version)
    throw fileFault("CLAWD_FILE_CHANGED", path);
}

async function fill(file: FileHandle, bytes: Uint8Array, old: Handle | null): Promise<void> {
  await file.writeFile(bytes);
  if (old !== null) {
    const { uid, gid } = await file.stat();
    // Only root may give a file away; for everybody else the writer becomes the owner.
    if (BigInt(uid) !== old.stat.uid || BigInt(gid) !== old.stat.gid)
      await file.chown(Number(old.stat.uid), Number(old.stat.gid)).catch(() => undefined);
    await file.chmod(Number(old.stat.mode) & 0o777);
  }
  await file.sync();
}
