/** Sends messages: text and files, one at a time in each chat, at Telegram's pace. */
import {
  checkButtons,
  createLru,
  readFiles,
  SendError,
  type Delivery,
  type OutboundMessage,
} from "@clawd/provider-kit";
import { canonicalChatOf } from "./chat.ts";
import type { Api, Client } from "./client.ts";
import { faultOf } from "./fault.ts";
import { keyboardOf } from "./keyboard.ts";
import { messagesOf, partsOf, type Part } from "./parts.ts";
import type { Progress } from "./progress.ts";
import type { SendingPace } from "./rate-limits.ts";
import { sendErrorOf } from "./send-fault.ts";
import type { Sequences } from "./sequence.ts";
import type { TelegramSettings } from "./settings.ts";
import { fileCapabilities } from "./file-capabilities.ts";
import { sendPart, type Around } from "./upload.ts";

/** Longer waits are the outbox's business. */
const longestWait = 60_000;
const mostTries = 5;

type Chat = OutboundMessage["chat"];

export interface SendingOptions {
  readonly pace: SendingPace;
  readonly sequences: Sequences;
  readonly progress: Progress;
  readonly replyToMode: TelegramSettings["replyToMode"];
}

export interface Sending {
  /** @throws SendError */
  send(client: Client, message: OutboundMessage, signal: AbortSignal): Promise<Delivery>;
  typing(api: Api, chat: Chat, signal: AbortSignal): Promise<void>;
}

export function createSending({ pace, sequences, progress, replyToMode = "first" }: SendingOptions): Sending {
  /** The end of the last message to each chat: `confirm` can tell messages of a chat apart only when they never overlap. */
  const lanes = new Map<string, Promise<unknown>>();
  /** In each chat the message that was quoted last. */
  const quoted = createLru<string, string>(1000);

  function quotes({ chat, replyToMessageId: id }: OutboundMessage): boolean {
    if (id === null || !isMessageId(id) || replyToMode === "off") return false;
    return replyToMode === "all" || quoted.get(chat.id) !== id;
  }

  async function sendNow(client: Client, message: OutboundMessage, signal: AbortSignal): Promise<Delivery> {
    const parts = partsOf(message, await readFiles(message.files, fileCapabilities));
    const isQuoting = quotes(message);
    let last = "";
    for (const [index, part] of parts.entries()) {
      if (index < progress.done(message)) continue;
      const isFirst = index === 0;
      const around: Around = {
        ...aroundOf(message, isQuoting && isFirst),
        ...(index === parts.length - 1 && keyboardOf(message.buttons)),
      };
      for (const id of await sendPaced(client, part, around, message.chat, signal)) {
        last = String(id);
        sequences.see(message.chat.id, last);
      }
      if (isQuoting && isFirst) quoted.set(message.chat.id, message.replyToMessageId!);
      if (parts.length > 1) progress.note(message, index + 1);
    }
    if (message.answersPress === true) await takeButtonsAway(client.api, message, signal);
    return { messageId: last };
  }

  async function sendPaced(
    client: Client,
    part: Part,
    around: Around,
    chat: Chat,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    for (let tries = 1; ; tries += 1) {
      // Telegram counts the messages, and an album is as many as it has files.
      for (let count = messagesOf(part); count > 0; count -= 1) await pace.take(chat, signal);
      try {
        return await sendPart(client, part, around, signal);
      } catch (thrown) {
        const wait = askedWait(thrown);
        if (wait === undefined || tries === mostTries) throw sendErrorOf(thrown);
        pace.pause(wait, chat);
      }
    }
  }

  /** Never throws: the answer has arrived, and a button that stays says the same as before. */
  async function takeButtonsAway(api: Api, message: OutboundMessage, signal: AbortSignal): Promise<void> {
    const { chat, replyToMessageId: id } = message;
    if (id === null || !isMessageId(id)) return;
    try {
      await pace.takeProbe(signal);
      await api.editMessageReplyMarkup({ chat_id: Number(chat.id), message_id: Number(id) }, signal);
    } catch {
      // Pressed twice and gone already, or too old to be changed.
    }
  }

  return {
    async send(client, message, signal) {
      checkChat(message.chat);
      checkButtons(message.buttons);
      const before = lanes.get(message.chat.id) ?? Promise.resolve();
      const own = before.then(() => sendNow(client, message, signal));
      const end = own.catch(() => undefined);
      lanes.set(message.chat.id, end);
      try {
        return await own;
      } finally {
        if (lanes.get(message.chat.id) === end) lanes.delete(message.chat.id);
      }
    },
    async typing(api, chat, signal) {
      try {
        checkChat(chat);
        await api.sendChatAction({ chat_id: Number(chat.id), action: "typing", ...threadOf(chat) }, signal);
      } catch {
        // A sign of life that does not come through is not worth a word.
      }
    },
  };
}

function aroundOf({ chat, replyToMessageId: id }: OutboundMessage, isQuoting: boolean): Around {
  return {
    chat_id: Number(chat.id),
    ...(isQuoting && {
      reply_parameters: { message_id: Number(id), allow_sending_without_reply: true },
    }),
    ...threadOf(chat),
  };
}

/** Telegram wants messages to the topic "General" without its id. */
function threadOf({ thread }: Chat): { readonly message_thread_id?: number } {
  return thread === null || thread === "1" || !isMessageId(thread)
    ? {}
    : { message_thread_id: Number(thread) };
}

function isMessageId(text: string): boolean {
  return /^[1-9][0-9]{0,14}$/.test(text);
}

/** Names are refused: a message goes to the chat it was meant for, not to whoever bears the name now. */
function checkChat({ kind, id }: Chat): void {
  const canonical = canonicalChatOf(kind, id);
  if (canonical.ok && canonical.id === id) return;
  throw new SendError("CLAWD_TELEGRAM_BAD_CHAT", "This is no chat of Telegram.", {
    outcome: "rejected",
    hint: canonical.ok ? "Write the id without a prefix." : canonical.hint,
  });
}

/** Milliseconds, when Telegram asked for a wait that is short enough to be kept here. */
function askedWait(thrown: unknown): number | undefined {
  const fault = faultOf(thrown);
  if (fault.kind !== "refused" || fault.status !== 429) return undefined;
  const { retryAfterMs = 1000 } = fault;
  return retryAfterMs <= longestWait ? retryAfterMs : undefined;
}
