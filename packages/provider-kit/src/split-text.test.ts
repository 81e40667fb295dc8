import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitText } from "./split-text.ts";

const prose = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("\n\n", "\n", ". ", " ", "\r\n", "👨‍👩‍👧", "🇩🇪🇫🇷", "e\u0301", "\ud83d", "```\n"),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

describe("splitText", () => {
  test("INVARIANT: the pieces joined are the text, and none is empty or too long", () => {
    fc.assert(
      fc.property(prose, fc.integer({ min: 2, max: 40 }), (text, limit) => {
        const pieces = splitText(text, limit);
        expect(pieces.join("")).toBe(text);
        expect(pieces.every((piece) => piece.length > 0 && piece.length <= limit)).toBe(true);
      }),
    );
  });

  test("never cuts a surrogate pair", () => {
    const text = `a${"🦞".repeat(50)}`;
    for (const piece of splitText(text, 7)) expect(piece).toBe(Buffer.from(piece).toString());
  });

  test("never cuts a grapheme that fits into a piece", () => {
    const family = "👨‍👩‍👧‍👦";
    expect(splitText(family.repeat(3), family.length * 2 - 1)).toEqual([family, family, family]);
    expect(splitText("🇩🇪🇫🇷🇮🇹", 6)).toEqual(["🇩🇪", "🇫🇷", "🇮🇹"]);
  });

  test("cuts a grapheme that is longer than the limit between code points", () => {
    const text = "a" + "\u0301".repeat(9);
    expect(splitText(text, 4).map((piece) => piece.length)).toEqual([4, 4, 2]);
  });

  test("does not take a space with a mark on it for the end of a word", () => {
    expect(splitText("aaaa \u0301bbb", 6)).toEqual(["aaaa \u0301", "bbb"]);
    expect(splitText("aaaa \u0301bbb", 5)).toEqual(["aaaa", " \u0301bbb"]);
  });

  test("prefers a paragraph to a line, a line to a sentence, a sentence to a word", () => {
    expect(splitText("One two.\n\nThree four. Five six", 24)).toEqual([
      "One two.\n\nThree four. ",
      "Five six",
    ]);
    expect(splitText("One two three.\n\nFour\nfive. Six seven", 26)).toEqual([
      "One two three.\n\n",
      "Four\nfive. Six seven",
    ]);
    expect(splitText("One two three\nFour five six. Seven", 26)).toEqual([
      "One two three\n",
      "Four five six. Seven",
    ]);
    expect(splitText("One two three. Four five six seven", 26)).toEqual([
      "One two three. ",
      "Four five six seven",
    ]);
    expect(splitText("One two three four five six", 22)).toEqual(["One two three four ", "five six"]);
    expect(splitText("一二三四五六七。八九十一二三", 10)).toEqual(["一二三四五六七。", "八九十一二三"]);
  });

  test("does not cut so early that most of a piece is given away", () => {
    expect(splitText("A.\n\nbbbb bbbb bbbb bbbb", 20)[0]).toBe("A.\n\nbbbb bbbb bbbb ");
  });

  test("makes no piece of white space alone where it can be helped", () => {
    expect(splitText("  abcdefgh", 6)).toEqual(["  abcd", "efgh"]);
  });

  test("keeps a text that fits whole, and makes nothing of an empty one", () => {
    expect(splitText("1234567890", 10)).toEqual(["1234567890"]);
    expect(splitText("", 10)).toEqual([]);
  });

  test.each([1, 0, -5, 2.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses the limit %d", (limit) => {
    expect(() => splitText("text", limit)).toThrow(expect.objectContaining({ code: "CLAWD_SPLIT_LIMIT" }));
  });

  test("does not rewrite code fences", () => {
    const text = "```ts\n" + "const a = 1;\n".repeat(10) + "```";
    expect(splitText(text, 60).join("")).toBe(text);
  });
});
