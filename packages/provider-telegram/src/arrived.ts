/**
 * Whether a message that was cut off while it was sent has arrived, told from the ids that came after it was begun.
 * Docs: decisions/004-answered-once-on-telegram.md.
 */
import type { Clock } from "@clawd/kernel";
import { readFiles, type OutboundMessage } from "@clawd/provider-kit";
import type { Api } from "./client.ts";
import { faultOf } from "./fault.ts";
import { fileCapabilities } from "./file-capabilities.ts";
import { keyboardOf } from "./keyboard.ts";
import { messagesOf, partsOf, type Part } from "./parts.ts";
import type { Progress } from "./progress.ts";
import type { SendingPace } from "./rate-limits.ts";
import type { Sequences } from "./sequence.ts";

/** How many ids after the known one are looked at. */
export const probedIds = 64;

const longestWait = 60_000;

/** The note kept beside a message: the highest id that is surely older than what is sent now, and how many parts were sent before. */
export function attemptNote(message: OutboundMessage, sequences: Sequences, progress: Progress): string {
  const { chat, replyToMessageId } = message;
  sequences.see(chat.id, replyToMessageId);
  const done = progress.done(message);
  return `${sequences.highest(chat.id)}${done === 0 ? "" : ` ${done}`}`;
}

const noteForm = /^([1-9][0-9]{0,14})(?: ([1-9][0-9]?))?$/;

export interface Inquiry {
  readonly api: Api;
  readonly clock: Clock;
  readonly pace: SendingPace;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Never throws: what cannot be found out is `unknown`. Of a message in several parts it is noted how many are there, so that
 * sending it again sends the rest.
 */
export async function hasArrived(
  message: OutboundMessage,
  note: string,
  inquiry: Inquiry,
): Promise<"sent" | "not-sent" | "unknown"> {
  const { chat } = message;
  const [, highest, before = "0"] = noteForm.exec(note) ?? [];
  // In a channel the bot may be able to edit what others wrote, so finding something proves nothing.
  if (chat.kind === "channel" || highest === undefined) return "unknown";
  const parts = await partsToFind(message);
  if (parts === undefined) return "unknown";
  let done = Number(before);
  let id = Number(highest);
  for (; done < parts.length; done += 1) {
    const isLast = done === parts.length - 1;
    const asked = { chat_id: Number(chat.id), ...(isLast && keyboardOf(message.buttons)) };
    const found = await findNext(asked, id, inquiry);
    if (found === "unknown") return "unknown";
    if (found === "nothing") break;
    // The messages of an album come into being together, with ids in a row.
    id = found + messagesOf(parts[done]!) - 1;
  }
  if (parts.length > 1) inquiry.progress.note(message, done);
  return done >= parts.length ? "sent" : "not-sent";
}

/** Undefined when the files cannot be read, without which it is not known how many parts there are. */
async function partsToFind(message: OutboundMessage): Promise<readonly Part[] | undefined> {
  try {
    return partsOf(message, await readFiles(message.files, fileCapabilities));
  } catch {
    return undefined;
  }
}

/** The first message of ours after this id. */
async function findNext(
  asked: Omit<Parameters<Api["editMessageReplyMarkup"]>[0], "message_id">,
  after: number,
  inquiry: Inquiry,
): Promise<number | "nothing" | "unknown"> {
  for (let id = after + 1; id <= after + probedIds; id += 1) {
    const found = await probe({ ...asked, message_id: id }, inquiry);
    if (found === "own") return id;
    if (found === "unknown") return "unknown";
  }
  return "nothing";
}

/**
 * Asks to give a message the buttons that ours has, which are mostly none. So that changes nothing; but Telegram says
 * "not modified" only of a message that is there and that the bot wrote.
 */
async function probe(
  asked: Parameters<Api["editMessageReplyMarkup"]>[0],
  inquiry: Inquiry,
): Promise<"own" | "nothing" | "unknown"> {
  const { api, clock, pace, signal } = inquiry;
  for (let tries = 1; tries <= 3; tries += 1) {
    try {
      await pace.takeProbe(signal);
      await api.editMessageReplyMarkup(asked, signal);
      // It had other buttons: another program wrote it with the same token.
      return "nothing";
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.kind !== "refused") return "unknown";
      if (fault.status === 429 && (fault.retryAfterMs ?? 1000) <= longestWait) {
        await clock.sleep(fault.retryAfterMs ?? 1000, signal);
        continue;
      }
      return meaning(fault.status, fault.description);
    }
  }
  return "unknown";
}

function meaning(status: number, description: string): "own" | "nothing" | "unknown" {
  if (status !== 400) return "unknown";
  if (/message is not modified/i.test(description)) return "own";
  return /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i.test(description)
    ? "nothing"
    : "unknown";
}
