import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { applyPatch, type PlaceContext } from "@clawd/tools";
import { ClawdError } from "@clawd/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => void (world = aWorld()));
afterEach(() => world.end());

const patched = (body: string, more?: Partial<PlaceContext>) =>
  world.call(applyPatch, { input: `*** Begin Patch\n${body}\n*** End Patch` }, more);
const isThere = (path: string) => existsSync(join(world.workspace, path));

test("adds, updates, moves and deletes in one go", async () => {
  world.file("old.txt", "a\nb\nc\n");
  world.file("moving.txt", "1\n2\n");
  world.file("gone.txt", "x");
  const { text, isError } = await patched(
    "*** Add File: new/n.txt\n+hello\n+\n*** Update File: old.txt\n@@\n a\n-b\n+B\n*** Update File: moving.txt\n*** Move to: sub/moved.txt\n@@\n-2\n+two\n*** Delete File: gone.txt",
  );
  expect([isError, text]).toEqual([
    false,
    "A new/n.txt\nM old.txt\nM moving.txt -> sub/moved.txt\nD gone.txt",
  ]);
  expect(["new/n.txt", "old.txt", "sub/moved.txt"].map(world.text)).toEqual([
    "hello\n\n",
    "a\nB\nc\n",
    "1\ntwo\n",
  ]);
  expect([isThere("moving.txt"), isThere("gone.txt")]).toEqual([false, false]);
});

test("several hunks are found in order, each after its anchors", async () => {
  world.file("a.ts", "class A {\n  run() {\n    x();\n  }\n}\nclass B {\n  run() {\n    x();\n  }\n}\n");
  await patched(
    "*** Update File: a.ts\n@@ class B {\n@@   run() {\n-    x();\n+    y();\n@@\n }\n+// end\n*** End of File",
  );
  expect(world.text("a.ts")).toBe(
    "class A {\n  run() {\n    x();\n  }\n}\nclass B {\n  run() {\n    y();\n  }\n}\n// end\n",
  );
});

test("the first hunk needs no @@, and whitespace at the ends of lines does not count", async () => {
  world.file("a.txt", "one  \ntwo\n");
  await patched("*** Update File: a.txt\n one\n-two\n+2");
  expect(world.text("a.txt")).toBe("one  \n2\n");
});

test("CRLF and the mark of byte order stay", async () => {
  world.file("a.txt", "\ufeffone\r\ntwo\r\n");
  await patched("*** Update File: a.txt\n@@\n-two\n+2\n+3");
  expect(world.text("a.txt")).toBe("\ufeffone\r\n2\r\n3\r\n");
});

test("a file without a line break at its end keeps none", async () => {
  world.file("a.txt", "one\ntwo");
  await patched("*** Update File: a.txt\n@@\n-one\n+1");
  expect(world.text("a.txt")).toBe("1\ntwo");
});

test("sections see what the ones before them did, under any way to write a path", async () => {
  await patched("*** Add File: a.txt\n+one\n*** Update File: ./a.txt\n@@\n-one\n+two");
  expect(world.text("a.txt")).toBe("two\n");
});

test.each([
  ["an end", "*** Begin Patch\n*** Add File: a\n+x"],
  ["a beginning", "*** Add File: a\n+x\n*** End Patch"],
  ["a section", "*** Begin Patch\n*** End Patch"],
  ["a path", "*** Begin Patch\n*** Add File: \n+x\n*** End Patch"],
  ["hunks", "*** Begin Patch\n*** Update File: a\n*** End Patch"],
  ["known lines", "*** Begin Patch\n*** Add File: a\nx\n*** End Patch"],
  ["lines in a hunk", "*** Begin Patch\n*** Update File: a\n@@\n*** End Patch"],
])("a patch without %s is refused", async (_, input) => {
  expect(await world.call(applyPatch, { input })).toMatchObject({
    isError: true,
    details: { code: "patch" },
  });
});

test.each([
  ["does not fit", "*** Update File: b.txt\n@@\n-nothing like it\n+x"],
  ["adds what is there", "*** Add File: b.txt\n+x"],
  ["deletes what is not there", "*** Delete File: missing"],
  ["updates what is not there", "*** Update File: missing\n@@\n-x"],
  ["moves onto a file", "*** Update File: b.txt\n*** Move to: c.txt\n@@\n-b\n+x"],
  ["leads outside", "*** Add File: ../outside/planted\n+x"],
])("when the last section %s, nothing is changed", async (_, section) => {
  world.file("a.txt", "a\n");
  world.file("b.txt", "b\n");
  world.file("c.txt", "c\n");
  const answer = await patched(`*** Update File: a.txt\n@@\n-a\n+A\n*** Add File: new/x\n+x\n${section}`);
  expect(answer.isError).toBe(true);
  expect(["a.txt", "b.txt", "c.txt"].map(world.text)).toEqual(["a\n", "b\n", "c\n"]);
  expect(isThere("new")).toBe(false);
});

/** A place whose disk is full, or whose file changes, at the n-th change. */
function failingAt(count: number): Partial<PlaceContext> {
  let changes = 0;
  const { files } = world.place;
  const failing = {
    ...files,
    write: (...args: Parameters<typeof files.write>) => (isTurn() ? full() : files.write(...args)),
    remove: (...args: Parameters<typeof files.remove>) => (isTurn() ? full() : files.remove(...args)),
  };
  const isTurn = () => ++changes === count;
  const full = () => Promise.reject(new ClawdError("CLAWD_FILE_FULL", "Full.", { hint: "Free some." }));
  return { place: () => Promise.resolve({ ...world.place, files: failing }) };
}

test.each([1, 2, 3, 4, 5])("a fault at change %i takes the others back", async (count) => {
  world.file("a.txt", "a\n");
  world.file("m.txt", "m\n");
  world.file("d.txt", "d\n");
  const before = world.surroundings();
  const answer = await patched(
    "*** Update File: a.txt\n@@\n-a\n+A\n*** Add File: new/deep/n.txt\n+n\n*** Update File: m.txt\n*** Move to: moved.txt\n@@\n-m\n+M\n*** Delete File: d.txt",
    failingAt(count),
  );
  expect(answer).toMatchObject({
    isError: true,
    text: expect.stringContaining("Nothing was changed."),
    details: { code: "CLAWD_FILE_FULL" },
  });
  expect(["a.txt", "m.txt", "d.txt"].map(world.text)).toEqual(["a\n", "m\n", "d\n"]);
  expect([isThere("new"), isThere("moved.txt")]).toEqual([false, false]);
  expect(world.surroundings()).toBe(before);
});

test("a hunk made from two texts turns the one into the other", async () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "", "  d"), { maxLength: 8 });
  const property = fc.asyncProperty(lines, lines, lines, async (top, old, now) => {
    fc.pre(old.length > 0 || now.length > 0);
    const bottom = ["the end"];
    const all = [...top, ...old, ...bottom];
    // The whole file is the hunk, so that it fits in one way only.
    const hunk = [
      ...top.map((line) => ` ${line}`),
      ...old.map((line) => `-${line}`),
      ...now.map((line) => `+${line}`),
      ...bottom.map((line) => ` ${line}`),
    ];
    world.file("a.txt", `${all.join("\n")}\n`);
    const { isError, text } = await patched(
      `*** Update File: a.txt\n@@\n${hunk.join("\n")}\n*** End of File`,
    );
    expect(isError, text).toBe(false);
    expect(world.text("a.txt")).toBe(`${[...top, ...now, ...bottom].join("\n")}\n`);
  });
  await fc.assert(property, { numRuns: 200 });
});
