import assert from "node:assert/strict";
import { fails, type PlaceCase, type PlaceWorld } from "./world.ts";

/** What is no path of a place, in no operation. */
const refused = [
  "/etc/passwd",
  "/proc/self/environ",
  "/dev/stdin",
  "~/.ssh/id_rsa",
  "../outside",
  "a/../../outside",
  "..\\outside",
  "C:\\outside",
  "\\\\host\\share",
  "file:///etc/passwd",
  "@/etc/passwd",
  "a\0b",
  "a\u2215b",
  "\uff0e\uff0e/outside",
  "",
];

const everyOperation = ({ place }: PlaceWorld, path: string): readonly Promise<unknown>[] => [
  place.files.stat(path),
  place.files.read(path, { maxBytes: 10 }),
  place.files.write(path, Buffer.from("x")),
  place.files.list(path, 10),
  place.files.remove(path),
  place.start({
    argv: ["/bin/true"],
    cwd: path,
    environment: place.environment.base,
    input: "none",
  }),
];

export const pathCases: readonly PlaceCase[] = [
  ...refused.map((path, index) => ({
    id: `path-refused-${index + 1}`,
    promise: `no operation takes ${JSON.stringify(path)} for a path`,
    async run(world: PlaceWorld) {
      for (const operation of everyOperation(world, path)) await fails(operation, "CLAWD_FILE_OUTSIDE");
    },
  })),
  {
    id: "path-relative",
    promise: "relative paths begin at the home, and the home's own path leads there too",
    async run(world) {
      await world.write("a/b.txt", "one");
      assert.equal(await world.read(`${world.place.home}/a/./../a//b.txt`), "one");
    },
  },
  {
    id: "path-odd-names",
    promise: "names with spaces, quotes, dots, dashes and other scripts are plain names",
    async run(world) {
      const names = ["-rf", "..x", "a b", "'\"$(id)`", "%2e%2e", "日本語", "*", "xx:y"];
      for (const name of names) await world.write(name, name);
      for (const name of names) assert.equal(await world.read(name), name);
    },
  },
  {
    id: "path-deep",
    promise: "a path of a hundred directories works",
    async run(world) {
      const path = `${"d/".repeat(100)}f`;
      await world.write(path, "deep");
      assert.equal(await world.read(path), "deep");
    },
  },
];
