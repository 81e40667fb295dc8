/**
 * Turns an update of Telegram into an event: facts and the author's own words.
 * Pure; an update that is not understood gives no event, never a guess.
 */
import { parseCommand, type EventKind, type InboundEvent } from "@clawd/provider-kit";
import type {
  CallbackQuery,
  Chat,
  ChatMemberUpdated,
  Message,
  MessageReactionUpdated,
  Update,
  User,
} from "grammy/types";
import { attachmentsOf } from "./attachments.ts";
import type { Bot } from "./bot.ts";
import { chatFacts, senderFacts, topicOf } from "./chat.ts";
import { isReplyTo, replyTo } from "./reply.ts";
import { addressees, ownWords } from "./words.ts";

export interface Reading {
  readonly account: string;
  readonly bot: Bot;
  /** For what carries no time of its own: pressed buttons. */
  readonly receivedAt: number;
}

type Subscribed =
  | "message"
  | "edited_message"
  | "channel_post"
  | "callback_query"
  | "message_reaction"
  | "my_chat_member"
  | "chat_member";

type Translators = {
  readonly [Name in Subscribed]: (
    payload: NonNullable<Update[Name]>,
    shell: Shell,
    reading: Reading,
  ) => InboundEvent | undefined;
};

const translators: Translators = {
  message: (message, shell, reading) => messageEvent("message", message, shell, reading),
  edited_message: (message, shell, reading) => messageEvent("edit", message, shell, reading),
  channel_post: (message, shell, reading) => messageEvent("message", message, shell, reading),
  callback_query: buttonEvent,
  message_reaction: reactionEvent,
  my_chat_member: memberEvent,
  chat_member: memberEvent,
};

/** What we ask Telegram for. Reactions and members are not among what it sends by itself. */
export const allowedUpdates = Object.keys(translators) as readonly Subscribed[];

/** The event, or undefined when the update holds nothing for us. */
export function translate(update: Update, reading: Reading): InboundEvent | undefined {
  const name = allowedUpdates.find((candidate) => update[candidate] !== undefined);
  return name === undefined ? undefined : translatePart(name, update, reading);
}

function translatePart<Name extends Subscribed>(
  name: Name,
  update: Update,
  reading: Reading,
): InboundEvent | undefined {
  const payload = update[name] as NonNullable<Update[Name]>;
  return translators[name](payload, emptyEvent(update.update_id, reading.account), reading);
}

/** The part of an event that every kind of update fills alike. */
type Shell = Omit<InboundEvent, "kind" | "sentAt" | "chat" | "sender">;

function emptyEvent(updateId: number, account: string): Shell {
  return {
    provider: "telegram",
    account,
    // Telegram numbers the updates of a bot and keeps the number when it delivers one again.
    eventId: `update:${updateId}`,
    mentioned: false,
    mentionsOthers: false,
    mentionDetectable: true,
    text: "",
    command: null,
    messageId: null,
    replyTo: null,
    attachments: [],
  };
}

interface Place {
  readonly chat: Chat;
  readonly from: User | undefined;
  readonly senderChat: Chat | undefined;
  readonly thread: string | null;
  readonly sentAt: number;
}

function eventAt(kind: EventKind, place: Place, shell: Shell, bot: Bot): InboundEvent | undefined {
  const chat = chatFacts(place.chat, place.thread);
  if (chat === undefined) return undefined;
  const sender = senderFacts(place.from, place.senderChat, chat, bot);
  return { ...shell, kind, sentAt: place.sentAt, chat, sender };
}

function messageEvent(
  kind: "message" | "edit",
  message: Message,
  shell: Shell,
  { bot }: Reading,
): InboundEvent | undefined {
  // These messages carry the id of a chat that is not the chat of that id.
  if (message.business_connection_id !== undefined || message.guest_query_id !== undefined) return undefined;
  const place: Place = {
    chat: message.chat,
    from: message.from,
    senderChat: message.sender_chat,
    thread: topicOf(message),
    sentAt: (message.edit_date ?? message.date) * 1000,
  };
  if (message.new_chat_members !== undefined || message.left_chat_member !== undefined) {
    return eventAt("member", place, shell, bot);
  }
  const words = ownWords(message);
  const attachments = attachmentsOf(message);
  const answered = replyTo(message);
  if (words.text === "" && attachments.length === 0 && !answered?.isContent) return undefined;
  const to = addressees(words, bot);
  const content: Partial<Shell> = {
    mentioned: to.bot || isReplyTo(message, bot),
    mentionsOthers: to.others,
    text: words.text,
    // An edit never becomes a command, whatever it says.
    command: kind === "message" ? parseCommand(words.text, [bot.username]) : null,
    messageId: messageId(message.message_id),
    replyTo: answered?.replyTo ?? null,
    attachments,
  };
  return eventAt(kind, place, { ...shell, ...content }, bot);
}

/**
 * Whoever presses a button is named by his own id, anonymous admins too. Telegram does not check that the message has a button
 * with this data: a changed client can send any, so a press is worth what its sender could write.
 */
function buttonEvent(query: CallbackQuery, shell: Shell, reading: Reading): InboundEvent | undefined {
  const { message } = query;
  // A button of an inline message is pressed in a chat that Telegram does not name.
  if (message === undefined) return undefined;
  const place: Place = {
    chat: message.chat,
    from: query.from,
    senderChat: undefined,
    thread: topicOf(message),
    sentAt: reading.receivedAt,
  };
  const text = query.data ?? "";
  const content: Partial<Shell> = {
    mentioned: true,
    text,
    command: parseCommand(text, [reading.bot.username]),
    messageId: messageId(message.message_id),
  };
  return eventAt("button", place, { ...shell, ...content }, reading.bot);
}

function reactionEvent(
  reaction: MessageReactionUpdated,
  shell: Shell,
  { bot }: Reading,
): InboundEvent | undefined {
  const place: Place = {
    chat: reaction.chat,
    from: reaction.user,
    senderChat: reaction.actor_chat,
    // Telegram does not say in which topic.
    thread: null,
    sentAt: reaction.date * 1000,
  };
  const content: Partial<Shell> = {
    text: addedEmoji(reaction),
    messageId: messageId(reaction.message_id),
  };
  return eventAt("reaction", place, { ...shell, ...content }, bot);
}

function addedEmoji({ old_reaction: before, new_reaction: after }: MessageReactionUpdated): string {
  const emoji = (list: typeof after) => list.flatMap((one) => (one.type === "emoji" ? [one.emoji] : []));
  const old: readonly string[] = emoji(before);
  return emoji(after)
    .filter((one) => !old.includes(one))
    .join(" ");
}

function memberEvent(change: ChatMemberUpdated, shell: Shell, { bot }: Reading): InboundEvent | undefined {
  const sentAt = change.date * 1000;
  const place: Place = { chat: change.chat, from: change.from, senderChat: undefined, thread: null, sentAt };
  return eventAt("member", place, shell, bot);
}

/** 0 stands for messages that nobody can refer to. */
function messageId(id: number): string | null {
  return id === 0 ? null : String(id);
}
