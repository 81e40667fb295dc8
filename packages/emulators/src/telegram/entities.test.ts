import fc from "fast-check";
import { expect, test } from "vitest";
import { entityText, withFoundEntities } from "./entities.ts";
import { parseHtml } from "./html.ts";

const found = (text: string) =>
  withFoundEntities(text).map((entity) => [entity.type, entityText(text, entity)]);

test.each([
  ["hi @ada_l", [["mention", "@ada_l"]]],
  ["🦞 @ada_l", [["mention", "@ada_l"]]],
  ["/start now", [["bot_command", "/start"]]],
  ["/start@clawd_bot now", [["bot_command", "/start@clawd_bot"]]],
  ["a/b and 1/2", []],
  ["see https://example.org/@ada_l.", [["url", "https://example.org/@ada_l"]]],
  ["#news and #1", [["hashtag", "#news"]]],
  ["a@bcd.org @ab", []],
])("%s", (text, expected) => {
  expect(found(text)).toEqual(expected);
});

test("offsets count UTF-16 code units", () => {
  expect(withFoundEntities("🦞🦞 @ada")).toEqual([{ type: "mention", offset: 5, length: 4 }]);
});

test("entities lie within any text, in order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("@ada", "/go", "🦞", " ", "#tag", "https://x.y/", "\ud83e")),
      (parts) => {
        const text = parts.join("");
        let last = 0;
        for (const { offset, length } of withFoundEntities(text)) {
          expect(offset).toBeGreaterThanOrEqual(last);
          expect(offset + length).toBeLessThanOrEqual(text.length);
          last = offset;
        }
      },
    ),
  );
});

test("text escaped for HTML comes back as it was", () => {
  const escape = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(parseHtml(escape(text))).toEqual({ text, entities: [] });
      expect(parseHtml(`<b>${escape(text)}</b>`).text).toBe(text);
    }),
  );
});
