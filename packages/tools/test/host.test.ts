import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@clawd/kernel/testing";
import { hostEnvironment, hostPlace, type HostPlaceOptions } from "@clawd/tools/host";
import { afterEach, beforeEach, expect, test } from "vitest";

let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "clawd-host-")));
  for (const name of ["workspace", "other", "notes"]) mkdirSync(join(directory, name));
  writeFileSync(join(directory, "notes/n.md"), "notes");
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string) => join(directory, name);
const aPlace = (more: Partial<HostPlaceOptions> = {}) =>
  hostPlace({ workspace: at("workspace"), environment: hostEnvironment(), ...more });
const coded = (code: string) => expect.objectContaining({ code });

test("another root is reached by its own path, and a read-only one is not written", async () => {
  const { files } = aPlace({
    extraRoots: [
      { path: at("other"), isReadOnly: false },
      { path: at("notes"), isReadOnly: true },
    ],
  });
  await files.write(at("other/a/b"), Buffer.from("x"));
  expect((await files.stat("../other/a/b"))?.size).toBe(1);
  expect(Buffer.from((await files.read(at("notes/n.md"), { maxBytes: 9 })).bytes).toString()).toBe("notes");
  for (const change of [
    files.write(at("notes/n.md"), Buffer.from("x")),
    files.write(at("notes/new/x"), Buffer.from("x")),
    files.remove(at("notes/n.md")),
  ])
    await expect(change).rejects.toThrowError(coded("CLAWD_FILE_READ_ONLY"));
  expect(await files.stat(at("notes/new"))).toBeNull();
});

test("without being a root it is not reached", async () => {
  const { files } = aPlace();
  await expect(files.read(at("notes/n.md"), { maxBytes: 9 })).rejects.toThrowError(
    coded("CLAWD_FILE_OUTSIDE"),
  );
});

test("a root inside another one is not followed where a link was put in its place", async () => {
  mkdirSync(at("workspace/sub/inner"), { recursive: true });
  const { files } = aPlace({ extraRoots: [{ path: at("workspace/sub/inner"), isReadOnly: false }] });
  await files.write(at("workspace/sub/inner/a"), Buffer.from("x"));
  for (const swapped of ["sub/inner", "sub"]) {
    rmSync(join(at("workspace"), swapped), { recursive: true });
    symlinkSync(swapped === "sub" ? directory : at("notes"), join(at("workspace"), swapped));
    mkdirSync(at("inner"), { recursive: true });
    for (const operation of [
      files.list(at("workspace/sub/inner"), 9),
      files.read(at("workspace/sub/inner/n.md"), { maxBytes: 9 }),
      files.write(at("workspace/sub/inner/planted"), Buffer.from("x")),
    ])
      await expect(operation).rejects.toThrowError(
        /CLAWD_FILE_(LINK|KIND)|leads through a link|not the kind/,
      );
  }
  expect(readdirSync(at("notes"))).toEqual(["n.md"]);
  expect(readdirSync(at("inner"))).toEqual([]);
});

test("a link from one root to another is followed for reading, by either of its forms", async () => {
  const { files } = aPlace({ extraRoots: [{ path: at("notes"), isReadOnly: true }] });
  symlinkSync(at("notes"), at("workspace/absolute"));
  symlinkSync("../notes", at("workspace/relative"));
  expect((await files.read("absolute/n.md", { maxBytes: 9 })).stat.size).toBe(5);
  // A relative one climbs out of its root: where it would lead is not looked at.
  await expect(files.read("relative/n.md", { maxBytes: 9 })).rejects.toThrowError(coded("CLAWD_FILE_LINK"));
  await expect(files.write("absolute/n.md", Buffer.from("x"))).rejects.toThrowError(coded("CLAWD_FILE_LINK"));
});

test("a workspace behind a link has its real path as home, and both lead there", async () => {
  symlinkSync("workspace", at("link"));
  const place = aPlace({ workspace: at("link") });
  expect(place.home).toBe(at("workspace"));
  await place.files.write(join(at("link"), "a"), Buffer.from("x"));
  expect(await place.files.stat(join(at("workspace"), "a"))).not.toBeNull();
});

test("a workspace that is not there is a fault, and so is one that goes away", async () => {
  expect(() => aPlace({ workspace: at("missing") })).toThrowError(coded("CLAWD_HOST_PLACE"));
  const { files } = aPlace({ workspace: at("other") });
  rmSync(at("other"), { recursive: true });
  await expect(files.list(".", 1)).rejects.toThrowError(coded("CLAWD_FILE_MISSING"));
});

test("a timeout is a matter of the clock", async () => {
  const clock = fakeClock();
  const place = aPlace({ clock });
  const command = await place.start({
    argv: ["sleep", "60"],
    cwd: ".",
    environment: place.environment.base,
    input: "none",
    timeoutMs: 5_000,
  });
  await clock.advance(4_999);
  let isOver = false;
  void command.exit.then(() => (isOver = true));
  await clock.advance(0);
  expect(isOver).toBe(false);
  await clock.advance(1);
  expect(await command.exit).toMatchObject({ isTimedOut: true, signal: "SIGKILL", durationMs: 5_000 });
});

test("handles are given back, whatever comes of an operation", async () => {
  const { files } = aPlace();
  symlinkSync("nowhere", at("workspace/dangling"));
  symlinkSync("/etc", at("workspace/out"));
  await files.write("a/b/c", Buffer.from("x"));
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  for (let count = 0; count < 50; count++) {
    for (const path of ["a/b/c", "a/b", "missing/x", "a/b/c/d", "dangling", "out/passwd", ".", "../x"]) {
      await files.stat(path).catch(() => undefined);
      await files.read(path, { maxBytes: 9 }).catch(() => undefined);
      await files.list(path, 9).catch(() => undefined);
      await files.write(path, Buffer.from("x"), { version: "other" }).catch(() => undefined);
      await files.remove(path, { version: "other" }).catch(() => undefined);
    }
  }
  expect(open()).toBeLessThanOrEqual(before + 2);
});

test("a file that says that it is empty is refused when it is longer than the limit", async () => {
  const own = `/proc/${process.pid}`;
  const { files } = aPlace({ extraRoots: [{ path: own, isReadOnly: true }] });
  const reading = files.read(`${own}/status`, { maxBytes: 10 });
  await expect(reading).rejects.toThrowError(coded("CLAWD_FILE_TOO_LARGE"));
  expect((await files.read(`${own}/status`, { maxBytes: 100_000 })).bytes.length).toBeGreaterThan(100);
});
