/** Waits for the rest of an album, where updates come one by one: what a chat says meanwhile waits with it, so that nothing is overtaken. */
import type { Clock } from "@clawd/kernel";
import type { Update } from "grammy/types";
import { albumOf } from "./album.ts";

/** Milliseconds after a part in which the next one comes; Telegram sends them at once. */
export const albumPause = 600;
/** An album has ten parts; whoever sends on and on is not waited for. */
export const longestWait = 3000;

interface Waiting {
  readonly updates: Update[];
  readonly stored: Promise<void>;
}

/**
 * @param store stores updates together. Its rejection is that of every call whose update was among them.
 * @param signal nothing is stored after it aborted: then Telegram delivers again
 */
export function createGather(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  store: (updates: readonly Update[]) => Promise<void>,
): (update: Update) => Promise<void> {
  const waiting = new Map<number, Waiting>();

  async function collect(chat: number, updates: Update[]): Promise<void> {
    const end = clock.now() + longestWait;
    for (let count = 0; count < updates.length && clock.now() < end;) {
      count = updates.length;
      await clock.sleep(albumPause, signal);
      if (signal.aborted) break;
    }
    waiting.delete(chat);
    if (signal.aborted) throw new Error("The connection was stopped.");
    await store(updates.toSorted((a, b) => a.update_id - b.update_id));
  }

  return (update) => {
    const { id } = (update.message ?? update.edited_message ?? update.channel_post)?.chat ?? {};
    const others = id === undefined ? undefined : waiting.get(id);
    if (others !== undefined) {
      others.updates.push(update);
      return others.stored;
    }
    if (id === undefined || albumOf(update) === undefined) return store([update]);
    const updates = [update];
    const stored = collect(id, updates);
    waiting.set(id, { updates, stored });
    return stored;
  };
}
