/** The files of the host below the roots, through handles alone (walk.ts). */
import { constants, lstatSync } from "node:fs";
import { open, opendir, rmdir, unlink } from "node:fs/promises";
import { fileFault, type Expectation, type FileContent, type Files, type Listing } from "@clawd/sandbox";
import { fileStat, type Handle, pathOf } from "./handle.ts";
import { errorCode, hostFault } from "./host-fault.ts";
import { replaceFile } from "./replace-file.ts";
import { inTurn } from "./turns.ts";
import { type Reached, type RealRoot, walk, type WalkOptions } from "./walk.ts";

/** Names of one directory that are looked at; a directory with more is cut before it is sorted. */
const mostNames = 200_000;

export function hostFiles(home: string, roots: readonly RealRoot[]): Files {
  /** Every operation: reach the path, work on the handles, close them; every fault in the place's words. */
  async function at<Result>(
    path: string,
    options: WalkOptions,
    work: (reached: Reached) => Result | Promise<Result>,
  ): Promise<Result> {
    try {
      const reached = walk(path, home, roots, options);
      try {
        return await work(reached);
      } finally {
        reached.release();
      }
    } catch (fault) {
      throw hostFault(path, fault);
    }
  }

  const changing = <Result>(
    path: string,
    options: WalkOptions,
    work: (reached: Reached) => Promise<Result>,
  ) =>
    at(path, options, (reached) => {
      if (reached.root.isReadOnly) throw fileFault("CLAWD_FILE_READ_ONLY", path);
      const { dev, ino } = reached.parent?.stat ?? { dev: 0n, ino: 0n };
      return inTurn(`${dev}.${ino}/${reached.name}`, () => work(reached));
    });

  return {
    stat: (path) =>
      at(path, { links: "keep" }, ({ target }) => target && fileStat(target.stat)).catch((fault: unknown) => {
        if (errorCode(fault) === "CLAWD_FILE_MISSING") return null;
        throw fault;
      }),

    read: (path, { offset, maxBytes }) =>
      at(path, { links: "follow" }, async ({ target }) => {
        if (target === null) throw fileFault("CLAWD_FILE_MISSING", path);
        if (!target.stat.isFile()) throw fileFault("CLAWD_FILE_KIND", path);
        const isWhole = offset === undefined;
        if (isWhole && target.stat.size > maxBytes) throw fileFault("CLAWD_FILE_TOO_LARGE", path);
        const content = await readHandle(target, offset ?? 0, isWhole ? maxBytes + 1 : maxBytes);
        if (isWhole && content.bytes.length > maxBytes) throw fileFault("CLAWD_FILE_TOO_LARGE", path);
        return content;
      }),

    write: (path, bytes, expect) =>
      changing(path, { links: "refuse", makeMissing: !isVersion(expect) }, (reached) =>
        replaceFile(path, reached, bytes, expect),
      ).catch((fault: unknown) => {
        const isGone = isVersion(expect) && errorCode(fault) === "CLAWD_FILE_MISSING";
        throw isGone ? fileFault("CLAWD_FILE_CHANGED", path) : fault;
      }),

    list: (path, limit) =>
      at(path, { links: "follow" }, ({ target }) => {
        if (target === null) throw fileFault("CLAWD_FILE_MISSING", path);
        if (!target.stat.isDirectory()) throw fileFault("CLAWD_FILE_KIND", path);
        return listHandle(target.fd, limit);
      }),

    remove: (path, expect) =>
      changing(path, { links: "refuse" }, async ({ parent, name, target }) => {
        if (target === null) throw fileFault("CLAWD_FILE_MISSING", path);
        const isDirectory = target.stat.isDirectory();
        if (parent === null || !(isDirectory || target.stat.isFile()))
          throw fileFault("CLAWD_FILE_KIND", path);
        if (isVersion(expect) && fileStat(target.stat).version !== expect.version)
          throw fileFault("CLAWD_FILE_CHANGED", path);
        await (isDirectory ? rmdir : unlink)(pathOf(parent.fd, name));
      }),
  };
}

const isVersion = (expect: Expectation | undefined) => typeof expect === "object";

/** Opens what the handle holds, not what has the name now. */
async function readHandle(target: Handle, offset: number, most: number): Promise<FileContent> {
  const file = await open(pathOf(target.fd), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fileStat(await file.stat({ bigint: true }));
    const pieces: Buffer[] = [];
    let length = 0;
    while (length < most) {
      const wanted = Math.min(most - length, 1_048_576, Math.max(stat.size - offset - length, 4096));
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, offset + length);
      if (bytesRead === 0) break;
      pieces.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return { bytes: Buffer.concat(pieces), stat };
  } finally {
    await file.close();
  }
}

async function listHandle(fd: number, limit: number): Promise<Listing> {
  const names: Buffer[] = [];
  // Node's types say that the names are strings, whatever the encoding.
  for await (const { name } of await opendir(pathOf(fd), { encoding: "buffer" as "utf8", bufferSize: 512 })) {
    names.push(Buffer.from(name));
    if (names.length > mostNames) break;
  }
  names.sort((one, other) => one.compare(other));
  const entries = names.slice(0, limit).flatMap((name) => {
    const stat = lstatSync(Buffer.concat([Buffer.from(`${pathOf(fd)}/`), name]), {
      bigint: true,
      throwIfNoEntry: false,
    });
    if (stat === undefined) return [];
    const { kind, size } = fileStat(stat);
    return [{ name: name.toString("utf8"), kind, size }];
  });
  return { entries, isCut: names.length > limit };
}
