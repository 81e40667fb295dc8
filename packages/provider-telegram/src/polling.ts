/**
 * Fetches updates by long polling: store, then acknowledge.
 * INVARIANT: the offset that tells Telegram to forget updates is sent only after they are stored
 * ("keeps every update over kills of the process").
 */
import type { Clock, Logger } from "@clawd/kernel";
import type { Update } from "grammy/types";
import { albumOf } from "./album.ts";
import { pollSeconds, type Api } from "./client.ts";
import { faultOf, isWebhookActive } from "./fault.ts";
import { albumPause, longestWait } from "./gather.ts";
import { allowedUpdates } from "./translate.ts";

/** At once; the Bot API allows no more. */
const mostUpdates = 100;

export interface Polling {
  readonly api: Api;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Resolves once the updates are stored. */
  readonly store: (updates: readonly Update[]) => Promise<void>;
  readonly up: () => void;
}

/** Returns when the signal aborts; rejects with grammY's error, or that of `store`. */
export async function pollUpdates(polling: Polling): Promise<void> {
  const { signal, store, up } = polling;
  // Without an offset Telegram begins with the oldest update that was never acknowledged.
  let offset: number | undefined;
  // The first question is answered at once, so that it is known early whether questions are answered at all.
  let timeout = 0;
  while (!signal.aborted) {
    const updates = await withWholeAlbums(await ask(polling, offset, timeout), offset, polling);
    if (signal.aborted) return;
    await store(updates);
    offset = updates.reduce((next, { update_id: id }) => Math.max(next, id + 1), offset ?? 0) || undefined;
    timeout = pollSeconds;
    up();
  }
}

/**
 * The same updates and what came to their albums meanwhile: nothing is acknowledged yet, so Telegram answers with all of them again.
 */
async function withWholeAlbums(
  updates: readonly Update[],
  offset: number | undefined,
  polling: Polling,
): Promise<readonly Update[]> {
  const parts = (all: readonly Update[]) => all.filter((update) => albumOf(update) !== undefined).length;
  let known = updates;
  for (let waited = 0; parts(known) > 0 && known.length < mostUpdates; waited += albumPause) {
    await polling.clock.sleep(albumPause, polling.signal);
    if (polling.signal.aborted) break;
    const next = await ask(polling, offset, 0);
    const isWhole = parts(next) <= parts(known);
    known = next;
    if (isWhole || waited >= longestWait) break;
  }
  return known;
}

async function ask({ api, logger, signal }: Polling, offset: number | undefined, timeout: number) {
  const question = {
    ...(offset !== undefined && { offset }),
    limit: mostUpdates,
    timeout,
    allowed_updates: allowedUpdates,
  };
  try {
    return await api.getUpdates(question, signal);
  } catch (thrown) {
    if (!isWebhookActive(faultOf(thrown))) throw thrown;
    // Left by a config that had a webhook. Only then is it worth a request: the usual start goes without.
    await api.deleteWebhook({ drop_pending_updates: false }, signal);
    logger.info("the webhook was removed: messages are fetched by polling");
    return api.getUpdates(question, signal);
  }
}
