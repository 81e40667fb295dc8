/** Finds what Telegram's servers mark in a plain text: mentions, commands, links, hashtags. UTF-16 code units. */
import type { Entity } from "./wire.ts";

const patterns: readonly (readonly [type: string, pattern: RegExp])[] = [
  ["url", /(?<![\w@])https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g],
  ["mention", /(?<![\w/@])@[A-Za-z]\w{2,31}(?!\w)/g],
  ["bot_command", /(?<![\w/<>])\/\w{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/])/g],
  ["hashtag", /(?<![\w&/#])#[\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*/gu],
];

/** In these nothing is marked: `@name` inside code mentions nobody. */
const opaque = new Set(["code", "pre", "text_link", "text_mention"]);

/** `given` (formatting made by the sender) and the entities found beside them, in order of their offset. */
export function withFoundEntities(text: string, given: readonly Entity[] = []): readonly Entity[] {
  const taken = given.filter(({ type }) => opaque.has(type));
  const found: Entity[] = [];
  for (const [type, pattern] of patterns) {
    for (const { index, 0: match } of text.matchAll(pattern)) {
      const entity = { type, offset: index, length: match.length };
      if (![...taken, ...found].some((other) => overlaps(entity, other))) found.push(entity);
    }
  }
  const known = new Set(given.map(keyOf));
  return [...given, ...found.filter((entity) => !known.has(keyOf(entity)))].sort(
    (a, b) => a.offset - b.offset || b.length - a.length,
  );
}

const keyOf = ({ type, offset, length }: Entity): string => `${type}:${offset}:${length}`;

const overlaps = (a: Entity, b: Entity): boolean =>
  a.offset < b.offset + b.length && b.offset < a.offset + a.length;

/** The text under an entity. */
export const entityText = (text: string, { offset, length }: Entity): string =>
  text.slice(offset, offset + length);
