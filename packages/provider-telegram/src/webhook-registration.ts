/** Tells Telegram where to post, and looks now and then whether it still does. */
import type { Clock } from "@clawd/kernel";
import type { Api } from "./client.ts";
import { allowedUpdates } from "./translate.ts";

const probeEvery = 60_000;

export interface Registration {
  readonly api: Api;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly url: string;
  readonly secret: string;
  readonly up: () => void;
}

/** Returns when the signal aborts; rejects with grammY's error when Telegram does not answer or refuses. */
export async function keepWebhook({ api, clock, signal, url, secret, up }: Registration): Promise<void> {
  while (!signal.aborted) {
    // Set anew at every start, because Telegram never tells the secret it holds.
    await api.setWebhook({ url, secret_token: secret, allowed_updates: allowedUpdates }, signal);
    do {
      up();
      await clock.sleep(probeEvery, signal);
    } while (!signal.aborted && (await api.getWebhookInfo(signal)).url === url);
  }
}
