import fc from "fast-check";
import { expect, test } from "vitest";
import { placePath } from "./path.ts";

const parse = (path: string) => placePath(path, "/workspace", ["/workspace", "/agent"]);
const outside = expect.objectContaining({ code: "CLAWD_FILE_OUTSIDE" });

test.each([
  ["a/b.txt", 0, ["a", "b.txt"]],
  ["./a//b/../c", 0, ["a", "c"]],
  ["/workspace/a", 0, ["a"]],
  ["/agent/notes.md", 1, ["notes.md"]],
  ["../agent/x", 1, ["x"]],
  [".", 0, []],
  ["..foo/...", 0, ["..foo", "..."]],
  ["./@types/~x", 0, ["@types", "~x"]],
  ["خانه\u200cها.txt", 0, ["خانه\u200cها.txt"]],
])("%j is a path below root %i", (path, root, components) => {
  expect(parse(path)).toEqual({ root, components });
});

/** What class H of the security cases lists, and its neighbours. */
const refused = [
  ..."/etc/passwd|/|/workspacex|/workspace/../etc|../x|a/../../x|..|~|~/.ssh/id_rsa|~root/x|@/etc/passwd|@x".split(
    "|",
  ),
  ..."file:///x|file:x|FILE:/x|http://x/y|C:\\x|c:/x|\\\\host\\share|//host/share|..\\x|a\\..\\b".split("|"),
  ..."/proc/self/environ|/dev/stdin|/workspace/../../../x|a/../../workspacey".split("|"),
  "",
  "a\0b",
  "a\nb",
  "\u2025/x",
  "a\u2215b",
  "\uff0e\uff0e/x",
  "a\u202eb",
  "\u200bx",
  "\ufeffx",
  "\ud800",
  "x".repeat(256),
  "ü".repeat(128),
  "a/".repeat(2100),
];

test.each(refused)("%j is refused", (path) => {
  expect(() => parse(path)).toThrowError(outside);
});

test("a root inside another one is the one that counts", () => {
  expect(placePath("/w/inner/a", "/w", ["/w", "/w/inner"])).toEqual({ root: 1, components: ["a"] });
});

test("whatever is written, names come out that cannot leave a directory", () => {
  const pieces = fc.constantFrom("..", ".", "/", "\\", "a", "workspace", "agent", "~", "@", "%2e", "\0", "…");
  const written = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(written, (path) => {
      try {
        for (const name of parse(path).components) {
          expect(name).not.toMatch(/^\.{0,2}$|[/\0\\]/);
        }
      } catch (fault) {
        expect(fault).toEqual(outside);
      }
    }),
    { numRuns: 5_000 },
  );
});
