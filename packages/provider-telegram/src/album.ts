/**
 * Makes one event of an album. Telegram delivers it as one message for each picture, of which one mostly has the words; people
 * mean one thing by it.
 */
import type { InboundEvent } from "@clawd/provider-kit";
import type { Update } from "grammy/types";

export interface ReadUpdate {
  readonly event: InboundEvent;
  readonly album: string | undefined;
}

/** What the parts of one album have in common; undefined for everything else. An edit is none: it comes alone. */
export function albumOf({ message, channel_post: post }: Update): string | undefined {
  const { media_group_id: group, chat } = message ?? post ?? {};
  return typeof group === "string" && typeof chat?.id === "number" ? `${chat.id} ${group}` : undefined;
}

/**
 * The events, those of an album as one in the place of its first. It has the eventId of its last part: should a part that came too
 * late be delivered with the others after a crash, the album is another event, and nothing of it is lost.
 */
export function mergeAlbums(read: readonly ReadUpdate[]): readonly InboundEvent[] {
  const seen = new Set<string>();
  return read.flatMap((one) => {
    if (one.album === undefined) return [one.event];
    const key = keyOf(one);
    if (seen.has(key)) return [];
    seen.add(key);
    const parts = read.filter((other) => other.album !== undefined && keyOf(other) === key);
    return [merged(parts.map(({ event }) => event))];
  });
}

/** Nobody's words are put into the mouth of somebody else, whatever the network calls an album. */
function keyOf({ album, event }: ReadUpdate): string {
  return JSON.stringify([album, event.sender.id, event.chat.id, event.chat.thread]);
}

function merged(parts: readonly InboundEvent[]): InboundEvent {
  const [first] = parts as readonly [InboundEvent];
  const worded = parts.filter(({ text }) => text !== "");
  return {
    ...first,
    eventId: parts.at(-1)!.eventId,
    text: worded.map(({ text }) => text).join("\n"),
    command: worded[0]?.command ?? null,
    mentioned: parts.some(({ mentioned }) => mentioned),
    mentionsOthers: parts.some(({ mentionsOthers }) => mentionsOthers),
    mentionDetectable: parts.every(({ mentionDetectable }) => mentionDetectable),
    replyTo: parts.find(({ replyTo }) => replyTo !== null)?.replyTo ?? null,
    attachments: parts.flatMap(({ attachments }) => attachments),
  };
}
