/** What the bot did, and waiting for it to do something. */
import type { Call, Emulator, Sent } from "../emulator.ts";

/** Every member given must match. */
export interface SentPattern {
  readonly method?: string;
  readonly chatId?: number;
  readonly threadId?: number | null;
  readonly text?: string;
  readonly textIncludes?: string;
  /** Only what came after this many entries of `sent`. */
  readonly since?: number;
}

export interface Witness {
  /** Everything the bot did that people can see, in order. */
  readonly sent: readonly Sent[];
  /** Every request of the bot but `getUpdates`, in order. */
  readonly calls: readonly Call[];
  /** `sent`, or the part of it that fits; for a test in another process. */
  listSent(pattern?: SentPattern): readonly Sent[];
  listCalls(): readonly Call[];
  /** The bytes of a file that somebody sent, as base64; null when there is none with this id. */
  fileContent(fileId: string): string | null;
  /** Updates that the bot has not confirmed. */
  countPending(): number;
  /** Long polls that wait now: 0 or 1. */
  countPolls(): number;
  /** The first entry of `sent` that fits, now or as soon as it comes. @throws Error when the time is over. */
  waitForSent(wanted: SentPattern | ((sent: Sent) => boolean), timeoutMs?: number): Promise<Sent>;
  /** Resolves when the bot has confirmed every update. @throws Error when the time is over. */
  waitForConfirmed(timeoutMs?: number): Promise<void>;
}

export interface Observed {
  /** Runs `listener` after every request of the bot and whenever updates are confirmed. */
  onProgress(listener: () => void): () => void;
}

const defaultTimeoutMs = 10_000;

export function createWitness(emulator: Emulator, observed: Observed): Witness {
  const waitUntil = async <Value>(
    look: () => Value | undefined,
    timeoutMs: number,
    what: () => string,
  ): Promise<Value> => {
    const now = look();
    if (now !== undefined) return now;
    return new Promise((resolve, reject) => {
      const stopListening = observed.onProgress(() => {
        const found = look();
        if (found !== undefined) finish(() => resolve(found));
      });
      const timer = setTimeout(() => finish(() => reject(new Error(what()))), timeoutMs);
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        stopListening();
        settle();
      };
    });
  };

  return {
    get sent() {
      return emulator.sent;
    },
    get calls() {
      return emulator.calls;
    },
    listSent: (pattern = {}) => emulator.sent.filter(fits(pattern)),
    listCalls: () => emulator.calls,
    fileContent: (fileId) => emulator.files.byId(fileId)?.content.toString("base64") ?? null,
    countPending: () => emulator.queue.pending.length,
    countPolls: () => (emulator.poll === undefined ? 0 : 1),
    waitForSent: (wanted, timeoutMs = defaultTimeoutMs) => {
      const matches = typeof wanted === "function" ? wanted : fits(wanted);
      const summary = () =>
        emulator.sent.map(({ method, chatId, text }) => `${method} ${chatId} ${text ?? ""}`);
      return waitUntil(
        () => emulator.sent.find((one, index) => matches(one, index)),
        timeoutMs,
        () => `the bot did not send it within ${timeoutMs} ms; it sent:\n${summary().join("\n")}`,
      );
    },
    async waitForConfirmed(timeoutMs = defaultTimeoutMs) {
      await waitUntil(
        () => (emulator.queue.pending.length === 0 ? true : undefined),
        timeoutMs,
        () => `${emulator.queue.pending.length} updates are not confirmed after ${timeoutMs} ms`,
      );
    },
  };
}

const fits =
  (pattern: SentPattern) =>
  (sent: Sent, index: number): boolean =>
    index >= (pattern.since ?? 0) &&
    (pattern.method === undefined || sent.method === pattern.method) &&
    (pattern.chatId === undefined || sent.chatId === pattern.chatId) &&
    (pattern.threadId === undefined || sent.threadId === pattern.threadId) &&
    (pattern.text === undefined || sent.text === pattern.text) &&
    (pattern.textIncludes === undefined || (sent.text ?? "").includes(pattern.textIncludes));
