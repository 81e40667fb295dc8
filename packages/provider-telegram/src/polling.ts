/**
 * Fetches updates by long polling: store, then acknowledge.
 * INVARIANT: the offset that tells Telegram to forget updates is sent only after they are stored
 * ("keeps every update over kills of the process").
 */
import type { Logger } from "@clawd/kernel";
import type { Update } from "grammy/types";
import { pollSeconds, type Api } from "./client.ts";
import { faultOf, isWebhookActive } from "./fault.ts";
import { allowedUpdates } from "./translate.ts";

export interface Polling {
  readonly api: Api;
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
    const updates = await ask(polling, offset, timeout);
    await store(updates);
    offset = updates.reduce((next, { update_id: id }) => Math.max(next, id + 1), offset ?? 0) || undefined;
    timeout = pollSeconds;
    up();
  }
}

async function ask({ api, logger, signal }: Polling, offset: number | undefined, timeout: number) {
  const question = {
    ...(offset !== undefined && { offset }),
    limit: 100,
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
