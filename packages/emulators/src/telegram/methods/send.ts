/** What the bot says: text, files, and the sign that it writes. */
import { badRequest, tooManyRequests } from "../api-error.ts";
import type { Emulator, Method } from "../emulator.ts";
import {
  chatId,
  flag,
  ignored,
  integer,
  optional,
  readParameters,
  text,
  type RawParameters,
} from "../parameters.ts";
import type { FileReference, Message } from "../wire.ts";
import { findWritableChat, type ChatState } from "../world.ts";
import {
  asReply,
  entityList,
  findReply,
  formatText,
  sendingShape,
  threadFields,
  type ReplyRequest,
} from "./content.ts";

export const longestText = 4096;
const longestCaption = 1024;

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

interface DeliveryRequest extends ReplyRequest {
  readonly message_thread_id?: number | undefined;
  readonly reply_markup?: Message["reply_markup"];
}

function deliver(
  emulator: Emulator,
  method: string,
  raw: RawParameters,
  state: ChatState,
  asked: DeliveryRequest,
  content: Partial<Message>,
): Message {
  const { world } = emulator;
  const thread = threadFields(state, asked.message_thread_id);
  const reply = findReply(state, asked);
  const wait = emulator.limiter.admit(state.chat);
  if (wait > 0) throw tooManyRequests(wait);
  const author = state.chat.type === "channel" ? { sender_chat: state.chat } : { from: botAuthor(emulator) };
  const message = world.keep(state, {
    message_id: world.nextMessageId(state),
    date: world.now(),
    chat: state.chat,
    ...author,
    ...thread,
    ...(reply && { reply_to_message: asReply(reply) }),
    ...(asked.reply_markup && { reply_markup: asked.reply_markup }),
    ...content,
  });
  emulator.recordSent({
    method,
    chatId: state.chat.id,
    messageId: message.message_id,
    threadId: message.message_thread_id ?? null,
    replyToMessageId: reply?.message_id ?? null,
    text: message.text ?? message.caption ?? null,
    message,
    parameters: Object.fromEntries(raw.values),
  });
  return message;
}

const botAuthor = ({ world: { bot } }: Emulator) => ({
  id: bot.id,
  is_bot: true,
  first_name: bot.first_name,
  username: bot.username,
});

const captionShape = {
  ...sendingShape,
  chat_id: chatId,
  caption: optional(text),
  parse_mode: optional(text),
  caption_entities: entityList,
  show_caption_above_media: optional(flag),
  has_spoiler: optional(flag),
};

/** `sendDocument`, `sendPhoto` and the like differ in the field's name and in what is kept of the file. */
function sendFile(kind: "document" | "photo" | "voice" | "audio" | "video"): Method {
  const method = `send${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  const details = { duration: optional(integer), width: optional(integer), height: optional(integer) };
  const others = {
    thumbnail: ignored,
    cover: ignored,
    start_timestamp: ignored,
    supports_streaming: ignored,
    disable_content_type_detection: ignored,
    performer: ignored,
    title: ignored,
  };
  return (emulator, raw) => {
    const asked = readParameters(raw, { ...captionShape, ...details, ...others, [kind]: optional(text) });
    const state = findWritableChat(emulator.world, asked.chat_id);
    const given = (asked as Record<string, unknown>)[kind] as string | undefined;
    const reference = storedFile(emulator, raw, kind, given);
    const content = formatText(
      asked.caption ?? "",
      asked.parse_mode,
      asked.caption_entities,
      longestCaption,
      "message caption is too long",
    );
    return deliver(emulator, method, raw, state, asked, {
      [kind]: kind === "photo" ? [{ ...reference, width: 90, height: 90 }] : reference,
      ...(content.text !== "" && { caption: content.text }),
      ...(content.entities.length > 0 && { caption_entities: content.entities }),
    });
  };
}

export const sendDocument = sendFile("document");
export const sendPhoto = sendFile("photo");
export const sendVoice = sendFile("voice");
export const sendAudio = sendFile("audio");
export const sendVideo = sendFile("video");

function storedFile(
  { files }: Emulator,
  raw: RawParameters,
  kind: string,
  given: string | undefined,
): FileReference {
  const field = given?.startsWith("attach://") ? given.slice("attach://".length) : kind;
  const upload = raw.uploads.get(field);
  if (upload !== undefined) {
    if (upload.content.length === 0) throw badRequest("file must be non-empty");
    return files.put(kind, upload.content, { file_name: upload.name, mime_type: upload.type });
  }
  if (given === undefined || given === "" || given.startsWith("attach://")) {
    throw badRequest(`there is no ${kind} in the request`);
  }
  const known = files.byId(given);
  if (known === undefined) throw badRequest("wrong file identifier/HTTP URL specified");
  return known.reference;
}

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
