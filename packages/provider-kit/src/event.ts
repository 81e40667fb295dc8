/** One type for everything a network can tell us: the facts that decisions need, and the content. */

/**
 * `command` is a native command; a text that looks like one is a `message` with `command` set. `button`: somebody pressed one;
 * `text` is its command as the network gives it back, which a changed client can make up: it proves nothing.
 */
export type EventKind = "message" | "command" | "edit" | "reaction" | "button" | "member";

/** `group`: a small multi-person chat; `channel`: a room of a guild or workspace. */
export type ChatKind = "dm" | "group" | "channel";

export interface ChatFacts {
  readonly kind: ChatKind;
  /** Canonical; in a DM the sender's id. */
  readonly id: string;
  /** The room that a thread belongs to, where the network gives threads ids of their own. */
  readonly parent: string | null;
  /** A topic or thread inside the chat. */
  readonly thread: string | null;
  readonly guild: string | null;
  readonly team: string | null;
  /** Shown, never matched. */
  readonly title: string | null;
}

export interface SenderFacts {
  /** The network's immutable id, canonical; null when the network gave none or the id stands for many people. */
  readonly id: string | null;
  readonly isBot: boolean;
  readonly isSelf: boolean;
  /** Shown, never matched. */
  readonly name: string | null;
  /** Shown, never matched. */
  readonly username: string | null;
}

export interface Attachment {
  readonly kind: "image" | "audio" | "video" | "document";
  /** What `fetch` of the connection takes. Nothing is downloaded before the decision. */
  readonly reference: string;
  readonly name: string | null;
  readonly mimeType: string | null;
  /** Bytes, as the network says; null when it does not say. */
  readonly size: number | null;
}

export interface InboundEvent {
  readonly kind: EventKind;
  readonly provider: string;
  readonly account: string;
  /** The same for every delivery of one event, unique within provider and account. */
  readonly eventId: string;
  /** Milliseconds since 1970, as the network says. */
  readonly sentAt: number;
  readonly chat: ChatFacts;
  readonly sender: SenderFacts;
  /** The author's own text mentions the bot, or it replies to a message of the bot. */
  readonly mentioned: boolean;
  /** The author's own text mentions somebody else: then a command is for them. */
  readonly mentionsOthers: boolean;
  /** False when this provider could not have seen a mention. */
  readonly mentionDetectable: boolean;
  /** The author's own words, unaltered. Empty for events without text. */
  readonly text: string;
  /** `/name args` at the start of the text, addressed to this bot or to nobody; the name is lower-case. */
  readonly command: { readonly name: string; readonly args: string } | null;
  /** Of a pressed button: the message that it is below. */
  readonly messageId: string | null;
  /** The message that this one answers; somebody else's words. */
  readonly replyTo: {
    readonly messageId: string;
    readonly text: string;
    readonly senderName: string | null;
  } | null;
  readonly attachments: readonly Attachment[];
}
