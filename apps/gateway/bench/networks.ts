/** The emulated networks, in this process, and the moment at which each request of a bot or gateway reaches them. */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { type AnthropicEmulator, startAnthropicEmulator } from "@clawd/emulators/anthropic";
import { startTelegramEmulator, type TelegramEmulator } from "@clawd/emulators/telegram";

interface Waiting {
  readonly port: number;
  readonly ending: string;
  readonly moment: "arrived" | "answered";
  readonly resolve: (at: number) => void;
}

const waiting = new Set<Waiting>();

function tell(moment: Waiting["moment"], message: unknown): void {
  const at = performance.now();
  const { request } = message as { readonly request: IncomingMessage };
  const port = request.socket.localPort;
  const path = request.url?.split("?")[0] ?? "";
  for (const one of waiting) {
    if (one.moment !== moment || one.port !== port || !path.endsWith(one.ending)) continue;
    waiting.delete(one);
    one.resolve(at);
  }
}

subscribe("http.server.request.start", (message) => tell("arrived", message));
subscribe("http.server.response.finish", (message) => tell("answered", message));

const patience = 30_000;

/** When the next request whose path ends so reaches the server at this port, or was answered to its end. */
export function next(port: number, ending: string, moment: Waiting["moment"] = "arrived"): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${ending} within ${patience} ms`)), patience);
    waiting.add({
      port,
      ending,
      moment,
      resolve(at) {
        clearTimeout(timer);
        resolve(at);
      },
    });
  });
}

export const telegram = startTelegramEmulator;

/** Answers every request with one short text. */
export const anthropic = () => startAnthropicEmulator({ respond: () => ({ text: "Fine." }) });

/** The part of a config that leads to the emulators. */
export function configFor(
  network: TelegramEmulator,
  model: AnthropicEmulator,
  rules: Readonly<Record<string, unknown>>,
) {
  return {
    telegram: { botToken: network.token, apiRoot: network.url, ...rules },
    models: { providers: { anthropic: { baseUrl: model.url, apiKey: "bench-key-0123456789" } } },
  };
}

export const people = (count: number) => Array.from({ length: count }, (_, index) => 1000 + index);

export const group = -1_002_000_000_777;
