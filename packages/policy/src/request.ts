/** The questions. Ids are bare and canonical, as the provider gives them. A missing fact takes the stricter reading. */

export type ChatKind = "dm" | "group" | "channel";

/** What happened; everything but `message`, `command` and `button` is a side event, which never starts a turn. */
export type EventKind = "message" | "command" | "edit" | "reaction" | "button" | "member";

export interface ChatReference {
  readonly kind: ChatKind;
  readonly id: string;
  readonly parent?: string | null;
  readonly thread?: string | null;
  readonly guild?: string | null;
  readonly team?: string | null;
}

export interface SenderReference {
  readonly id: string | null;
  /** Absent means true, the stricter reading, only where the whole sender is absent; else false. */
  readonly isBot?: boolean;
  readonly isSelf?: boolean;
}

/** May this event, from this sender in this chat, reach an agent? */
export interface MessageRequest {
  readonly action: "message";
  readonly provider: string;
  /** Absent means `default`. */
  readonly account?: string;
  readonly chat: ChatReference;
  readonly sender: SenderReference;
  /** Absent means `message`. */
  readonly event?: EventKind;
  /** Absent means false. */
  readonly mentioned?: boolean;
  /** Absent means false: nothing could have seen a mention. Asked only where `mentioned` is not true. */
  readonly mentionDetectable?: boolean;
  /** Somebody else is mentioned. Absent means true, the stricter reading, for commands. */
  readonly mentionsOthers?: boolean;
  /**
   * The bare name of a command (`status`), known or not; null when the text is no command. A text of no known name is
   * ordinary text; a native command (`event: "command"`) of no known name is refused.
   */
  readonly command?: string | null;
}

export type Request = MessageRequest;

/** State that the config does not hold; the caller looks it up. */
export interface StateFacts {
  /** The sender is approved in the pairing store of this provider and account. Absent means false. */
  readonly isPaired?: boolean;
  /** The group session's own activation, set by an owner; null or absent when unset. */
  readonly activation?: "mention" | "always" | null;
}
