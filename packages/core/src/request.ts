/** Turns an event's facts into the question for the policy. Content stays behind. */
import type { MessageRequest, Origin } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";

/** Whether the text matches one of the owner's own mention patterns; `available`: there are patterns at all. */
export interface PatternMention {
  readonly matched: boolean;
  readonly available: boolean;
}

/** Every `/name` goes along: which of them are commands, and whose, is the policy's business. */
export function messageRequest(event: InboundEvent, pattern: PatternMention): MessageRequest {
  const { command } = event;
  return {
    action: "message",
    ...originOf(event),
    event: event.kind,
    mentioned: event.mentioned || pattern.matched,
    mentionDetectable: event.mentionDetectable || pattern.available,
    mentionsOthers: event.mentionsOthers,
    command: command?.name ?? null,
  };
}

/** Who sent the event, and where. */
export function originOf({ provider, account, chat, sender }: InboundEvent): Origin {
  return {
    provider,
    account,
    chat: {
      kind: chat.kind,
      id: chat.id,
      parent: chat.parent,
      thread: chat.thread,
      guild: chat.guild,
      team: chat.team,
    },
    sender: { id: sender.id, isBot: sender.isBot, isSelf: sender.isSelf },
  };
}
