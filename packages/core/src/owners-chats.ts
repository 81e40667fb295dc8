/** Where owners are told what only they should read: their own chats, and the pages of whoever holds the gateway's token. */
import type { Connection } from "./connections.ts";

/** A direct chat. */
export interface OwnersChat {
  readonly provider: string;
  readonly account: string;
  readonly id: string;
}

/** On the accounts that are there. @param owners `commands.ownerAllowFrom` of the config that is in force */
export function ownersChats(
  owners: readonly string[],
  connections: readonly Pick<Connection, "provider" | "account">[],
): readonly OwnersChat[] {
  return connections.flatMap(({ provider: { network }, account }) => {
    if (account !== "default") return [];
    const prefix = `${network.id}:`;
    const here = owners.filter((owner) => owner.startsWith(prefix));
    const ids =
      network.operator === undefined ? here.map((owner) => owner.slice(prefix.length)) : [network.operator];
    return ids.map((id) => ({ provider: network.id, account, id }));
  });
}
