/** What the bot says: text, and the sign that it writes. */
import { badRequest } from "../api-error.ts";
import type { Method } from "../emulator.ts";
import { chatId, ignored, integer, optional, readParameters, text } from "../parameters.ts";
import { findWritableChat } from "../world.ts";
import { entityList, formatText, sendingShape, threadFields } from "./content.ts";
import { deliver } from "./deliver.ts";

export const longestText = 4096;

export const sendMessage: Method = (emulator, raw) => {
  const asked = readParameters(raw, {
    ...sendingShape,
    chat_id: chatId,
    text: optional(text),
    parse_mode: optional(text),
    entities: entityList,
  });
  const state = findWritableChat(emulator.world, asked.chat_id);
  if (asked.text === undefined || asked.text === "") throw badRequest("message text is empty");
  const content = formatText(
    asked.text,
    asked.parse_mode,
    asked.entities,
    longestText,
    "message is too long",
  );
  if (content.text.trim() === "") throw badRequest("text must be non-empty");
  const fields = { text: content.text, ...(content.entities.length > 0 && { entities: content.entities }) };
  return deliver(emulator, "sendMessage", raw, state, asked, fields);
};

const chatActions = [
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
];

export const sendChatAction: Method = (emulator, raw) => {
  const asked = readParameters(raw, {
    business_connection_id: ignored,
    chat_id: chatId,
    message_thread_id: optional(integer),
    action: text,
  });
  const state = findWritableChat(emulator.world, asked.chat_id);
  if (!chatActions.includes(asked.action)) throw badRequest("wrong parameter action in request");
  const threadId = asked.message_thread_id;
  // Unlike messages, an action may name the General topic by its id.
  if (threadId !== 1) threadFields(state, threadId);
  emulator.recordSent({
    method: "sendChatAction",
    chatId: state.chat.id,
    messageId: null,
    threadId: threadId ?? null,
    replyToMessageId: null,
    text: null,
    message: null,
    parameters: Object.fromEntries(raw.values),
  });
  return true;
};
