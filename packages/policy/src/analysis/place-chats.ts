/** The chats that stand under the rules of one place of the config. */
import type { ConfigPath } from "../config-path.ts";
import type { Network } from "../network.ts";
import type { ChatReference } from "../request.ts";
import { valueAt } from "./config-edit.ts";
import type { ConfigPlace } from "./config-places.ts";
import type { Landscape } from "./landscape.ts";
import type { Spot } from "./spots.ts";

/**
 * The chat without the rule: under the probe's key instead of the place's; null for a chat that is not of the place. `room`:
 * the room or, for a guild, the guild in which all its chats are.
 */
export function moverOf(network: Network, { path, level }: ConfigPlace, probe: string) {
  const idOf = (key: ConfigPath[number] | undefined): string => {
    const read = network.canonicalChat(String(key));
    return read.ok ? read.id : String(key);
  };
  const [key, outer] = [path.at(-1), path.at(-3)];
  const room = idOf(level === "topic" ? outer : key);
  const inRoom = (chat: ChatReference): ChatReference | null => {
    if (chat.kind === "dm" || (chat.parent ?? chat.id) !== room) return null;
    return chat.parent ? { ...chat, parent: probe } : { ...chat, id: probe };
  };
  const move = (chat: ChatReference): ChatReference | null => {
    switch (level) {
      case "group":
        return inRoom(chat);
      case "topic":
        return inRoom(chat) && chat.thread === key ? { ...chat, thread: probe } : null;
      case "guild":
        return chat.kind === "channel" && chat.guild === room ? { ...chat, guild: probe } : null;
      case "channel":
        if (chat.kind !== "channel") return null;
        return network.layout === "guilds" && chat.guild !== idOf(outer) ? null : inRoom(chat);
    }
  };
  return { move, room };
}

interface ChatAt {
  readonly spot: Spot;
  readonly chat: ChatReference;
}

/** The chats of a room or a guild, in the accounts that take the place's map over. */
export function chatsByPlace(config: unknown, { spots }: Landscape) {
  const known = new Map<string, ReadonlyMap<string, readonly ChatAt[]>>();
  return ({ network, section, path, level }: ConfigPlace, room: string): readonly ChatAt[] => {
    const map = path[section.length]!;
    const key = JSON.stringify([section, map, level === "guild"]);
    const chats = known.get(key) ?? chatsUnder();
    known.set(key, chats);
    return chats.get(room) ?? [];

    function chatsUnder(): ReadonlyMap<string, readonly ChatAt[]> {
      const found = new Map<string, ChatAt[]>();
      for (const spot of spots.all) {
        if (spot.network !== network || !isUsed(spot.account)) continue;
        for (const { chat } of spot.chats) {
          const at = level === "guild" ? chat.guild : (chat.parent ?? chat.id);
          if (typeof at === "string") found.set(at, [...(found.get(at) ?? []), { spot, chat }]);
        }
      }
      return found;
    }

    function isUsed(account: string): boolean {
      if (section.length > 1) return account === section[2];
      return valueAt(config, [network, "accounts", account, map]) === undefined;
    }
  };
}
