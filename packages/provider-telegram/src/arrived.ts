/**
 * Whether a message that was cut off while it was sent has arrived, told from the ids that came after it was begun.
 * Docs: decisions/004-answered-once-on-telegram.md.
 */
import type { Clock } from "@clawd/kernel";
import type { OutboundMessage } from "@clawd/provider-kit";
import type { Api } from "./client.ts";
import { faultOf } from "./fault.ts";
import { keyboardOf } from "./keyboard.ts";
import type { SendingPace } from "./rate-limits.ts";
import type { Sequences } from "./sequence.ts";

/** How many ids after the known one are looked at. */
export const probedIds = 64;

const longestWait = 60_000;

/** The note kept beside a message: the highest id that is surely older than it. */
export function attemptNote({ chat, replyToMessageId }: OutboundMessage, sequences: Sequences): string {
  sequences.see(chat.id, replyToMessageId);
  return String(sequences.highest(chat.id));
}

export interface Inquiry {
  readonly api: Api;
  readonly clock: Clock;
  readonly pace: SendingPace;
  readonly signal: AbortSignal;
}

/** Never throws: what cannot be found out is `unknown`. */
export async function hasArrived(
  { chat, buttons }: OutboundMessage,
  note: string,
  inquiry: Inquiry,
): Promise<"sent" | "not-sent" | "unknown"> {
  // In a channel the bot may be able to edit what others wrote, so finding something proves nothing.
  if (chat.kind === "channel" || !/^[1-9][0-9]{0,14}$/.test(note)) return "unknown";
  const last = Number(note);
  for (let id = last + 1; id <= last + probedIds; id += 1) {
    const found = await probe({ chat_id: Number(chat.id), message_id: id, ...keyboardOf(buttons) }, inquiry);
    if (found === "own") return "sent";
    if (found === "unknown") return "unknown";
  }
  return "not-sent";
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
