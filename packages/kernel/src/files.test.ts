import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ClawdError } from "./error.ts";
import { ensurePrivateDirectory, writeFileAtomic } from "./files.ts";

let directory: string;
let umask: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clawd-kernel-"));
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  rmSync(directory, { recursive: true });
});

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test("files are 0600 and their directories 0700, whatever the umask", () => {
  const path = join(directory, "a", "b", "file.json");
  writeFileAtomic(path, "{}");
  expect([mode(path), mode(join(directory, "a")), mode(join(directory, "a", "b"))]).toEqual([
    "600",
    "700",
    "700",
  ]);
});

test("a file that was open to others is private after it is replaced", () => {
  const path = join(directory, "file.json");
  writeFileSync(path, "old", { mode: 0o666 });
  writeFileAtomic(path, "new");
  expect([readFileSync(path, "utf8"), mode(path)]).toEqual(["new", "600"]);
});

test("a failed write leaves no temporary file and names the remedy", () => {
  ensurePrivateDirectory(join(directory, "file.json"));
  const write = () => writeFileAtomic(join(directory, "file.json"), "new");
  expect(write).toThrowError(expect.objectContaining({ code: "CLAWD_FILE_WRITE", hint: expect.any(String) }));
  expect(readdirSync(directory)).toEqual(["file.json"]);
});

test("a file where a directory is needed is a fault with a hint", () => {
  writeFileSync(join(directory, "state"), "");
  const write = () => writeFileAtomic(join(directory, "state", "file.json"), "");
  expect(write).toThrowError(expect.objectContaining({ code: "CLAWD_FILE_WRITE" }));
});

test("what is asked last can still keep the old content, and leaves nothing behind", () => {
  const path = join(directory, "file");
  writeFileAtomic(path, "old");
  const stop = new ClawdError("CLAWD_TEST", "Not now.", { hint: "Later." });
  expect(() =>
    writeFileAtomic(path, "new", () => {
      throw stop;
    }),
  ).toThrow(stop);
  expect([readFileSync(path, "utf8"), readdirSync(directory)]).toEqual(["old", ["file"]]);
});
