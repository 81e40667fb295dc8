/** What every method of the Bot API and every act of a person works on. */
import type { Clock } from "@clawd/kernel";
import type { Faults } from "./faults.ts";
import type { FileStore } from "./files.ts";
import type { Limiter } from "./limits.ts";
import type { RawParameters } from "./parameters.ts";
import type { UpdateQueue } from "./update-queue.ts";
import type { Webhook } from "./webhook.ts";
import type { Message } from "./wire.ts";
import type { World } from "./world.ts";

/** One thing the bot did that people can see. */
export interface Sent {
  /** `sendMessage`, `editMessageText`, `deleteMessage`, `setMessageReaction`, `sendChatAction`, … */
  readonly method: string;
  readonly chatId: number;
  /** The message made or changed; null for a chat action. */
  readonly messageId: number | null;
  readonly threadId: number | null;
  readonly replyToMessageId: number | null;
  /** Text or caption, without markup. */
  readonly text: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly message: Message | null;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** One request of the bot, as it ended. The download of a file is one with the method `file`. */
export interface Call {
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly at: number;
  /** The HTTP status answered; null when the connection was cut. */
  readonly status: number | null;
}

export interface Emulator {
  readonly clock: Clock;
  readonly world: World;
  readonly queue: UpdateQueue;
  readonly webhook: Webhook;
  readonly files: FileStore;
  readonly limiter: Limiter;
  /** Photos must be pictures by their first bytes. */
  readonly picky: boolean;
  readonly faults: Faults;
  readonly sent: readonly Sent[];
  readonly calls: readonly Call[];
  /** Callback queries waiting for `answerCallbackQuery`; the answer once given. */
  readonly callbacks: Map<string, { answered: boolean; readonly text?: string | undefined }>;
  /** Commands set by `setMyCommands`, by scope and language. */
  readonly commands: Map<string, readonly object[]>;
  /** Ends the long poll that waits, with the conflict's wording. */
  poll: ((reason: string) => void) | undefined;
  recordSent(sent: Omit<Sent, "at">): void;
  recordCall(call: Omit<Call, "at">): void;
}

/** @throws ApiError for a refusal. `signal` aborts when the bot hangs up. */
export type Method = (emulator: Emulator, raw: RawParameters, signal: AbortSignal) => unknown;
