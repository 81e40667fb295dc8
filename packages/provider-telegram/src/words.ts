/** The author's own words, and whom they address. What somebody else wrote never counts as theirs. */
import type { Message, MessageEntity } from "grammy/types";
import type { Bot } from "./bot.ts";

export interface Words {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

const none: Words = { text: "", entities: [] };

/** Everything written in the message, whoever wrote it. */
export function wordsOf(message: Message): Words {
  if (typeof message.text === "string") return { text: message.text, entities: message.entities ?? [] };
  if (typeof message.caption === "string") {
    return { text: message.caption, entities: message.caption_entities ?? [] };
  }
  return none;
}

/** A forward repeats somebody else's words; an inline result is written by the bot it came from. */
export function isBorrowed(message: Message): boolean {
  return message.forward_origin !== undefined || message.via_bot !== undefined;
}

export function ownWords(message: Message): Words {
  return isBorrowed(message) ? none : wordsOf(message);
}

export interface Addressees {
  readonly bot: boolean;
  readonly others: boolean;
}

/**
 * Reads the entities that Telegram marked, never the text around them: `@clawd_bot` inside `@clawd_bot_2` is no mention.
 * Offsets are UTF-16 code units, as in JavaScript.
 */
export function addressees({ text, entities }: Words, bot: Bot): Addressees {
  let isBot = false;
  let others = false;
  for (const entity of entities) {
    const addressed = addressedBy(entity, text, bot);
    if (addressed === "bot") isBot = true;
    if (addressed === "other") others = true;
  }
  return { bot: isBot, others };
}

function addressedBy(entity: MessageEntity, text: string, bot: Bot): "bot" | "other" | "nobody" {
  const span = text.slice(entity.offset, entity.offset + entity.length);
  if (entity.type === "text_mention") return entity.user?.id === bot.id ? "bot" : "other";
  if (entity.type === "mention") return isName(span, bot) ? "bot" : "other";
  if (entity.type !== "bot_command") return "nobody";
  const at = span.indexOf("@");
  if (at < 0) return "nobody";
  return isName(span.slice(at), bot) ? "bot" : "other";
}

/** Usernames are ASCII; without the check, the Kelvin sign would pass for a K. */
const username = /^@[A-Za-z0-9_]+$/;

function isName(span: string, bot: Bot): boolean {
  return username.test(span) && span.slice(1).toLowerCase() === bot.username.toLowerCase();
}
