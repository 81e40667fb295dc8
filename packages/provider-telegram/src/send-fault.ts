/** Turns what went wrong while sending into the three outcomes that matter: not sent, refused for good, unknown. */
import { SendError } from "@clawd/provider-kit";
import { faultOf, type Fault } from "./fault.ts";

const notYet = "It is tried again.";

export function sendErrorOf(thrown: unknown): SendError {
  const fault = faultOf(thrown);
  switch (fault.kind) {
    case "refused":
      return refusal(fault);
    case "connection":
      return fault.isWritten
        ? new SendError("CLAWD_TELEGRAM_UNANSWERED", `Telegram's answer was lost (${fault.reason}).`, {
            outcome: "unknown",
            hint: "The message may have arrived; that is looked up before it is sent again.",
          })
        : new SendError("CLAWD_TELEGRAM_UNREACHABLE", `Telegram cannot be reached (${fault.reason}).`, {
            outcome: "not-sent",
            hint: notYet,
          });
    case "internal":
      // The thrown value can hold the request, and with it the text: it is not passed on.
      return new SendError("CLAWD_TELEGRAM_FAULT", "Sending failed in the program.", {
        outcome: "unknown",
        hint: "Please report it.",
      });
  }
}

function refusal(fault: Fault & { kind: "refused" }): SendError {
  const { status, description, retryAfterMs } = fault;
  if (status === 429) {
    return new SendError("CLAWD_TELEGRAM_LIMITED", "Telegram asks to wait.", {
      outcome: "not-sent",
      hint: notYet,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  if (status === 401 || status === 404) {
    return new SendError("CLAWD_TELEGRAM_AUTH", `Telegram refuses the bot token (${status}).`, {
      outcome: "not-sent",
      hint: "Check the token with @BotFather.",
    });
  }
  if (status === 413) {
    return new SendError("CLAWD_FILE_TOO_LARGE", "Telegram refuses the files: they are too large.", {
      outcome: "rejected",
      hint: "Send smaller ones, or fewer at once.",
    });
  }
  if (status >= 500) {
    return new SendError("CLAWD_TELEGRAM_UNANSWERED", `Telegram has a fault of its own (${status}).`, {
      outcome: "unknown",
      hint: "The message may have arrived; that is looked up before it is sent again.",
    });
  }
  return new SendError(
    "CLAWD_TELEGRAM_REJECTED",
    `Telegram refuses the message (${status}: ${description}).`,
    {
      outcome: "rejected",
      hint: hintFor(fault),
    },
  );
}

function hintFor({ status, migratedTo }: Fault & { kind: "refused" }): string {
  if (migratedTo !== undefined) return `The group has a new id: write ${migratedTo} in telegram.groups.`;
  if (status === 403)
    return "The bot was blocked or removed from the chat: only people there can change that.";
  return "The chat, the topic, the text or a file is not one that Telegram takes.";
}
