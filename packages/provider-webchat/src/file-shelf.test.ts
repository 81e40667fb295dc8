import { fakeClock } from "@clawd/kernel/testing";
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { createShelf, type Shelf, type ShelfLimits } from "./file-shelf.ts";

const day = 24 * 60 * 60 * 1000;
const usual: ShelfLimits = { count: 3, bytes: 100, age: 7 * day, unfinishedAge: 60_000 };

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "shelf-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "files");
}

async function aShelf({
  folder = aFolder(),
  limits = {},
  clock = fakeClock(),
}: {
  readonly folder?: string;
  readonly limits?: Partial<ShelfLimits>;
  readonly clock?: ReturnType<typeof fakeClock>;
} = {}) {
  const shelf = createShelf(folder, { ...usual, ...limits }, clock);
  await shelf.open();
  return { shelf, folder, clock };
}

async function put(shelf: Shelf, size = 10): Promise<string> {
  const id = (await shelf.begin(size))!;
  await shelf.append(id, 0, new Uint8Array(size).fill(size));
  return id;
}

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

describe("a file on the shelf", () => {
  test("is there once all its parts are, in their order", async () => {
    const { shelf } = await aShelf();
    const id = (await shelf.begin(5))!;
    expect(await shelf.append(id, 0, Uint8Array.of(1, 2, 3))).toEqual({
      received: 3,
      size: 5,
      isTaken: true,
    });
    expect([shelf.sizeOf(id), await shelf.read(id)]).toEqual([undefined, undefined]);
    expect(await shelf.append(id, 3, Uint8Array.of(4, 5))).toEqual({ received: 5, size: 5, isTaken: true });
    expect([...(await shelf.read(id))!]).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    ["a part that came before", 0, 3],
    ["a part that leaves a hole", 4, 1],
    ["more than was announced", 3, 3],
    ["nothing", 3, 0],
  ])("takes no part that does not belong there: %s", async (_what, at, size) => {
    const { shelf } = await aShelf();
    const id = (await shelf.begin(5))!;
    await shelf.append(id, 0, new Uint8Array(3).fill(1));
    expect(await shelf.append(id, at, new Uint8Array(size).fill(9))).toEqual({
      received: 3,
      size: 5,
      isTaken: false,
    });
    await shelf.append(id, 3, Uint8Array.of(2, 2));
    expect([...(await shelf.read(id))!]).toEqual([1, 1, 1, 2, 2]);
  });

  test("takes one part at a time", async () => {
    const { shelf } = await aShelf();
    const id = (await shelf.begin(4))!;
    const both = [0, 0].map((at) => shelf.append(id, at, Uint8Array.of(1, 2)));
    expect((await Promise.all(both)).map((one) => one?.isTaken)).toEqual([true, false]);
  });

  test("goes on after the disk failed, with the part that failed", async () => {
    const { shelf, folder } = await aShelf();
    const id = (await shelf.begin(4))!;
    mkdirSync(join(folder, `${id}.part`));
    await expect(shelf.append(id, 0, Uint8Array.of(1, 2))).rejects.toMatchObject({ code: "EISDIR" });
    rmSync(join(folder, `${id}.part`), { recursive: true });
    // As a full disk leaves it: made, and with less in it than was to be written.
    writeFileSync(join(folder, `${id}.part`), "9", { mode: 0o600 });
    await shelf.append(id, 0, Uint8Array.of(1, 2));
    await shelf.append(id, 2, Uint8Array.of(3, 4));
    expect([...(await shelf.read(id))!]).toEqual([1, 2, 3, 4]);
  });

  test("can be read by this user only", async () => {
    const { shelf, folder } = await aShelf();
    const unfinished = (await shelf.begin(4))!;
    await shelf.append(unfinished, 0, Uint8Array.of(1));
    await put(shelf);
    expect(modeOf(folder)).toBe("700");
    expect(readdirSync(folder).map((name) => modeOf(join(folder, name)))).toEqual(["600", "600"]);
  });

  test.each(["", "..", "../secret", "x", "0".repeat(31), `${"0".repeat(32)}.part`])(
    "is not found by the name %j",
    async (name) => {
      const { shelf, folder } = await aShelf();
      writeFileSync(join(folder, "..", "secret"), "secret");
      expect(await shelf.read(name)).toBeUndefined();
      expect(await shelf.append(name, 0, Uint8Array.of(1))).toBeUndefined();
    },
  );

  test("that was replaced by a link is not followed", async () => {
    const { shelf, folder } = await aShelf();
    const id = await put(shelf);
    writeFileSync(join(folder, "..", "secret"), "secret");
    rmSync(join(folder, id));
    symlinkSync(join(folder, "..", "secret"), join(folder, id));
    await expect(shelf.read(id)).rejects.toMatchObject({ code: "ELOOP" });
  });

  test("whose unfinished file was replaced by a link is not written through it", async () => {
    const { shelf, folder } = await aShelf();
    const id = (await shelf.begin(4))!;
    await shelf.append(id, 0, Uint8Array.of(1));
    rmSync(join(folder, `${id}.part`));
    symlinkSync(join(folder, "..", "made"), join(folder, `${id}.part`));
    await expect(shelf.append(id, 1, Uint8Array.of(1))).rejects.toMatchObject({ code: "ELOOP" });
    expect(readdirSync(join(folder, ".."))).toEqual(["files"]);
  });
});

describe("room is made", () => {
  test("by the oldest files: for more of them, and for more bytes", async () => {
    const { shelf, folder } = await aShelf();
    const ids = [await put(shelf), await put(shelf), await put(shelf), await put(shelf)];
    expect(ids.map((id) => shelf.sizeOf(id))).toEqual([undefined, 10, 10, 10]);
    await put(shelf, 85);
    expect(ids.map((id) => shelf.sizeOf(id))).toEqual([undefined, undefined, undefined, 10]);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("not by files that are being written, nor for one that is larger than all", async () => {
    const { shelf } = await aShelf();
    expect(await shelf.begin(101)).toBeUndefined();
    for (let count = 0; count < 3; count += 1) expect(await shelf.begin(1)).toBeDefined();
    expect(await shelf.begin(1)).toBeUndefined();
  });

  test("by age, of what is whole and sooner of what is not", async () => {
    const { shelf, folder, clock } = await aShelf();
    const whole = await put(shelf);
    const unfinished = (await shelf.begin(4))!;
    await shelf.append(unfinished, 0, Uint8Array.of(1));
    await clock.advance(usual.unfinishedAge + 1);
    await shelf.sweep();
    expect(readdirSync(folder)).toEqual([whole]);
    expect(await shelf.append(unfinished, 1, Uint8Array.of(1))).toBeUndefined();
    await clock.advance(usual.age);
    await shelf.sweep();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("after a restart", () => {
  test("whole files are there, what is unfinished or was put there by others is not", async () => {
    const { shelf, folder, clock } = await aShelf();
    const id = await put(shelf);
    const unfinished = (await shelf.begin(4))!;
    await shelf.append(unfinished, 0, Uint8Array.of(1));
    mkdirSync(join(folder, "else"));
    const next = (await aShelf({ folder, clock })).shelf;
    expect([next.sizeOf(id), next.sizeOf(unfinished)]).toEqual([10, undefined]);
    expect(readdirSync(folder)).toEqual([id]);
  });

  test("the oldest still go first, and what grew too old meanwhile is gone", async () => {
    const { shelf, folder, clock } = await aShelf();
    const ids = [await put(shelf), await put(shelf), await put(shelf)];
    const at = (days: number) => clock.now() / 1000 - days * 24 * 60 * 60;
    for (const [index, days] of [8, 1, 2].entries())
      utimesSync(join(folder, ids[index]!), at(days), at(days));
    const next = (await aShelf({ folder, clock })).shelf;
    expect(ids.map((id) => next.sizeOf(id))).toEqual([undefined, 10, 10]);
    await put(next);
    await put(next);
    expect(ids.map((id) => next.sizeOf(id))).toEqual([undefined, 10, undefined]);
  });
});

/** A disk of 64 KiB. */
const smallDisk = mkdtempSync(join(tmpdir(), "shelf-disk-"));
const hasDisk = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", smallDisk]).status === 0;
afterAll(() => {
  if (hasDisk) spawnSync("umount", ["-l", smallDisk]);
  rmSync(smallDisk, { recursive: true, force: true });
});

test.runIf(hasDisk)(
  "a part for which the disk has too little room is not taken, and comes again",
  async () => {
    const { shelf } = await aShelf({ folder: join(smallDisk, "files"), limits: { bytes: 1024 * 1024 } });
    writeFileSync(join(smallDisk, "ballast"), Buffer.alloc(40 * 1024));
    const bytes = new Uint8Array(40 * 1024).fill(7);
    const id = (await shelf.begin(bytes.length))!;
    await expect(shelf.append(id, 0, bytes)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(shelf.sizeOf(id)).toBeUndefined();
    rmSync(join(smallDisk, "ballast"));
    expect(await shelf.append(id, 0, bytes)).toMatchObject({ received: bytes.length, isTaken: true });
    expect(Buffer.from(bytes).equals((await shelf.read(id))!)).toBe(true);
  },
);
