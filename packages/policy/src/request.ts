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

/** Somebody, and the chat they wrote in. */
export interface Origin {
  readonly provider: string;
  /** Absent means `default`. */
  readonly account?: string;
  readonly chat: ChatReference;
  readonly sender: SenderReference;
}

/** What started the run: a message, or something that an earlier run left behind. */
export type RunKind = "turn" | "subagent" | "cron" | "hook";

/** Whose run it is. The origin is the message that started it, however long the chain since then. */
export interface RunReference extends Origin {
  readonly agent: string;
  /** Absent means `turn`. */
  readonly run?: RunKind;
  /** The runs that this one descends from, nearest first. It may do nothing that they may not. At most 16. */
  readonly via?: readonly { readonly agent: string; readonly run: RunKind }[];
  /** Everyone else whose words reached the run. It may do nothing that one of them may not. At most 64. */
  readonly contributors?: readonly Origin[];
  /** `provider/model`. Absent: the rules of every model provider apply. */
  readonly model?: string;
}

/** May this run call the tool, and where? */
export interface ToolRequest extends RunReference {
  readonly action: "tool";
  /** A name or an alias. The id of a network stands for `message` to that network. */
  readonly tool: string;
  /** The call asks for the host and the session's switch is on. Absent means false. */
  readonly elevated?: boolean;
}

/** May this run send something to that chat? */
export interface SendRequest extends RunReference {
  readonly action: "send";
  readonly to: {
    readonly provider: string;
    /** Absent means `default`. */
    readonly account?: string;
    readonly chat: ChatReference;
  };
}

/** May this run see, read or write to that session, or have that agent work for it? */
export type SessionRequest = RunReference & { readonly action: "session" } & (
    | { readonly operation: "list" | "read" | "send"; readonly session: string }
    | { readonly operation: "spawn"; readonly target: string }
  );

export type Request = MessageRequest | ToolRequest | SendRequest | SessionRequest;

/** State that the config does not hold; the caller looks it up, and for what has an end, whether it is over. */
export interface StateFacts {
  /** The sender is approved in the pairing store of this provider and account. Absent means false. */
  readonly isPaired?: boolean;
  /** The profile that the sender's approval names. Absent: none. One that the config does not know has no rights. */
  readonly profile?: string | null;
  /** Something is left of the budget of the sender's profile. Absent means false; asked only where there is a budget. */
  readonly isWithinBudget?: boolean;
  /** The group session's own activation, set by an owner; null or absent when unset. */
  readonly activation?: "mention" | "always" | null;
  /** `send`: the person written to is approved in the pairing store there. Absent means false. */
  readonly isTargetPaired?: boolean;
  /** `session`: the session was spawned by this one, or by one that it spawned. Absent means false. */
  readonly isSpawned?: boolean;
  /** One for each of the request's `contributors`, in their order. */
  readonly contributors?: readonly StateFacts[];
}
