import fc from "fast-check";
import { expect, test } from "vitest";
import { PlainText } from "./plain-text.ts";
import { lastCharacters, TextTail } from "./text-tail.ts";

const plain = (...pieces: readonly Uint8Array[]) => {
  const text = new PlainText();
  return pieces.map((piece) => text.add(piece)).join("") + text.end();
};

test.each([
  ["\x1b[1;31mred\x1b[0m", "red"],
  ["\x1b]0;title\x07a", "a"],
  ["\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"],
  ["\x1b(Ba\x1b=b\x1bMc", "abc"],
  ["\x1b]never ended\nnext", "\nnext"],
  ["\x1b[12\nnext", "\nnext"],
  ["a\r\nb\rc", "a\nb\nc"],
  ["a\x00\x07\x08b\x7f\x85c", "abc"],
  ["\u202eabc\u200b\ufeffd", "abcd"],
  ["tab\tstays\n", "tab\tstays\n"],
])("%j is %j", (text, expected) => {
  expect(plain(Buffer.from(text))).toBe(expected);
});

const output = fc
  .array(
    fc.constantFrom("a", "é", "😀", "\x1b", "[", "]", "31m", ";", "\x07", "\\", "\r", "\n", "\u202e", "\xff"),
    { maxLength: 30 },
  )
  .map((parts) => Buffer.from(parts.join(""), "utf8"));

test("however the bytes are cut, the text is the same, and holds nothing that is not seen", () => {
  fc.assert(
    fc.property(output, fc.array(fc.nat(60)), (bytes, cuts) => {
      const at = [
        0,
        ...cuts.filter((cut) => cut < bytes.length).sort((one, other) => one - other),
        bytes.length,
      ];
      const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      const text = plain(...pieces);
      expect(text).toBe(plain(bytes));
      expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
    { numRuns: 2_000 },
  );
});

test("a tail is the end of all that was added, from any position, and remembers how much there was", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme" })),
      fc.integer({ min: 1, max: 30 }),
      fc.nat(200),
      (pieces, most, position) => {
        const tail = new TextTail(most);
        for (const piece of pieces) tail.add(piece);
        const all = pieces.join("");
        const { text, lost } = tail.from(position);
        expect(tail.total).toBe(all.length);
        expect(text.length).toBeLessThanOrEqual(most);
        expect(all.slice(position).endsWith(text)).toBe(true);
        if (position <= all.length) expect(lost + text.length).toBe(all.length - position);
        expect(lastCharacters(all, most)).not.toMatch(/^[\udc00-\udfff]/);
      },
    ),
    { numRuns: 1_000 },
  );
});
