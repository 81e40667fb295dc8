/** One builder of inbound events for tests: a plain direct message, and what a test wants different. */
import type { ChatFacts, InboundEvent, SenderFacts } from "./event.ts";

export type EventOverrides = Partial<Omit<InboundEvent, "chat" | "sender">> & {
  readonly chat?: Partial<ChatFacts>;
  readonly sender?: Partial<SenderFacts>;
};

export function anEvent({ chat, sender, ...rest }: EventOverrides = {}): InboundEvent {
  return {
    kind: "message",
    provider: "example",
    account: "default",
    eventId: "event-1",
    sentAt: Date.UTC(2026, 0, 1),
    mentioned: false,
    mentionsOthers: false,
    mentionDetectable: true,
    text: "Hello",
    command: null,
    messageId: "message-1",
    replyTo: null,
    attachments: [],
    ...rest,
    chat: { kind: "dm", id: "42", parent: null, thread: null, guild: null, team: null, title: null, ...chat },
    sender: { id: "42", isBot: false, isSelf: false, name: "Alice", username: null, ...sender },
  };
}
