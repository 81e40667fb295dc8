/** The Bot API through grammY, for one bot. */
import type { Clock } from "@clawd/kernel";
import type { InputFile, RawApi } from "grammy";
import { createTransport, type Coming } from "./transport.ts";

/** Seconds that Telegram holds a poll open when there is nothing to say; the Bot API allows up to 50. */
export const pollSeconds = 30;

const deadlines: Readonly<Record<string, number>> = {
  // A poll that is not answered this long after it should have been is dead.
  getUpdates: (pollSeconds + 15) * 1000,
  getMe: 10_000,
  sendChatAction: 5000,
  answerCallbackQuery: 5000,
};
const usualDeadline = 30_000;
/** 50 MB at some 170 KB a second. */
const uploadDeadline = 300_000;

const uploads = [
  "sendPhoto",
  "sendDocument",
  "sendVoice",
  "sendAudio",
  "sendVideo",
  "sendAnimation",
  "sendMediaGroup",
] as const;

type Used =
  | (typeof uploads)[number]
  | "getFile"
  | "getMe"
  | "getUpdates"
  | "setWebhook"
  | "deleteWebhook"
  | "getWebhookInfo"
  | "sendMessage"
  | "sendChatAction"
  | "editMessageReplyMarkup"
  | "answerCallbackQuery";

/** grammY's types name the signal of a package from before Node had its own. */
type OldSignal = Parameters<RawApi["getMe"]>[0];
type OurSignal<All extends readonly unknown[]> = {
  [Index in keyof All]: All[Index] extends OldSignal ? AbortSignal | undefined : All[Index];
};

/** The methods in use, as grammY has them. */
export type Api = {
  readonly [Name in Used]: (...all: OurSignal<Parameters<RawApi[Name]>>) => ReturnType<RawApi[Name]>;
};

export type UploadedFile = InputFile;

export interface Client {
  readonly api: Api;
  /** What a method takes for a file that is uploaded. The name is checked by whoever gives it: it is written into a header. */
  readonly upload: (bytes: Uint8Array, name: string) => UploadedFile;
  /** Asks the API's own root for a file. @param path of safe segments, encoded */
  readonly download: (path: string, signal: AbortSignal) => Promise<Coming>;
  /** Ends what is under way; nothing is left open. */
  readonly close: () => void;
}

/**
 * Loads grammY, in its build for the web platform: the other one costs five times as long to load (44 ms against 8)
 * and brings an HTTP client that we replace anyway.
 */
export async function openClient(token: string, apiRoot: string, clock: Clock): Promise<Client> {
  const grammy = await import("grammy/web");
  const transport = createTransport({
    clock,
    deadline: (method) => deadlines[method] ?? (isUpload(method) ? uploadDeadline : usualDeadline),
    // The part after the bot's id, which is no secret.
    secret: token.slice(token.indexOf(":") + 1),
  });
  // grammY's types ask for the whole of a fetch; its client uses what Transport has.
  const fetch = transport.fetch as unknown as typeof globalThis.fetch;
  return {
    api: new grammy.Api(token, { apiRoot, fetch }).raw as unknown as Api,
    upload: (bytes, name) => new grammy.InputFile(bytes, name) as unknown as InputFile,
    download: (path, signal) => transport.get(`${apiRoot}/file/bot${token}/${path}`, signal),
    close: transport.close,
  };
}

function isUpload(method: string): boolean {
  return (uploads as readonly string[]).includes(method);
}
