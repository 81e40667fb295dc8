/** What people do: say, edit, delete, react, press a button, post to a channel. */
import { randomUUID } from "node:crypto";
import { withFoundEntities } from "../entities.ts";
import type { Emulator } from "../emulator.ts";
import { asReply } from "../methods/content.ts";
import {
  anonymousAdmin,
  channelPoster,
  serviceNotifications,
  type Entity,
  type Message,
  type Reaction,
  type Update,
} from "../wire.ts";
import { botStatus, isAdministrator, type ChatState } from "../world.ts";
import { deliverEdit, deliverMessage, type Said } from "./delivery.ts";

export interface SentFile {
  readonly base64: string;
  readonly name?: string;
  readonly mimeType?: string;
  /** Seconds, of a voice message, audio or video. */
  readonly duration?: number;
  /** What is announced as its size. Absent: the true one. */
  readonly claimedSize?: number;
  /** Its download goes on after these bytes, for ever. */
  readonly isEndless?: boolean;
  /** Of a photo: widths and announced sizes that it is also offered in, each smaller than the photo itself. */
  readonly sizes?: readonly { readonly width: number; readonly size: number }[];
}

const fileKinds = ["photo", "document", "voice", "audio", "video", "animation", "sticker"] as const;

type FileKind = (typeof fileKinds)[number];

/** With a file, `text` is its caption. */
export interface Saying extends Partial<Readonly<Record<FileKind, SentFile>>> {
  /** A user's id, an anonymous administrator of the chat, or a channel speaking in the group under its own name. */
  readonly from: number | "anonymous-admin" | { readonly channel: number };
  /** Absent: the private chat of the sender. */
  readonly chat?: number;
  readonly text?: string;
  /** Formatting and text mentions; mentions, commands, links and hashtags are found beside them. */
  readonly entities?: readonly Entity[];
  /** A forum topic. Absent: General, or no topic. */
  readonly thread?: number;
  /** The id of the message answered. */
  readonly replyTo?: number;
  /** The part of it that is quoted. */
  readonly quote?: string;
  /** The id of the user whose message this forwards. */
  readonly forwardOf?: number;
  /** Messages with the same value are one album. */
  readonly album?: string;
  /** An administrator's title, shown for anonymous ones. */
  readonly signature?: string;
}

export interface Acts {
  say(saying: Saying): Said;
  /** Posts to a channel, and forwards to its linked group as user 777000. */
  post(post: { readonly channel: number; readonly text: string; readonly signature?: string }): {
    readonly post: Said;
    readonly forward: Said | null;
  };
  edit(change: { readonly chat: number; readonly messageId: number; readonly text: string }): Said;
  /** Nobody tells a bot that a message was deleted. */
  remove(target: { readonly chat: number; readonly messageId: number }): void;
  /** In groups only an administrator bot that asked for `message_reaction` learns of it. */
  react(reaction: {
    readonly from: number | "anonymous-admin";
    readonly chat: number;
    readonly messageId: number;
    readonly emoji: readonly string[];
  }): Update | null;
  /** Presses the button with this `callback_data`. Anonymous administrators press under their own id. */
  press(press: {
    readonly from: number;
    readonly chat: number;
    readonly messageId: number;
    readonly data: string;
    /** As a changed client can: the message need not have such a button. */
    readonly isForged?: boolean;
  }): Update | null;
  /** What the bot answered to a button; null while it has not. */
  answerTo(callbackQueryId: string): { readonly text: string | null } | null;
}

export function createActs(emulator: Emulator): Acts {
  const { world } = emulator;

  const say = (saying: Saying): Said => {
    const state = world.chat(saying.chat ?? (saying.from as number));
    const message: Message = {
      message_id: world.nextMessageId(state),
      date: world.now(),
      chat: state.chat,
      ...authorFields(saying, state),
      ...placeFields(state, saying),
      ...contentFields(emulator, saying),
    };
    return deliverMessage(emulator, state, message);
  };

  const authorFields = ({ from, signature }: Saying, state: ChatState): Partial<Message> => {
    const signed = signature === undefined ? {} : { author_signature: signature };
    if (from === "anonymous-admin") return { from: anonymousAdmin, sender_chat: state.chat, ...signed };
    if (typeof from !== "number") return { from: channelPoster, sender_chat: world.chat(from.channel).chat };
    const user = world.user(from);
    if (state.chat.type === "channel") throw new Error("channels have posts: use post");
    if (state.chat.type !== "private" && !state.members.has(from)) state.members.set(from, "member");
    if (state.chat.type === "private") {
      if (state.chat.id !== from) throw new Error("a private chat has the id of its person");
      if (state.blocked) throw new Error("this person has blocked the bot: unblock first");
      state.started = true;
    }
    return { from: user };
  };

  return {
    say,
    post({ channel, text, signature }) {
      const state = world.chat(channel);
      if (state.chat.type !== "channel") throw new Error(`${channel} is no channel`);
      const post: Message = {
        message_id: world.nextMessageId(state),
        date: world.now(),
        chat: state.chat,
        sender_chat: state.chat,
        ...(signature !== undefined && { author_signature: signature }),
        ...textFields(text),
      };
      const said = deliverMessage(emulator, state, post);
      if (state.linkedChannel === undefined) return { post: said, forward: null };
      const group = world.chat(state.linkedChannel);
      const forward = deliverMessage(emulator, group, {
        message_id: world.nextMessageId(group),
        date: world.now(),
        chat: group.chat,
        from: serviceNotifications,
        sender_chat: state.chat,
        is_automatic_forward: true,
        forward_origin: {
          type: "channel",
          chat: state.chat,
          message_id: post.message_id,
          date: post.date,
        },
        ...textFields(text),
      });
      return { post: said, forward };
    },
    edit({ chat, messageId, text }) {
      const state = world.chat(chat);
      const before = messageIn(state, messageId);
      const isCaption = before.caption !== undefined;
      const { entities: _, caption_entities: __, ...rest } = before;
      const changed = isCaption ? captionFields(text) : textFields(text);
      return deliverEdit(emulator, state, { ...rest, ...changed, edit_date: world.now() });
    },
    remove({ chat, messageId }) {
      if (!world.chat(chat).messages.delete(messageId)) throw new Error(`no message ${messageId}`);
    },
    react({ from, chat, messageId, emoji }) {
      const state = world.chat(chat);
      messageIn(state, messageId);
      const actor = from === "anonymous-admin" ? { actor_chat: state.chat } : { user: world.user(from) };
      const key = `${messageId}:${from}`;
      const oldReaction = state.reactions.get(key) ?? [];
      const newReaction = emoji.map((one): Reaction => ({ type: "emoji", emoji: one }));
      state.reactions.set(key, newReaction);
      if (state.chat.type !== "private" && !isAdministrator(botStatus(world, state))) return null;
      const update = emulator.queue.push("message_reaction", {
        chat: state.chat,
        message_id: messageId,
        ...actor,
        date: world.now(),
        old_reaction: oldReaction,
        new_reaction: newReaction,
      });
      return update ?? null;
    },
    press({ from, chat, messageId, data, isForged = false }) {
      const message = messageIn(world.chat(chat), messageId);
      const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
      if (!isForged && !buttons.some((button) => button.callback_data === data)) {
        throw new Error(`message ${messageId} has no button with this data`);
      }
      const id = String(BigInt(`0x${randomUUID().replaceAll("-", "").slice(0, 15)}`));
      emulator.callbacks.set(id, { answered: false });
      const query = { id, from: world.user(from), message, chat_instance: String(-chat * 31), data };
      return emulator.queue.push("callback_query", query) ?? null;
    },
    answerTo(callbackQueryId) {
      const answer = emulator.callbacks.get(callbackQueryId);
      return answer?.answered ? { text: answer.text ?? null } : null;
    },
  };
}

function messageIn(state: ChatState, messageId: number): Message {
  const message = state.messages.get(messageId);
  if (message === undefined) throw new Error(`no message ${messageId} in chat ${state.chat.id}`);
  return message;
}

const textFields = (text: string, given?: readonly Entity[]): Partial<Message> => {
  const entities = withFoundEntities(text, given);
  return entities.length > 0 ? { text, entities } : { text };
};

const captionFields = (caption: string, given?: readonly Entity[]): Partial<Message> => {
  const entities = withFoundEntities(caption, given);
  return entities.length > 0 ? { caption, caption_entities: entities } : { caption };
};

function contentFields({ files, world }: Emulator, saying: Saying): Partial<Message> {
  const origin =
    saying.forwardOf === undefined
      ? {}
      : { forward_origin: { type: "user", sender_user: world.user(saying.forwardOf), date: world.now() } };
  const album = saying.album === undefined ? {} : { media_group_id: saying.album };
  const kind = fileKinds.find((one) => saying[one] !== undefined);
  if (kind === undefined) return { ...textFields(saying.text ?? "", saying.entities), ...origin };
  const caption = saying.text === undefined ? {} : captionFields(saying.text, saying.entities);
  return { ...fileFields(files, kind, saying[kind]!), ...caption, ...origin, ...album };
}

function fileFields(files: Emulator["files"], kind: FileKind, file: SentFile): Partial<Message> {
  const { base64, name, mimeType, duration, claimedSize, isEndless = false, sizes = [] } = file;
  const content = Buffer.from(base64, "base64");
  const claimed = claimedSize === undefined ? {} : { file_size: claimedSize };
  const details =
    kind === "photo"
      ? { width: 90, height: 90, ...claimed }
      : { file_name: name, mime_type: mimeType, duration, ...claimed };
  const reference = files.put(kind, content, details, { isEndless });
  if (kind === "photo") {
    const smaller = sizes.map(({ width, size }) =>
      files.put(kind, content, { width, height: width, file_size: size }),
    );
    return { photo: [...smaller, reference] };
  }
  if (kind === "sticker") return { sticker: { ...reference, is_animated: false, is_video: false } };
  // Clients that know no animations get it as a document too.
  return kind === "animation" ? { animation: reference, document: reference } : { [kind]: reference };
}

/**
 * Thread and reply. Two traps of the real network are kept: a message in a topic that answers nothing still
 * "replies" to the service message that made the topic, and replies in any supergroup carry a thread id.
 */
function placeFields(state: ChatState, { thread, replyTo, quote }: Saying): Partial<Message> {
  const answered = replyTo === undefined ? undefined : messageIn(state, replyTo);
  const quoted = quote === undefined ? {} : { quote: { text: quote, position: 0, is_manual: true as const } };
  const reply = answered === undefined ? {} : { reply_to_message: asReply(answered), ...quoted };
  if (thread !== undefined) {
    if (!state.topics.has(thread)) throw new Error(`no topic ${thread} in chat ${state.chat.id}`);
    const root = state.messages.get(thread);
    const implicit = answered === undefined && root !== undefined ? { reply_to_message: asReply(root) } : {};
    return { message_thread_id: thread, is_topic_message: true, ...implicit, ...reply };
  }
  if (answered !== undefined && state.chat.type === "supergroup" && !state.chat.is_forum) {
    return { message_thread_id: answered.message_thread_id ?? answered.message_id, ...reply };
  }
  return reply;
}
