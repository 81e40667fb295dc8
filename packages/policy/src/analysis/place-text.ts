/** Chats in words. */
import type { ChatPlace } from "./types.ts";

/** `telegram group -1001, topic 7`; `any other channel of discord guild 9`; `direct messages on telegram`. */
export function placeText(place: Omit<ChatPlace, "text">): string {
  const { provider, account, kind, id, thread, parent, guild, team } = place;
  const network = account === "default" ? provider : `${provider} (account ${account})`;
  const after = [
    ...(thread === undefined ? [] : [thread === null ? "any other topic" : `topic ${thread}`]),
    ...(team === undefined ? [] : [`team ${team}`]),
  ].map((text) => `, ${text}`);
  if (kind === "dm") return [`direct messages on ${network}`, ...after].join("");
  const at =
    guild === undefined
      ? network
      : `${guild === null ? `other guilds of ${network}` : `${network} guild ${guild}`}`;
  const room = (name: string | null | undefined) =>
    guild === undefined
      ? name === null || name === undefined
        ? `any other ${kind} on ${at}`
        : `${at} ${kind} ${name}`
      : name === null || name === undefined
        ? `any other ${kind} of ${at}`
        : `${at}, ${kind} ${name}`;
  const chat = parent === undefined ? room(id) : `thread ${id} of ${room(parent)}`;
  return [chat, ...after].join("");
}
