/** `parse_mode: "HTML"`: the text without its tags, and the entities the tags meant. */
import { badRequest } from "./api-error.ts";
import type { Entity } from "./wire.ts";

const types: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  a: "text_link",
};

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface OpenTag {
  readonly name: string;
  readonly attributes: string;
  readonly offset: number;
}

/** @throws ApiError 400 "can't parse entities: …" as the real server; byte offsets count UTF-8. */
export function parseHtml(source: string): { readonly text: string; readonly entities: readonly Entity[] } {
  let text = "";
  const open: OpenTag[] = [];
  const entities: Entity[] = [];
  const token = /<(\/?)([a-zA-Z][\w-]*)?([^<>]*)>|<|&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));|[^<&]+|&/g;
  for (const match of source.matchAll(token)) {
    const [whole, slash, tag, attributes = "", decimal, hexadecimal, name] = match;
    const at = Buffer.byteLength(source.slice(0, match.index));
    if (whole.startsWith("<")) {
      const found = tag?.toLowerCase();
      if (found === undefined || !Object.hasOwn(types, found)) {
        throw unparsable(`Unsupported start tag "${found ?? ""}" at byte offset ${at}`);
      }
      if (slash === "") open.push({ name: found, attributes, offset: text.length });
      else {
        const start = open.pop();
        if (start === undefined) throw unparsable(`Unexpected end tag at byte offset ${at}`);
        if (start.name !== found) {
          throw unparsable(
            `Unmatched end tag at byte offset ${at}, expected "</${start.name}>", found "</${found}>"`,
          );
        }
        if (text.length > start.offset) entities.push(entityOf(start, text.length));
      }
    } else if (decimal !== undefined || hexadecimal !== undefined) {
      const code = decimal === undefined ? parseInt(hexadecimal!, 16) : Number(decimal);
      text += code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    } else {
      text += name !== undefined && Object.hasOwn(named, name) ? named[name]! : whole;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    throw unparsable(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  }
  return { text, entities: entities.sort((a, b) => a.offset - b.offset || b.length - a.length) };
}

function entityOf({ name, attributes, offset }: OpenTag, end: number): Entity {
  const href = attributes.match(/href\s*=\s*["']?([^"'\s>]+)/i)?.[1];
  const entity = { type: types[name]!, offset, length: end - offset };
  return name === "a" && href !== undefined ? { ...entity, url: href } : entity;
}

const unparsable = (reason: string) => badRequest(`can't parse entities: ${reason}`);
