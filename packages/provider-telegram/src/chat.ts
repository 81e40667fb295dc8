/** Where an update happened and who did it, from the payload alone. What is not understood gives nothing. */
import {
  displayName,
  type Canonical,
  type ChatFacts,
  type ChatKind,
  type SenderFacts,
} from "@clawd/provider-kit";
import type { Chat, User } from "grammy/types";
import { network } from "./network.ts";
import type { Bot } from "./bot.ts";

const kinds: ReadonlyMap<string, ChatKind> = new Map([
  ["private", "dm"],
  ["group", "group"],
  ["supergroup", "group"],
  ["channel", "channel"],
]);

/** Undefined for a kind of chat that is not known and for an id that does not fit its kind: such an update is dropped. */
export function chatFacts(chat: Chat, thread: string | null): ChatFacts | undefined {
  const kind = kinds.get(chat.type);
  if (kind === undefined) return undefined;
  const canonical = canonicalChatOf(kind, String(chat.id));
  if (!canonical.ok) return undefined;
  const title = displayName(chat.title);
  return { kind, id: canonical.id, parent: null, thread, guild: null, team: null, title };
}

/** In a DM the chat has the id of the person. */
export function canonicalChatOf(kind: ChatKind, id: string): Canonical {
  return kind === "dm" ? network.canonicalSender(id) : network.canonicalChat(id);
}

/** The topic "General" of every forum; messages to it must be sent without a thread. */
const generalTopic = 1;

/** Outside of topics `message_thread_id` names the first message of a chain of replies, which is no thread of ours. */
export function topicOf(message: {
  readonly message_thread_id?: number;
  readonly is_topic_message?: boolean;
}): string | null {
  const { message_thread_id: id, is_topic_message: isTopic } = message;
  return isTopic !== true || id === undefined || id === generalTopic ? null : String(id);
}

/**
 * `senderChat` is looked at first: whoever speaks as a group or channel comes with a made-up `from` that stands for
 * everybody who may do so. In a DM the sender is the chat; anything else is nobody.
 */
export function senderFacts(
  from: User | undefined,
  senderChat: Chat | undefined,
  chat: ChatFacts,
  bot: Bot,
): SenderFacts {
  if (senderChat !== undefined || from === undefined) {
    const username = senderChat?.username ?? null;
    return { id: null, isBot: false, isSelf: false, name: displayName(senderChat?.title), username };
  }
  const canonical = network.canonicalSender(String(from.id));
  const isPerson = canonical.ok && !network.sharedSenders.includes(canonical.id);
  const isPlausible = isPerson && (chat.kind !== "dm" || canonical.id === chat.id);
  return {
    id: isPlausible ? canonical.id : null,
    isBot: from.is_bot,
    isSelf: from.id === bot.id,
    name: nameOf(from),
    username: from.username ?? null,
  };
}

/** For showing only. */
export function nameOf(user: User): string | null {
  return displayName([user.first_name, user.last_name].filter((part) => part !== undefined).join(" "));
}
