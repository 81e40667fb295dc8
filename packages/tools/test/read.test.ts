import fc from "fast-check";
import { read, write } from "@clawd/tools";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => void (world = aWorld()));
afterEach(() => world.end());

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

test("a short file is given whole", async () => {
  world.file("a.txt", "one\ntwo\n");
  expect(await world.call(read, { path: "a.txt" })).toMatchObject({ text: "one\ntwo", isError: false });
});

test("2000 lines are the most, and the next offset is named", async () => {
  world.file("a.txt", numbered(2_345).join("\n"));
  const { text, details } = await world.call(read, { path: "a.txt" });
  expect(text.split("\n").slice(1998)).toEqual([
    "line 1999",
    "line 2000",
    "",
    "[There is more: go on with offset=2001.]",
  ]);
  expect(details).toMatchObject({ from: 1, to: 2000, next: 2001 });
});

test("50 KB are the most, in whole lines", async () => {
  world.file("a.txt", Array.from({ length: 100 }, () => "é".repeat(500)).join("\n"));
  const { text, details } = await world.call(read, { path: "a.txt" });
  expect(Buffer.byteLength(text.split("\n\n[")[0]!)).toBeLessThanOrEqual(51_200);
  expect(details).toMatchObject({ to: 51, next: 52 });
});

test("a line that is longer than a page is cut and told, and the next one is reached", async () => {
  world.file("a.txt", `${"é".repeat(60_000)}\nafter`);
  const { text, details } = await world.call(read, { path: "a.txt" });
  expect(text).toContain("[Line 1 is longer than 50 KB and is cut");
  expect(text).not.toContain("\ufffd");
  expect(details).toMatchObject({ next: 2 });
  expect((await world.call(read, { path: "a.txt", offset: 2 })).text).toBe("after");
});

test.each([
  ["a file", "a\nb\n", 4, "Line 4 is beyond the end of the file, which has 2 lines."],
  ["an empty file", "", 2, "Line 2 is beyond the end of the file, which has 0 lines."],
])("an offset beyond the end of %s is a mistake", async (_, content, offset, message) => {
  world.file("a.txt", content);
  expect(await world.call(read, { path: "a.txt", offset })).toMatchObject({ isError: true, text: message });
});

test("an empty file is told to be empty", async () => {
  world.file("a.txt", "");
  expect(await world.call(read, { path: "a.txt" })).toMatchObject({ text: "(empty file)", isError: false });
});

test("what is no text is not shown", async () => {
  world.file("a.bin", Buffer.from([1, 0, 2]));
  expect(await world.call(read, { path: "a.bin" })).toMatchObject({
    isError: true,
    text: expect.stringContaining("no text file (3 bytes)"),
  });
});

test.each([
  ["directory", "."],
  ["missing", "missing"],
])("a %s is a fault", async (_, path) => {
  expect(await world.call(read, { path })).toMatchObject({ isError: true });
});

const png = (width: number, height: number) => {
  const bytes = Buffer.alloc(64);
  Buffer.from("\x89PNG\r\n\x1a\n", "latin1").copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
};

test("a picture is shown as what its bytes are, whatever its name says", async () => {
  world.file("photo.jpg", png(10, 20));
  const { content, details } = await world.call(read, { path: "photo.jpg" });
  expect(content[0]).toEqual({ type: "text", text: "Read image file [image/png]" });
  expect(content[1]).toMatchObject({ type: "image", mediaType: "image/png" });
  expect(details).toMatchObject({ width: 10, height: 20 });
});

test.each([
  ["text with a picture's name", "a.png", Buffer.from("text"), "The file is no image/png"],
  ["an empty picture", "a.gif", Buffer.alloc(0), "The picture is empty."],
  ["a picture of too many bytes", "a.png", Buffer.concat([png(1, 1), Buffer.alloc(6_000_000)]), "too large"],
  ["a picture of too many points", "a.png", png(9_000, 1), "9000 × 1"],
])("%s is refused with a reason", async (_, path, bytes, message) => {
  world.file(path, bytes);
  expect(await world.call(read, { path })).toMatchObject({
    isError: true,
    text: expect.stringContaining(message),
  });
});

test("pages put together are the file, line by line", async () => {
  const line = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\r", "\t", " "), maxLength: 20 });
  const property = fc.asyncProperty(
    fc.array(line, { maxLength: 40 }),
    fc.boolean(),
    fc.integer({ min: 1, max: 12 }),
    async (lines, hasEnd, limit) => {
      const text = lines.join("\n") + (hasEnd ? "\n" : "");
      world.file("a.txt", text);
      const expected = text.split("\n");
      if (expected.at(-1) === "") expected.pop();
      const got: string[] = [];
      for (let offset: number | null = 1; offset !== null;) {
        const { text: page, details, isError } = await world.call(read, { path: "a.txt", offset, limit });
        expect(isError).toBe(false);
        const { from, to, next } = details as { from: number; to: number; next?: number | null };
        if (to >= from) got.push(...page.split("\n").slice(0, to - from + 1));
        offset = next ?? null;
      }
      expect(got).toEqual(expected);
    },
  );
  await fc.assert(property, { numRuns: 100 });
});

test("write tells how many bytes went where, and makes directories", async () => {
  const { text } = await world.call(write, { path: "new/dir/a.txt", content: "é\n" });
  expect(text).toBe("Successfully wrote 3 bytes to new/dir/a.txt");
  expect(world.text("new/dir/a.txt")).toBe("é\n");
});
