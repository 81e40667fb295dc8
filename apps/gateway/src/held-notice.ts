/** What owners read when the config on disk waits for their word. */
import type { Connection } from "@clawd/core";
import type { OutboxMessage } from "@clawd/store";
import { randomUUID } from "node:crypto";
import type { Config } from "./config.ts";
import { shortHash } from "./config-in-force.ts";

/** Changes that are named; the rest are counted. */
const mostLines = 12;

/** One message to each place where an owner reads: their own chats, and the pages of whoever holds the gateway's token. */
export function heldNotices(
  config: Config,
  connections: readonly Connection[],
  hash: string,
  lines: readonly string[],
): readonly OutboxMessage[] {
  const more = lines.length - mostLines;
  const text = [
    "The config on disk would give people more than they have. It is not in force.",
    ...lines.slice(0, mostLines),
    ...(more > 0 ? [`… and ${more} more: clawdbot config apply`] : []),
  ].join("\n");
  const buttons = [
    { label: "Accept exactly this", command: `/approve ${shortHash(hash)}` },
    { label: "Dismiss", command: `/deny ${shortHash(hash)}` },
  ];
  // Another one each time that the difference begins to wait.
  const notice = randomUUID();
  return ownersChats(config, connections).map(({ provider, account, id }): OutboxMessage => ({
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

/** On the accounts that are connected. */
function ownersChats({ commands }: Config, connections: readonly Connection[]) {
  return connections.flatMap(({ provider: { network }, account }) => {
    if (account !== "default") return [];
    const prefix = `${network.id}:`;
    const owners = (commands?.ownerAllowFrom ?? []).filter((owner) => owner.startsWith(prefix));
    const ids =
      network.operator === undefined ? owners.map((owner) => owner.slice(prefix.length)) : [network.operator];
    return ids.map((id) => ({ provider: network.id, account, id }));
  });
}
