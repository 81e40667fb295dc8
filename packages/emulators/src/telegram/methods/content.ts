/** The parts that sending and editing share: formatted text, keyboards, replies, threads. */
import { isWellFormed } from "../../well-formed.ts";
import { badRequest } from "../api-error.ts";
import { withFoundEntities } from "../entities.ts";
import { parseHtml } from "../html.ts";
import { flag, ignored, integer, json, list, object, optional, text, type Reader } from "../parameters.ts";
import type { Entity, InlineKeyboard, Message } from "../wire.ts";
import type { ChatState } from "../world.ts";

export const entityList = optional(
  json(
    list(
      object({
        type: text,
        offset: integer,
        length: integer,
        url: optional(text),
        user: ignored,
        language: optional(text),
        custom_emoji_id: optional(text),
      }),
    ),
  ),
);

/** The text as it will be shown. @throws ApiError 400 with the real server's words. */
export function formatText(
  source: string,
  parseMode: string | undefined,
  entities: readonly Entity[] | undefined,
  longest: number,
  tooLong: string,
): { readonly text: string; readonly entities: readonly Entity[] } {
  const parsed = parse(source, parseMode, entities ?? []);
  const shown = parsed.text.trimEnd();
  // Telegram counts Unicode characters outside the basic plane as two, like UTF-16.
  if (shown.length > longest) throw badRequest(tooLong);
  for (const { offset, length } of entities ?? []) {
    if (offset < 0 || length <= 0 || offset + length > parsed.text.length) {
      throw badRequest("entity beginning or end is outside of the text");
    }
  }
  return { text: shown, entities: withFoundEntities(shown, parsed.entities) };
}

function parse(source: string, mode: string | undefined, entities: readonly Entity[]) {
  if (!isWellFormed(source)) {
    throw badRequest("strings must be encoded in UTF-8");
  }
  if (mode === undefined || mode === "") return { text: source, entities };
  if (mode.toLowerCase() === "html") return parseHtml(source);
  if (/^markdown(v2)?$/i.test(mode))
    throw badRequest(`the emulator does not read parse_mode ${mode}; use HTML or entities`);
  throw badRequest("unsupported parse_mode");
}

const buttonKinds = [
  "url",
  "callback_data",
  "web_app",
  "login_url",
  "switch_inline_query",
  "copy_text",
  "pay",
];

const button: Reader<InlineKeyboard["inline_keyboard"][number][number]> = (value, name) => {
  const read = object({
    text,
    url: optional(text),
    callback_data: optional(text),
    web_app: ignored,
    login_url: ignored,
    switch_inline_query: ignored,
    copy_text: ignored,
    pay: ignored,
    style: ignored,
  })(value, name);
  const kinds = buttonKinds.filter((kind) => Object.hasOwn(value as object, kind));
  if (kinds.length !== 1) {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  const bytes = Buffer.byteLength(read.callback_data ?? "x");
  if (bytes < 1 || bytes > 64) throw badRequest("BUTTON_DATA_INVALID");
  return read;
};

/** Inline keyboards are kept; the other kinds of markup are accepted and change nothing here. */
export const replyMarkup: Reader<InlineKeyboard | undefined> = optional(
  json((value, name) => {
    if (typeof value !== "object" || value === null) throw badRequest("object expected as reply markup");
    if (!Object.hasOwn(value, "inline_keyboard")) {
      const known = ["keyboard", "remove_keyboard", "force_reply"].some((kind) => Object.hasOwn(value, kind));
      if (!known) throw badRequest("can't parse reply keyboard markup JSON object");
      return undefined;
    }
    const markup = object({ inline_keyboard: list(list(button)) })(value, name);
    return markup.inline_keyboard.some((row) => row.length > 0) ? markup : undefined;
  }),
) as Reader<InlineKeyboard | undefined>;

/** Parameters that every sending method takes. */
export const sendingShape = {
  business_connection_id: ignored,
  message_thread_id: optional(integer),
  direct_messages_topic_id: ignored,
  disable_notification: optional(flag),
  protect_content: optional(flag),
  allow_paid_broadcast: optional(flag),
  message_effect_id: ignored,
  suggested_post_parameters: ignored,
  reply_markup: replyMarkup,
  reply_parameters: optional(
    json(
      object({
        message_id: integer,
        chat_id: ignored,
        allow_sending_without_reply: optional(flag),
        quote: optional(text),
        quote_parse_mode: ignored,
        quote_entities: ignored,
        quote_position: optional(integer),
        checklist_task_id: ignored,
      }),
    ),
  ),
  reply_to_message_id: optional(integer),
  allow_sending_without_reply: optional(flag),
  link_preview_options: optional(
    json(
      object({
        is_disabled: optional(flag),
        url: optional(text),
        prefer_small_media: optional(flag),
        prefer_large_media: optional(flag),
        show_above_text: optional(flag),
      }),
    ),
  ),
  disable_web_page_preview: optional(flag),
};

export interface ReplyRequest {
  readonly reply_parameters?:
    | { readonly message_id: number; readonly allow_sending_without_reply?: boolean | undefined }
    | undefined;
  readonly reply_to_message_id?: number | undefined;
  readonly allow_sending_without_reply?: boolean | undefined;
}

/** The message answered; undefined for none. */
export function findReply(state: ChatState, asked: ReplyRequest): Message | undefined {
  const id = asked.reply_parameters?.message_id ?? asked.reply_to_message_id;
  if (id === undefined || id === 0) return undefined;
  const found = state.messages.get(id);
  const optionalReply =
    asked.reply_parameters?.allow_sending_without_reply ?? asked.allow_sending_without_reply ?? false;
  if (found === undefined && !optionalReply) throw badRequest("message to be replied not found");
  return found;
}

/** The fields that place a message in a thread. The General topic, id 1, is written to without an id. */
export function threadFields(
  state: ChatState,
  threadId: number | undefined,
): Pick<Message, "message_thread_id" | "is_topic_message"> {
  if (threadId === undefined || threadId === 0) return {};
  const topic = state.topics.get(threadId);
  if (topic === undefined) throw badRequest("message thread not found");
  if (topic.closed) throw badRequest("TOPIC_CLOSED");
  return { message_thread_id: threadId, is_topic_message: true };
}

/** As the Bot API shows a message that another one answers: without a further reply inside. */
export function asReply(message: Message): Message {
  const { reply_to_message: _, ...rest } = message;
  return rest;
}
