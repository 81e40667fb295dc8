/** Class H of the security cases: what is outside never comes in, and no answer names a path of the host. */
import { linkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  applyPatch,
  bashTool,
  edit,
  find,
  grep,
  ls,
  type PlaceContext,
  read,
  type Tool,
  write,
} from "@clawd/tools";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aWorld, canary, type World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = aWorld();
  const links = {
    direct: "../outside/canary",
    directory: "../outside",
    up: "..",
    absolute: world.outside,
    root: "/",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(world.workspace, name));
  symlinkSync("direct", join(world.workspace, "chain"));
  world.file("inner/file", "inner\n");
});
afterEach(() => world.end());

const patch = (path: string) =>
  `*** Begin Patch\n*** Update File: ${path}\n@@\n-${canary}\n+changed\n*** End Patch`;
const addition = (path: string) => `*** Begin Patch\n*** Add File: ${path}\n+planted\n*** End Patch`;
const move = (path: string) =>
  `*** Begin Patch\n*** Update File: inner/file\n*** Move to: ${path}\n@@\n-inner\n+moved\n*** End Patch`;

const uses: Readonly<Record<string, readonly [Tool<PlaceContext>, (path: string) => unknown]>> = {
  read: [read, (path) => ({ path })],
  write: [write, (path) => ({ path, content: "planted" })],
  edit: [edit, (path) => ({ path, oldText: canary, newText: "changed" })],
  "apply_patch, update": [applyPatch, (path) => ({ input: patch(path) })],
  "apply_patch, add": [applyPatch, (path) => ({ input: addition(path) })],
  "apply_patch, move": [applyPatch, (path) => ({ input: move(path) })],
  ls: [ls, (path) => ({ path })],
  grep: [grep, (path) => ({ pattern: "CANARY", path })],
  find: [find, (path) => ({ pattern: "*", path })],
  "bash, workdir": [bashTool(), (path) => ({ command: "ls; cat canary", workdir: path })],
};

const written = (world: World): readonly string[] => [
  "../outside/canary",
  "inner/../../outside/canary",
  "..\\outside\\canary",
  join(world.outside, "canary"),
  world.outside,
  `/${world.outside}/canary`,
  `/proc/self/cwd/../outside/canary`,
  `/proc/self/root${world.outside}/canary`,
  `file://${world.outside}/canary`,
  `@${world.outside}/canary`,
  "~/canary",
  "C:\\canary",
  "\\\\host\\share",
  "%2e%2e/outside/canary",
  "\u2025/outside/canary",
  "\uff0e\uff0e/outside/canary",
  "..\u2215outside\u2215canary",
  "a\0b",
  "/etc/passwd",
  "/proc/self/environ",
  "/dev/stdin",
  "direct",
  "chain",
  "directory/canary",
  "directory/new",
  "up/outside/canary",
  "absolute/canary",
  "root/etc/passwd",
  `root${world.outside}/canary`,
  "inner/file/../../../outside/canary",
  "x".repeat(300),
  "",
];

describe.each(Object.keys(uses))("%s", (name) => {
  const [tool, input] = uses[name]!;

  test("does not get outside, whatever the path, and tells nothing of where it is", async () => {
    const before = world.surroundings();
    for (const path of written(world)) {
      const { text, isError, details } = await world.call(tool, input(path));
      // A name with percent signs is a name: what is made of it is inside.
      if (!path.startsWith("%")) expect(isError, `${path}: ${text}`).toBe(true);
      expect(text).not.toContain(canary);
      const own = path.includes(world.outside) ? world.outside : path;
      expect(text.replaceAll(own, ""), path).not.toMatch(/clawd-tools-|\/proc\/self\/fd|\/tmp\//);
      expect(JSON.stringify(details ?? {})).not.toContain(canary);
    }
    expect(world.surroundings()).toBe(before);
  });
});

test("grep and find do not go through links on their way", async () => {
  const found = await world.call(find, { pattern: "**" });
  expect(found.text.split("\n").sort()).toEqual([
    "absolute",
    "chain",
    "direct",
    "directory",
    "inner/",
    "inner/file",
    "root",
    "up",
  ]);
  expect((await world.call(grep, { pattern: "CANARY|root:" })).text).toBe("No matches found");
});

test("a second name of a file outside is not written through", async () => {
  linkSync(join(world.outside, "canary"), join(world.workspace, "second"));
  const before = world.surroundings();
  for (const [tool, input] of [uses["write"]!, uses["edit"]!, uses["apply_patch, update"]!])
    expect(await world.call(tool, input("second"))).toMatchObject({ isError: true });
  expect(world.surroundings()).toBe(before);
});

test("every answer says in its details where it was carried out", async () => {
  const receipt = { place: "host", uid: process.getuid!() };
  for (const [tool, input] of Object.values(uses)) {
    expect((await world.call(tool, input("inner"))).details).toMatchObject({ receipt });
    expect((await world.call(tool, input("../x"))).details).toMatchObject({ receipt });
  }
});

test("without the place nothing is done, anywhere", async () => {
  const { ClawdError } = await import("@clawd/kernel");
  const place = () =>
    Promise.reject(new ClawdError("CLAWD_ENGINE_UNAVAILABLE", "No engine.", { hint: "Start it." }));
  const before = world.surroundings();
  for (const [tool, input] of Object.values(uses))
    expect(await world.call(tool, input("inner/file"), { place })).toMatchObject({
      isError: true,
      text: "No engine. Start it.",
    });
  expect(world.surroundings()).toBe(before);
  expect(world.text("inner/file")).toBe("inner\n");
});

test("a parameter that is not known is named", async () => {
  const { text, isError } = await world.call(read, { path: "inner/file", approved: true });
  expect([isError, text]).toEqual([true, expect.stringContaining("approved")]);
});
