/** Puts the webhook on the gateway's HTTP server, for an account that is configured to have one. */
import type { ProviderPorts } from "@clawd/provider-kit";
import type { Update } from "grammy/types";
import { pathOf, type TelegramSettings } from "./settings.ts";
import { troubleOf } from "./trouble.ts";
import { webhookHandler } from "./webhook.ts";

/** So many wrong secrets are no mistake of typing. */
const alarmingRefusals = 10;

/**
 * Null when updates are fetched by polling; without a secret there is no webhook at all.
 * @param store null while the connection is not up
 */
export function mountWebhook(
  { webhookUrl: url, webhookPath, webhookSecret: secret }: TelegramSettings,
  ports: ProviderPorts,
  store: (update: Update) => Promise<void> | null,
): { readonly url: string; readonly secret: string } | null {
  if (url === undefined || secret === undefined) return null;
  const path = webhookPath ?? pathOf(url);
  let refusals = 0;
  const refused = () => {
    refusals += 1;
    if (refusals === alarmingRefusals) ports.warn(guessingNotice);
  };
  const storeOrSay = (update: Update) =>
    store(update)?.catch((fault: unknown) => {
      const { code, message } = troubleOf(fault);
      ports.logger.error(message, { code });
      throw fault;
    }) ?? null;
  ports.http.handle(path, "none", webhookHandler({ path, secret, store: storeOrSay, refused }));
  return { url, secret };
}

const guessingNotice = {
  code: "telegram-webhook-wrong-secret",
  message: "Somebody posts to the webhook without its secret.",
  hint: "Nothing got in. If it is your own proxy, it must pass on the header X-Telegram-Bot-Api-Secret-Token.",
};
