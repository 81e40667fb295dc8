/** What owners read when the config on disk waits for their word. */
import type { Connection } from "@clawd/core";
import type { OutboxMessage } from "@clawd/store";
import type { Config } from "./config.ts";
import { shortHash } from "./config-in-force.ts";

/** Changes that are named; the rest are counted. */
const mostLines = 12;

/** One message to each owner's own chat, on the accounts that are connected. The same difference is told once. */
export function heldNotices(
  config: Config,
  connections: readonly Connection[],
  hash: string,
  lines: readonly string[],
): readonly OutboxMessage[] {
  const owners = config.commands?.ownerAllowFrom ?? [];
  const more = lines.length - mostLines;
  const text = [
    "The config on disk would give people more than they have. It is not in force.",
    ...lines.slice(0, mostLines),
    ...(more > 0 ? [`… and ${more} more: clawdbot config apply`] : []),
    `To accept exactly this: /approve ${shortHash(hash)}`,
  ].join("\n");
  return owners.flatMap((owner) => {
    const at = owner.indexOf(":");
    const [provider, id] = [owner.slice(0, at), owner.slice(at + 1)];
    const reached = connections.filter(
      (connection) => connection.provider.network.id === provider && connection.account === "default",
    );
    return reached.map((): OutboxMessage => ({
      deliveryId: `config-held:${hash}:${owner}`,
      provider,
      account: "default",
      chat: { kind: "dm", id, thread: null },
      text,
      replyToMessageId: null,
      purpose: "config-held",
      session: null,
      cause: null,
    }));
  });
}
