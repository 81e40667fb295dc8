/**
 * Files that wait to be sent, under the digest of what they hold. INVARIANT: what `keep` resolved for is whole on the disk, and
 * what `read` gives are the very bytes of the digest; no link in their place is followed (media.test.ts).
 */
import { ClawdError, type Clock, isClawdError } from "@clawd/kernel";
import { ensurePrivateDirectory } from "@clawd/kernel/files";
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";

export interface Media {
  /**
   * Keeps the bytes, the same ones once. Resolves with their SHA-256 in hexadecimal once the disk has them.
   * @throws CLAWD_MEDIA_FULL, CLAWD_DISK_FULL, CLAWD_FILE_WRITE
   */
  keep(bytes: Uint8Array): Promise<string>;
  /** @throws CLAWD_MEDIA_MISSING when it is not there, or no longer what it was. */
  read(digest: string): Promise<Uint8Array>;
  /** Removes files that nothing names and that were last kept before a time, and what a crash left half-written. */
  sweep(options: {
    readonly isNamed: (digest: string) => boolean;
    /** Milliseconds since 1970. */
    readonly before: number;
  }): Promise<void>;
}

export interface MediaOptions {
  /** Made 0700 when absent. */
  readonly directory: string;
  readonly clock: Clock;
  /** Bytes of all files together. Absent: 1 GiB. */
  readonly maxBytes?: number;
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const isDigest = (name: string) => /^[0-9a-f]{64}$/.test(name);

/** One gateway at a time uses the directory: the caller holds the lock of the state. */
export function openMedia({ directory, clock, maxBytes = 1024 ** 3 }: MediaOptions): Media {
  /** One operation at a time, so that none sweeps away what another one has just found to be there. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = last.then(work, work).catch((fault: unknown) => {
      throw mediaFault(directory, fault);
    });
    last = done.catch(() => {});
    return done;
  }

  async function keepNow(bytes: Uint8Array): Promise<string> {
    const digest = digestOf(bytes);
    const path = join(directory, digest);
    await checkDirectory(directory);
    if (await renewed(path, digest, clock.now())) return digest;
    if ((await sizeOf(directory)) + bytes.length > maxBytes) throw full(maxBytes);
    await writeWhole(path, bytes, clock.now());
    await syncDirectory(directory);
    return digest;
  }

  return {
    keep: (bytes) => inTurn(() => keepNow(bytes)),
    read: (digest) =>
      inTurn(async () => {
        const bytes = isDigest(digest) ? await readRegular(join(directory, digest)) : null;
        if (bytes === null || digestOf(bytes) !== digest) throw missing();
        return bytes;
      }),
    sweep: ({ isNamed, before }) =>
      inTurn(async () => {
        for (const name of await namesIn(directory)) {
          const path = join(directory, name);
          const isLeft = name.endsWith(".tmp") && isDigest(name.slice(0, 64));
          const isOld = isDigest(name) && !isNamed(name) && ((await lstat(path)).mtimeMs || 0) < before;
          if (isLeft || isOld) await unlink(path);
        }
      }),
  };
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function checkDirectory(directory: string): Promise<void> {
  ensurePrivateDirectory(directory);
  const handle = await open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  await handle.close();
}

/** Whether the file is there and whole; then it counts as kept now. */
async function renewed(path: string, digest: string, now: number): Promise<boolean> {
  const bytes = await readRegular(path);
  if (bytes === null || digestOf(bytes) !== digest) return false;
  await withFile(path, O_RDONLY, (file) => file.utimes(now / 1000, now / 1000));
  return true;
}

/** Null when nothing is there, or something that is no file. */
async function readRegular(path: string): Promise<Buffer | null> {
  try {
    return await withFile(path, O_RDONLY | O_NONBLOCK, async (file) =>
      (await file.stat()).isFile() ? await file.readFile() : null,
    );
  } catch (fault) {
    if (["ENOENT", "ELOOP"].includes(codeOf(fault))) return null;
    throw fault;
  }
}

async function writeWhole(path: string, bytes: Uint8Array, now: number): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await withFile(temporary, O_WRONLY | O_CREAT | O_EXCL, async (file) => {
      await file.writeFile(bytes);
      await file.utimes(now / 1000, now / 1000);
      await file.sync();
    });
    await rename(temporary, path);
  } catch (fault) {
    await unlink(temporary).catch(() => {});
    throw fault;
  }
}

async function withFile<Value>(
  path: string,
  flags: number,
  work: (file: FileHandle) => Promise<Value>,
): Promise<Value> {
  const file = await open(path, flags | O_NOFOLLOW, 0o600);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  await withFile(directory, O_RDONLY | O_DIRECTORY, (handle) => handle.sync());
}

async function sizeOf(directory: string): Promise<number> {
  let size = 0;
  for (const name of await namesIn(directory)) size += (await lstat(join(directory, name))).size;
  return size;
}

const namesIn = (directory: string): Promise<string[]> =>
  readdir(directory).catch((fault: unknown) => {
    if (codeOf(fault) === "ENOENT") return [];
    throw fault;
  });

const codeOf = (fault: unknown): string => (fault as NodeJS.ErrnoException | null)?.code ?? "";

const full = (maxBytes: number) =>
  new ClawdError("CLAWD_MEDIA_FULL", `More than ${maxBytes} bytes of files wait to be sent.`, {
    hint: "Try again when some of them were sent; what was sent is removed after a day at the latest.",
  });

const missing = () =>
  new ClawdError("CLAWD_MEDIA_MISSING", "A file that was to be sent is gone, or is not what it was.", {
    hint: "Send it again; nothing but the gateway should change its state directory.",
  });

function mediaFault(directory: string, cause: unknown): ClawdError {
  if (isClawdError(cause)) return cause;
  const code = codeOf(cause) || "unknown error";
  if (code === "ENOSPC" || code === "EDQUOT")
    return new ClawdError("CLAWD_DISK_FULL", `No room left to write ${directory}.`, {
      hint: "Free some space on this disk; nothing that was acknowledged is lost.",
      cause,
    });
  return new ClawdError("CLAWD_FILE_WRITE", `Cannot use ${directory} (${code}).`, {
    hint: "Give this user write access, or move the state with CLAWDBOT_STATE_DIR; a link in its place is refused.",
    cause,
  });
}
