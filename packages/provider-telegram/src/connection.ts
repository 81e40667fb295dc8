/** One bot at work: takes messages in and sends answers out. */
import {
  fileFault,
  SendError,
  type ConnectionState,
  type ProviderConnection,
  type ProviderPorts,
} from "@clawd/provider-kit";
import type { Update } from "grammy/types";
import { attemptNote, hasArrived } from "./arrived.ts";
import { openClient, type Client } from "./client.ts";
import { fetchFile } from "./download.ts";
import { createGather } from "./gather.ts";
import { createIntake } from "./intake.ts";
import { pollUpdates } from "./polling.ts";
import { acknowledgePresses } from "./press.ts";
import { createProgress } from "./progress.ts";
import { createPace, type SendingPace } from "./rate-limits.ts";
import { createSending, type Sending } from "./send.ts";
import { createSequences } from "./sequence.ts";
import { defaultApiRoot, type TelegramSettings } from "./settings.ts";
import { supervise } from "./supervise.ts";
import { readToken } from "./token.ts";
import type { Bot } from "./bot.ts";
import { mountWebhook } from "./webhook-mount.ts";
import { keepWebhook } from "./webhook-registration.ts";

/** From `start` to `stop`. */
interface Life {
  readonly controller: AbortController;
  readonly pace: SendingPace;
  readonly sending: Sending;
  client: Client | undefined;
  bot: Bot | undefined;
  /** Stores what is posted to the webhook. */
  readonly gather: (update: Update) => Promise<void>;
  /** Resolves when it is known how the connection stands. */
  started: Promise<void>;
  ended: Promise<void>;
}

export function connect(settings: TelegramSettings, ports: ProviderPorts): ProviderConnection {
  const { clock, logger } = ports;
  const sequences = createSequences(ports.note);
  const progress = createProgress();
  const intake = createIntake(ports, ({ chat, messageId }) => sequences.see(chat.id, messageId));
  const setUpWebhook = mountWebhook(settings, ports, (update) => {
    const { client, bot, gather } = life ?? {};
    return client === undefined || bot === undefined ? null : gather!(update);
  });
  let life: Life | undefined;
  let ending: Promise<void> = Promise.resolve();

  async function takeIn(updates: readonly Update[], { api }: Client, bot: Bot): Promise<void> {
    await intake.store(updates, bot);
    if (life !== undefined) void acknowledgePresses(updates, api, life.pace, life.controller.signal);
  }

  /** Who we are, asked once: the answer does not change while the token stays. */
  async function identify(own: Life): Promise<{ readonly client: Client; readonly bot: Bot }> {
    const root = (settings.apiRoot ?? defaultApiRoot).replace(/\/+$/, "");
    const client = (own.client ??= await openClient(await readToken(settings), root, clock));
    if (own.bot === undefined) {
      const me = await client.api.getMe(own.controller.signal);
      own.bot = { id: me.id, username: me.username };
      if (!me.can_read_all_group_messages) ports.warn(privacyNotice);
    }
    return { client, bot: own.bot };
  }

  async function attempt(own: Life, up: () => void): Promise<void> {
    const { signal } = own.controller;
    const { client, bot } = await identify(own);
    const { api } = client;
    if (setUpWebhook !== null) return keepWebhook({ api, clock, signal, up, ...setUpWebhook });
    await pollUpdates({ api, clock, logger, signal, up, store: (updates) => takeIn(updates, client, bot) });
  }

  function begin(): Life {
    const controller = new AbortController();
    const pace = createPace(clock);
    const sending = createSending({ pace, sequences, progress, replyToMode: settings.replyToMode });
    const own: Life = {
      controller,
      pace,
      sending,
      client: undefined,
      bot: undefined,
      gather: createGather({ clock, signal: controller.signal }, async (updates) => {
        if (own.client !== undefined && own.bot !== undefined) await takeIn(updates, own.client, own.bot);
        else throw new Error("The connection is down.");
      }),
      started: Promise.resolve(),
      ended: Promise.resolve(),
    };
    let known = () => {};
    own.started = new Promise((resolve) => (known = resolve));
    const report = (state: ConnectionState) => {
      ports.report(state);
      // The token may have been changed since: both are asked for again.
      if (state.state === "down" && state.code === "CLAWD_TELEGRAM_AUTH") forget(own);
      known();
    };
    // After the last life has ended: two polls of one bot at once would be a conflict.
    own.ended = ending
      .then(() => {
        ports.report({ state: "starting" });
        return supervise((up) => attempt(own, up), { clock, signal: controller.signal, report });
      })
      .finally(known);
    return own;
  }

  function forget(own: Life): void {
    own.client?.close();
    own.client = undefined;
    own.bot = undefined;
  }

  async function end(own: Life): Promise<void> {
    own.controller.abort();
    own.pace.stop();
    await own.ended;
    forget(own);
    ports.report({ state: "stopped" });
  }

  /** The connection's signal, or that of the caller. */
  function eitherSignal(own: Life, signal?: AbortSignal): AbortSignal {
    return signal === undefined ? own.controller.signal : AbortSignal.any([own.controller.signal, signal]);
  }

  return {
    async start() {
      life ??= begin();
      await life.started;
    },
    async stop() {
      if (life !== undefined) {
        ending = end(life);
        life = undefined;
      }
      await ending;
    },
    async send(message, signal) {
      if (life === undefined) throw notStarted();
      if (life.client === undefined) throw noClient();
      return life.sending.send(life.client, message, eitherSignal(life, signal));
    },
    async fetch(reference, limit, signal) {
      if (life === undefined) throw notStarted();
      if (life.client === undefined) throw fileFault("unreachable");
      const { client, controller } = life;
      const either = AbortSignal.any([controller.signal, signal]);
      return fetchFile(reference, limit, { client, clock, signal: either });
    },
    async typing(chat) {
      if (life?.client === undefined) return;
      await life.sending.typing(life.client.api, chat, life.controller.signal);
    },
    note: () => sequences.note(),
    attempt: (message) => attemptNote(message, sequences, progress),
    async confirm(message, note) {
      if (life?.client === undefined) return "unknown";
      const { pace, client, controller } = life;
      return hasArrived(message, note, { api: client.api, clock, pace, progress, signal: controller.signal });
    },
  };
}

const privacyNotice = {
  code: "telegram-privacy-mode",
  message:
    "Privacy mode is on: in groups the bot sees commands, replies to it and mentions of it, nothing else.",
  hint: "To let it see everything: @BotFather, /setprivacy, Disable, then remove it from the group and add it again.",
};

function notStarted(): SendError {
  return new SendError("CLAWD_PROVIDER_NOT_STARTED", "The connection to Telegram is not started.", {
    outcome: "not-sent",
    hint: "Call start() first.",
  });
}

function noClient(): SendError {
  return new SendError("CLAWD_TELEGRAM_AUTH", "There is no usable bot token.", {
    outcome: "not-sent",
    hint: "See the state of the connection: it says what is wrong with the token.",
  });
}
