/** What the bot does to messages that are there: edit, delete, react. */
import { isDeepStrictEqual } from "node:util";
import { badRequest } from "../api-error.ts";
import type { Emulator, Method } from "../emulator.ts";
import {
  chatId,
  flag,
  ignored,
  integer,
  json,
  list,
  object,
  optional,
  readParameters,
  text,
  type RawParameters,
} from "../parameters.ts";
import type { Message } from "../wire.ts";
import { botStatus, findChat, findWritableChat, isAdministrator, type ChatState } from "../world.ts";
import { entityList, formatText, replyMarkup, sendingShape } from "./content.ts";
import { longestText } from "./send.ts";

const targetShape = {
  business_connection_id: ignored,
  chat_id: chatId,
  message_id: integer,
  inline_message_id: ignored,
  reply_markup: replyMarkup,
};

const notModified =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

export const editMessageText: Method = (emulator, raw) => {
  const asked = readParameters(raw, {
    ...targetShape,
    text: optional(text),
    parse_mode: optional(text),
    entities: entityList,
    link_preview_options: sendingShape.link_preview_options,
    disable_web_page_preview: optional(flag),
  });
  if (asked.text === undefined || asked.text === "") throw badRequest("message text is empty");
  const { state, message } = editable(emulator, asked.chat_id, asked.message_id);
  if (message.text === undefined) throw badRequest("there is no text in the message to edit");
  const content = formatText(asked.text, asked.parse_mode, asked.entities, longestText, "MESSAGE_TOO_LONG");
  if (content.text.trim() === "") throw badRequest("text must be non-empty");
  const { reply_markup: _, entities: __, ...rest } = message;
  return replaceMessage(emulator, "editMessageText", raw, state, message, {
    ...rest,
    text: content.text,
    ...(content.entities.length > 0 && { entities: content.entities }),
    ...(asked.reply_markup && { reply_markup: asked.reply_markup }),
  });
};

export const editMessageReplyMarkup: Method = (emulator, raw) => {
  const asked = readParameters(raw, targetShape);
  const { state, message } = editable(emulator, asked.chat_id, asked.message_id);
  const { reply_markup: _, ...rest } = message;
  return replaceMessage(emulator, "editMessageReplyMarkup", raw, state, message, {
    ...rest,
    ...(asked.reply_markup && { reply_markup: asked.reply_markup }),
  });
};

function editable({ world }: Emulator, chat: number | string, messageId: number) {
  const state = findWritableChat(world, chat);
  const message = state.messages.get(messageId);
  if (message === undefined) throw badRequest("message to edit not found");
  const isOwn =
    state.chat.type === "channel" ? message.from === undefined : message.from?.id === world.bot.id;
  if (!isOwn) throw badRequest("message can't be edited");
  return { state, message };
}

function replaceMessage(
  emulator: Emulator,
  method: string,
  raw: RawParameters,
  state: ChatState,
  before: Message,
  after: Message,
): Message {
  if (isDeepStrictEqual(withoutEditDate(before), withoutEditDate(after))) throw badRequest(notModified);
  const message = emulator.world.keep(state, { ...after, edit_date: emulator.world.now() });
  record(emulator, method, raw, state, message);
  return message;
}

function withoutEditDate(message: Message): Message {
  const { edit_date: _, ...rest } = message;
  return rest;
}

function record(emulator: Emulator, method: string, raw: RawParameters, state: ChatState, message: Message) {
  emulator.recordSent({
    method,
    chatId: state.chat.id,
    messageId: message.message_id,
    threadId: message.message_thread_id ?? null,
    replyToMessageId: message.reply_to_message?.message_id ?? null,
    text: message.text ?? message.caption ?? null,
    message,
    parameters: Object.fromEntries(raw.values),
  });
}

/** A bot can delete its own messages, any in a private chat, and any in a group where it is an administrator. */
export const deleteMessage: Method = (emulator, raw) => {
  const asked = readParameters(raw, { chat_id: chatId, message_id: integer });
  const { world } = emulator;
  const state = findChat(world, asked.chat_id);
  const message = state.messages.get(asked.message_id);
  if (message === undefined) throw badRequest("message to delete not found");
  const mayDelete =
    state.chat.type === "private" ||
    message.from?.id === world.bot.id ||
    isAdministrator(botStatus(world, state));
  if (!mayDelete) throw badRequest("message can't be deleted");
  state.messages.delete(asked.message_id);
  record(emulator, "deleteMessage", raw, state, message);
  return true;
};

/** The start of Telegram's list of free reactions; others are refused as the real server does. */
const knownReactions: readonly string[] = (
  "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 " +
  "🍓 💋 😈 😴 😭 🤓 👻 👀 🎃 🙈 😇 🤝 ✍ 🤗 🎄 💅 🤪 🆒 🦄 😘 😎 😡"
).split(" ");

export const setMessageReaction: Method = (emulator, raw) => {
  const asked = readParameters(raw, {
    chat_id: chatId,
    message_id: integer,
    reaction: optional(json(list(object({ type: text, emoji: text })))),
    is_big: optional(flag),
  });
  const { world } = emulator;
  const state = findWritableChat(world, asked.chat_id);
  const message = state.messages.get(asked.message_id);
  if (message === undefined) throw badRequest("message to react not found");
  const reactions = (asked.reaction ?? []).map(({ type, emoji }) => {
    if (type !== "emoji" || !knownReactions.includes(emoji)) throw badRequest("REACTION_INVALID");
    return { type, emoji } as const;
  });
  if (reactions.length > 1) throw badRequest("REACTIONS_TOO_MANY");
  state.reactions.set(`${asked.message_id}:${world.bot.id}`, reactions);
  record(emulator, "setMessageReaction", raw, state, message);
  return true;
};
