/** Somebody else's words in a message: what it answers, or what it forwards. */
import { displayName, type InboundEvent } from "@clawd/provider-kit";
import type { Message, MessageOrigin } from "grammy/types";
import { nameOf } from "./chat.ts";
import type { Bot } from "./bot.ts";
import { isBorrowed, wordsOf } from "./words.ts";

type ReplyTo = NonNullable<InboundEvent["replyTo"]>;

export interface Answered {
  readonly replyTo: ReplyTo;
  /** The message is nothing but these words. */
  readonly isContent: boolean;
}

export function replyTo(message: Message): Answered | undefined {
  if (isBorrowed(message)) return borrowed(message);
  const answered = realReply(message);
  if (answered === undefined) return undefined;
  const text = message.quote?.text ?? wordsOf(answered).text;
  const senderName = authorName(answered);
  return { replyTo: { messageId: String(answered.message_id), text, senderName }, isContent: false };
}

/** Answering the bot is addressing it. Somebody who speaks as a chat is not the bot, even when `from` says so. */
export function isReplyTo(message: Message, bot: Bot): boolean {
  const answered = realReply(message);
  return answered !== undefined && answered.sender_chat === undefined && answered.from?.id === bot.id;
}

type Reply = NonNullable<Message["reply_to_message"]>;

/** In a topic every message "answers" the one that opened the topic, also when the bot opened it; nobody meant that. */
function realReply(message: Message): Reply | undefined {
  const answered = message.reply_to_message;
  const opensTopic =
    answered?.forum_topic_created !== undefined ||
    (message.is_topic_message === true && answered?.message_id === message.message_thread_id);
  return opensTopic ? undefined : answered;
}

function borrowed(message: Message): Answered | undefined {
  const { text } = wordsOf(message);
  if (text === "") return undefined;
  const senderName =
    message.forward_origin === undefined
      ? displayName(message.via_bot?.username)
      : originName(message.forward_origin);
  return { replyTo: { messageId: String(message.message_id), text, senderName }, isContent: true };
}

function authorName(message: Reply): string | null {
  if (message.sender_chat !== undefined) return displayName(message.sender_chat.title);
  return message.from === undefined ? null : nameOf(message.from);
}

function originName(origin: MessageOrigin): string | null {
  switch (origin.type) {
    case "user":
      return nameOf(origin.sender_user);
    case "hidden_user":
      return displayName(origin.sender_user_name);
    case "chat":
      return displayName(origin.sender_chat.title);
    case "channel":
      return displayName(origin.chat.title);
    default:
      return null;
  }
}
