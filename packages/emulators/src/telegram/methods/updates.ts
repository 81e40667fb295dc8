/** How updates reach the bot: `getUpdates`, and the webhook's methods. */
import { ApiError, badRequest } from "../api-error.ts";
import type { Emulator, Method } from "../emulator.ts";
import { flag, ignored, integer, json, list, optional, readParameters, text } from "../parameters.ts";
import { allowedTypes } from "../update-queue.ts";
import { knownUpdateNames } from "../wire.ts";

const updateNames = optional(
  json(
    list((value, name) => {
      const known = typeof value === "string" && knownUpdateNames.includes(value);
      if (!known) throw badRequest(`"${name}" holds ${JSON.stringify(value)}, which is no type of update`);
      return value;
    }),
  ),
);

const conflict = (reason: string) => new ApiError(409, `Conflict: ${reason}`);
const longestPollSeconds = 50;

export const getUpdates: Method = async (emulator, raw, signal) => {
  const { queue, webhook, clock } = emulator;
  const asked = readParameters(raw, {
    offset: optional(integer),
    limit: optional(integer),
    timeout: optional(integer),
    allowed_updates: updateNames,
  });
  if (webhook.settings !== undefined) {
    throw conflict(
      "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  if (asked.allowed_updates !== undefined) queue.allowed = allowedTypes(asked.allowed_updates);
  emulator.poll?.("terminated by other getUpdates request; make sure that only one bot instance is running");
  if (asked.offset !== undefined) queue.confirm(asked.offset);
  const limit = Math.min(Math.max(asked.limit ?? 100, 1), 100);
  const timeout = Math.min(Math.max(asked.timeout ?? 0, 0), longestPollSeconds);
  if (queue.pending.length === 0 && timeout > 0) {
    const reason = await nextUpdate(emulator, timeout * 1000, clock, signal);
    if (reason !== undefined) throw conflict(reason);
  }
  return queue.pending.slice(0, limit);
};

/** Waits for an update, the time or the end of the connection; answers why when another request ended the wait. */
async function nextUpdate(
  emulator: Emulator,
  milliseconds: number,
  clock: Emulator["clock"],
  signal: AbortSignal,
): Promise<string | undefined> {
  const woken = new AbortController();
  let reason: string | undefined;
  const end = (why: string) => {
    reason = why;
    woken.abort();
  };
  const stopListening = emulator.queue.onPush(() => woken.abort());
  emulator.poll = end;
  await clock.sleep(milliseconds, AbortSignal.any([woken.signal, signal]));
  stopListening();
  if (emulator.poll === end) emulator.poll = undefined;
  return reason;
}

export const setWebhook: Method = (emulator, raw) => {
  const asked = readParameters(raw, {
    url: optional(text),
    certificate: ignored,
    ip_address: ignored,
    max_connections: optional(integer),
    allowed_updates: updateNames,
    drop_pending_updates: optional(flag),
    secret_token: optional(text),
  });
  const { queue, webhook } = emulator;
  if (asked.allowed_updates !== undefined) queue.allowed = allowedTypes(asked.allowed_updates);
  if (asked.drop_pending_updates === true) queue.clear();
  if (asked.url === undefined || asked.url === "") return removeWebhook(emulator);
  emulator.poll?.("terminated by setWebhook request");
  const maxConnections = asked.max_connections ?? 40;
  if (maxConnections < 1 || maxConnections > 100)
    throw badRequest("max_connections must be between 1 and 100");
  webhook.set({ url: webhookUrl(asked.url), secretToken: secret(asked.secret_token), maxConnections });
  return true;
};

/** The real server takes https on 80, 88, 443 and 8443; here plain http to this machine is taken too. */
function webhookUrl(given: string): string {
  const url = URL.parse(given);
  if (url === null) throw badRequest("bad webhook: invalid webhook URL specified");
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLocal)) return url.href;
  throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
}

function secret(given: string | undefined): string | undefined {
  if (given === undefined || given === "") return undefined;
  if (given.length > 256) throw badRequest("secret token is too long");
  if (!/^[\w-]+$/.test(given)) throw badRequest("secret token contains unallowed characters");
  return given;
}

export const deleteWebhook: Method = (emulator, raw) => {
  const { drop_pending_updates: drop } = readParameters(raw, { drop_pending_updates: optional(flag) });
  if (drop === true) emulator.queue.clear();
  return removeWebhook(emulator);
};

function removeWebhook(emulator: Emulator): true {
  emulator.webhook.set(undefined);
  return true;
}

export const getWebhookInfo: Method = ({ queue, webhook }, raw) => {
  readParameters(raw, {});
  const { settings, lastError } = webhook;
  return {
    url: settings?.url ?? "",
    has_custom_certificate: false,
    pending_update_count: queue.pending.length,
    max_connections: settings?.maxConnections,
    last_error_date: lastError?.date,
    last_error_message: lastError?.message,
    allowed_updates: queue.allowed,
  };
};
