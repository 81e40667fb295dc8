/** What owners read when the config on disk waits for their word. */
import type { OutboxMessage } from "@clawd/store";
import { randomUUID } from "node:crypto";
import type { HeldConfig } from "./config-in-force.ts";
import type { OwnersChat } from "../owners-chats.ts";

/** Changes that are named; the rest are counted. */
const mostLines = 12;

/** One message to each of the owners' chats. */
export function heldNotices(
  { shortHash, lines }: HeldConfig,
  chats: readonly OwnersChat[],
): readonly OutboxMessage[] {
  const more = lines.length - mostLines;
  const text = [
    "The config on disk would give more than is given now. It is not in force.",
    ...lines.slice(0, mostLines),
    ...(more > 0 ? [`… and ${more} more: clawdbot config apply`] : []),
  ].join("\n");
  const buttons = [
    { label: "Accept exactly this", command: `/approve ${shortHash}` },
    { label: "Dismiss", command: `/deny ${shortHash}` },
  ];
  // Another one each time that the difference begins to wait.
  const notice = randomUUID();
  return chats.map(({ provider, account, id }): OutboxMessage => ({
    deliveryId: `config-held:${notice}:${provider}:${id}`,
    provider,
    account,
    chat: { kind: "dm", id, thread: null },
    text,
    buttons,
    replyToMessageId: null,
    purpose: "config-held",
    session: null,
    cause: null,
  }));
}
