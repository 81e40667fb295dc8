import fc from "fast-check";
import { edit } from "@clawd/tools";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => void (world = aWorld()));
afterEach(() => world.end());

const change = (oldText: string, newText: string) => world.call(edit, { path: "a.txt", oldText, newText });

test("a text that occurs once is replaced, and the details show the difference", async () => {
  world.file("a.txt", "one\ntwo\nthree\n");
  const { isError, details } = await change("two", "2");
  expect(isError).toBe(false);
  expect(world.text("a.txt")).toBe("one\n2\nthree\n");
  expect(details?.["diff"]).toBe("@@ -1,4 +1,4 @@\n one\n-two\n+2\n three\n ");
});

test.each([
  ["is not there", "one\n", "two", "not in the file"],
  ["occurs twice", "ab ab", "ab", "occurs 2 times and must be unique"],
  ["overlaps itself", "aaa", "aa", "occurs 2 times"],
])("a text that %s changes nothing", async (_, content, oldText, message) => {
  world.file("a.txt", content);
  expect(await change(oldText, "x")).toMatchObject({ isError: true, text: expect.stringContaining(message) });
  expect(world.text("a.txt")).toBe(content);
});

test("a text that stays the same is a mistake", async () => {
  world.file("a.txt", "one");
  expect(await change("one", "one")).toMatchObject({
    isError: true,
    text: expect.stringContaining("no change"),
  });
});

test("the mark of byte order and CRLF stay, and new lines get CRLF", async () => {
  world.file("a.txt", "\ufeffone\r\ntwo\r\n");
  expect(await change("one\ntwo", "1\n2\n3")).toMatchObject({ isError: false });
  expect(world.text("a.txt")).toBe("\ufeff1\r\n2\r\n3\r\n");
});

test("in a file of mixed line ends every other byte stays", async () => {
  world.file("a.txt", "one\r\ntwo\nthree\r\n");
  await change("two", "2");
  expect(world.text("a.txt")).toBe("one\r\n2\nthree\r\n");
});

test("a file that is no UTF-8 is not touched", async () => {
  world.file("a.txt", Buffer.from([0x61, 0xff, 0x62]));
  expect(await change("a", "b")).toMatchObject({ isError: true, details: { code: "CLAWD_FILE_KIND" } });
});

test("patterns of replacement are text", async () => {
  world.file("a.txt", "x");
  await change("x", "$& $1 $` \\0");
  expect(world.text("a.txt")).toBe("$& $1 $` \\0");
});

test("a file that somebody changes meanwhile keeps their change", async () => {
  world.file("a.txt", "one");
  const files = {
    ...world.place.files,
    async read(...args: Parameters<typeof world.place.files.read>) {
      const content = await world.place.files.read(...args);
      world.file("a.txt", "one, theirs");
      return content;
    },
  };
  const place = () => Promise.resolve({ ...world.place, files });
  const answer = await world.call(edit, { path: "a.txt", oldText: "one", newText: "mine" }, { place });
  expect(answer).toMatchObject({ isError: true, details: { code: "CLAWD_FILE_CHANGED" } });
  expect(world.text("a.txt")).toBe("one, theirs");
});

test("a text that is made to cost time costs none", async () => {
  world.file("a.txt", "a".repeat(9_000_000));
  const half = "a".repeat(5_000);
  expect(await change(`${half}b${half}`, "x")).toMatchObject({ isError: true });
  expect(await change("a".repeat(100_000), "x")).toMatchObject({
    isError: true,
    text: expect.stringContaining("occurs 100 times or more"),
  });
});

test("does what a plain replacement does, for any text", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "$", "é"), maxLength: 12 });
  const property = fc.asyncProperty(
    text,
    text.filter((each) => each !== ""),
    text,
    async (content, oldText, newText) => {
      world.file("a.txt", content);
      const pieces = Array.from({ length: content.length }, (_, at) => at).filter((at) =>
        content.startsWith(oldText, at),
      );
      const [at] = pieces;
      const isDone = pieces.length === 1 && oldText !== newText;
      const { isError } = await change(oldText, newText);
      expect(isError).toBe(!isDone);
      expect(world.text("a.txt")).toBe(
        isDone ? content.slice(0, at) + newText + content.slice(at! + oldText.length) : content,
      );
    },
  );
  await fc.assert(property, { numRuns: 300 });
});
