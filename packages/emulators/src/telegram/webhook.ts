/** Pushes updates to the bot's webhook: in order within a chat, again until it answers 2xx. */
import { messageOf, type Clock } from "@clawd/kernel";
import type { Update } from "./wire.ts";
import type { UpdateQueue } from "./update-queue.ts";

export interface WebhookSettings {
  readonly url: string;
  readonly secretToken: string | undefined;
  readonly maxConnections: number;
}

export interface Webhook {
  readonly settings: WebhookSettings | undefined;
  readonly lastError: { readonly date: number; readonly message: string } | undefined;
  set(settings: WebhookSettings | undefined): void;
  stop(): void;
}

export interface WebhookOptions {
  readonly queue: UpdateQueue;
  readonly clock: Clock;
  /** First pause after a failure, in milliseconds; it doubles up to 64 times that. */
  readonly retryMs: number;
  /** Runs a method that the bot put into its answer, as the real server does. */
  readonly callMethod: (method: string, parameters: object) => void;
}

/** The real server gives up waiting after about a minute. */
const answerTimeoutMs = 60_000;

export function createWebhook({ queue, clock, retryMs, callMethod }: WebhookOptions): Webhook {
  let settings: WebhookSettings | undefined;
  let lastError: Webhook["lastError"];
  let current = new AbortController();
  let pump = () => {};

  /** Delivers to one target until it is replaced; what an earlier target still does must not count for this one. */
  const pumpTo = (target: WebhookSettings, signal: AbortSignal) => {
    const busy = new Set<string>();
    return function pumpTarget() {
      for (const update of queue.pending) {
        if (signal.aborted || busy.size >= target.maxConnections) return;
        const lane = laneOf(update);
        if (busy.has(lane)) continue;
        busy.add(lane);
        void deliver(update, target, signal).then(() => {
          busy.delete(lane);
          pumpTarget();
        });
      }
    };
  };

  const deliver = async (update: Update, target: WebhookSettings, signal: AbortSignal) => {
    for (let pause = retryMs; !signal.aborted; pause = Math.min(pause * 2, retryMs * 64)) {
      const outcome = await post(update, target, signal);
      if (signal.aborted) return;
      if (outcome.delivered) {
        queue.remove(update.update_id);
        if (outcome.call !== undefined) callMethod(outcome.call.method, outcome.call.parameters);
        return;
      }
      lastError = { date: Math.floor(clock.now() / 1000), message: outcome.error };
      await clock.sleep(Math.max(pause, outcome.retryAfterMs), signal);
    }
  };

  const stopListening = queue.onPush(() => pump());
  return {
    get settings() {
      return settings;
    },
    get lastError() {
      return lastError;
    },
    set(next) {
      current.abort();
      current = new AbortController();
      settings = next;
      lastError = undefined;
      pump = next === undefined ? () => {} : pumpTo(next, current.signal);
      pump();
    },
    stop() {
      stopListening();
      settings = undefined;
      current.abort();
    },
  };
}

type Outcome =
  | { readonly delivered: true; readonly call?: { readonly method: string; readonly parameters: object } }
  | { readonly delivered: false; readonly error: string; readonly retryAfterMs: number };

async function post(update: Update, target: WebhookSettings, signal: AbortSignal): Promise<Outcome> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (target.secretToken !== undefined) headers["x-telegram-bot-api-secret-token"] = target.secretToken;
  try {
    const response = await fetch(target.url, {
      method: "POST",
      headers,
      body: JSON.stringify(update),
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    const body = await response.text();
    if (response.ok) return { delivered: true, ...methodIn(body) };
    const retryAfter = Number(response.headers.get("retry-after") ?? 0);
    const error = `Wrong response from the webhook: ${response.status} ${response.statusText}`;
    return { delivered: false, error, retryAfterMs: retryAfter > 0 ? retryAfter * 1000 : 0 };
  } catch (fault) {
    return { delivered: false, error: messageOf(fault), retryAfterMs: 0 };
  }
}

function methodIn(body: string): { call?: { method: string; parameters: object } } {
  try {
    const { method, ...parameters } = JSON.parse(body) as { method?: unknown };
    return typeof method === "string" ? { call: { method, parameters } } : {};
  } catch {
    return {};
  }
}

/** Updates of one lane are delivered one after the other. */
function laneOf(update: Update): string {
  const message =
    update.message ?? update.edited_message ?? update.channel_post ?? update.edited_channel_post;
  const chat =
    message?.chat ??
    update.callback_query?.message?.chat ??
    update.message_reaction?.chat ??
    (update.my_chat_member ?? update.chat_member)?.chat;
  return chat === undefined ? `update:${update.update_id}` : `chat:${chat.id}`;
}
