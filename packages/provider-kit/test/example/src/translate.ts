/** From what Example sends to events. Facts and words only: no decision is made here. */
import { displayName, parseCommand, type InboundEvent } from "@clawd/provider-kit";
import { attachmentOf } from "./files.ts";
import { network } from "./network.ts";
import type { Update } from "./wire.ts";

export interface Self {
  readonly id: string;
  readonly name: string;
}

/** Null for the bot's own messages. */
export function eventOf(update: Update, account: string, self: Self): InboundEvent | null {
  const { from, chat, text } = update;
  if (from.id === self.id) return null;
  const sender = network.canonicalSender(from.id);
  const id = sender.ok ? sender.id : null;
  const answers = update.answers;
  return {
    kind: update.kind,
    provider: network.id,
    account,
    eventId: String(update.number),
    sentAt: update.at,
    chat: {
      kind: chat.isGroup ? "group" : "dm",
      id: chat.isGroup ? chat.id : (id ?? chat.id),
      parent: null,
      thread: null,
      guild: null,
      team: null,
      title: displayName(chat.title),
    },
    sender: { id, isBot: from.isBot, isSelf: false, name: displayName(from.name), username: null },
    mentioned: update.kind === "button" || update.mentions.includes(self.id) || answers?.from === self.id,
    mentionsOthers: update.mentions.some((mentioned) => mentioned !== self.id),
    mentionDetectable: true,
    text,
    command: parseCommand(text, [self.name]),
    messageId: update.id,
    replyTo: answers && { messageId: answers.id, text: answers.text, senderName: null },
    attachments: update.file === null ? [] : [attachmentOf(update.file)],
  };
}
