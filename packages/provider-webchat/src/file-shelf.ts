/**
 * Files on the disk for a while: so many, so large together, so long. What is old goes first; what is being written stays.
 * INVARIANT: only names made here are ever opened, as plain files that only this user can read (file-shelf.test.ts).
 */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@clawd/kernel";

export interface ShelfLimits {
  readonly count: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly age: number;
  /** Milliseconds without a new part after which an unfinished file goes. */
  readonly unfinishedAge: number;
}

export interface Shelf {
  /** Makes the folder and finds what an earlier process left; unfinished files are removed. */
  open(): Promise<void>;
  /** Makes room, and an id; undefined when there is no room even without the old ones. */
  begin(size: number): Promise<string | undefined>;
  /** Adds a part at this place; tells what is there now. Undefined when no such file is being written. */
  append(id: string, at: number, part: Uint8Array): Promise<Appended | undefined>;
  /** Undefined when there is no whole file with this id. */
  sizeOf(id: string): number | undefined;
  /** @throws as the disk does */
  read(id: string): Promise<Uint8Array | undefined>;
  /** Removes what is too old. Never throws. */
  sweep(): Promise<void>;
}

export interface Appended {
  /** Bytes that are there. */
  readonly received: number;
  readonly size: number;
  /** False: the part did not belong there, and was not written. */
  readonly isTaken: boolean;
}

interface Kept {
  readonly size: number;
  received: number;
  touchedAt: number;
  isBusy: boolean;
}

const idForm = /^[0-9a-f]{32}$/;
const { O_RDONLY, O_WRONLY, O_CREAT, O_NOFOLLOW } = constants;

export function createShelf(directory: string, limits: ShelfLimits, clock: Clock): Shelf {
  /** The oldest first. */
  const files = new Map<string, Kept>();
  const pathOf = (id: string) => join(directory, id);
  const isWhole = ({ size, received }: Kept) => received === size;

  async function remove(id: string): Promise<void> {
    files.delete(id);
    await rm(pathOf(id), { force: true });
    await rm(`${pathOf(id)}.part`, { force: true });
  }

  async function sweep(): Promise<void> {
    for (const [id, file] of files) {
      const age = clock.now() - file.touchedAt;
      if (!file.isBusy && age > (isWhole(file) ? limits.age : limits.unfinishedAge)) {
        await remove(id).catch(() => {});
      }
    }
  }

  /** Whether there is room for so many bytes, after the old ones went. */
  async function makeRoom(size: number): Promise<boolean> {
    await sweep();
    for (;;) {
      const bytes = [...files.values()].reduce((sum, file) => sum + file.size, size);
      if (files.size < limits.count && bytes <= limits.bytes) return true;
      const [oldest] = [...files].find(([, file]) => isWhole(file)) ?? [];
      if (oldest === undefined) return false;
      await remove(oldest);
    }
  }

  async function write(id: string, file: Kept, part: Uint8Array): Promise<void> {
    const path = `${pathOf(id)}.part`;
    await using(open(path, O_WRONLY | O_CREAT | O_NOFOLLOW, 0o600), (handle) =>
      writeAll(handle, part, file.received),
    );
    file.received += part.byteLength;
    file.touchedAt = clock.now();
    if (isWhole(file)) await rename(path, pathOf(id));
  }

  return {
    async open() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await chmod(directory, 0o700);
      const found: (readonly [string, Kept])[] = [];
      for (const name of await readdir(directory)) {
        if (!idForm.test(name)) {
          await rm(join(directory, name), { recursive: true, force: true });
          continue;
        }
        const { size, mtimeMs } = await lstat(pathOf(name));
        found.push([name, { size, received: size, touchedAt: mtimeMs, isBusy: false }]);
      }
      for (const [id, file] of found.toSorted(([, a], [, b]) => a.touchedAt - b.touchedAt)) {
        if (!files.has(id)) files.set(id, file);
      }
      await sweep();
    },
    async begin(size) {
      if (!(await makeRoom(size))) return undefined;
      const id = randomBytes(16).toString("hex");
      files.set(id, { size, received: 0, touchedAt: clock.now(), isBusy: false });
      return id;
    },
    async append(id, at, part) {
      const file = files.get(id);
      if (file === undefined || (isWhole(file) && at !== file.size)) return undefined;
      const { size, received } = file;
      const isNext = at === received && part.byteLength > 0 && part.byteLength <= size - received;
      if (!isNext || file.isBusy) return { received, size, isTaken: false };
      file.isBusy = true;
      try {
        await write(id, file, part);
      } finally {
        file.isBusy = false;
      }
      return { received: file.received, size, isTaken: true };
    },
    sizeOf(id) {
      const file = files.get(id);
      return file !== undefined && isWhole(file) && !file.isBusy ? file.size : undefined;
    },
    async read(id) {
      if (this.sizeOf(id) === undefined) return undefined;
      try {
        return await using(open(pathOf(id), O_RDONLY | O_NOFOLLOW), (handle) => handle.readFile());
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw fault;
        files.delete(id);
        return undefined;
      }
    },
    sweep,
  };
}

/** A disk that is nearly full takes a piece, and says so only at the next. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;)
    done += (await handle.write(bytes, done, bytes.byteLength - done, at + done)).bytesWritten;
}

async function using<Value>(
  opening: Promise<FileHandle>,
  work: (handle: FileHandle) => Promise<Value>,
): Promise<Value> {
  const handle = await opening;
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
