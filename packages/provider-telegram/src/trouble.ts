/** What the operator is told when the connection does not work, and how long to wait before the next attempt. */
import { isClawdError } from "@clawd/kernel";
import { faultOf, type Fault } from "./fault.ts";

export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Milliseconds; undefined: as the backoff says. */
  readonly waitMs: number | undefined;
}

const second = 1000;
/** A wrong token stays wrong until somebody changes it; asking more often only draws attention. */
const wrongTokenWait = 300 * second;
/** The other poller asks again too: whoever insists less lets the other one work. */
const conflictWait = 30 * second;
const longestAskedWait = 300 * second;

export function troubleOf(thrown: unknown): Trouble {
  if (isClawdError(thrown)) {
    const { code, message, hint } = thrown;
    return { code, message, hint, waitMs: undefined };
  }
  const fault = faultOf(thrown);
  switch (fault.kind) {
    case "refused":
      return refusal(fault);
    case "connection":
      return unreachable(`Telegram cannot be reached (${fault.reason}).`);
    case "internal": {
      const name = thrown instanceof Error ? thrown.name : typeof thrown;
      const hint = "This is a fault of the program: please report it.";
      return { code: "CLAWD_TELEGRAM_FAULT", message: `Intake failed (${name}).`, hint, waitMs: undefined };
    }
  }
}

function refusal({ status, description, retryAfterMs }: Fault & { kind: "refused" }): Trouble {
  // Telegram answers 404 where a token has the wrong form, and 401 where it has been revoked.
  if (status === 401 || status === 404) {
    return {
      code: "CLAWD_TELEGRAM_AUTH",
      message: `Telegram refuses the bot token (${status}).`,
      hint: "Check the token with @BotFather; where telegram.apiRoot is set, check that too.",
      waitMs: wrongTokenWait,
    };
  }
  if (status === 409) {
    return {
      code: "CLAWD_TELEGRAM_CONFLICT",
      message: "Another program fetches this bot's messages.",
      hint: "Stop the other one, or revoke the token with @BotFather and use the new one here only.",
      waitMs: conflictWait,
    };
  }
  if (status === 429) {
    const waitMs = Math.min(retryAfterMs ?? conflictWait, longestAskedWait);
    const hint = "Nothing to do: it goes on by itself.";
    return { code: "CLAWD_TELEGRAM_LIMITED", message: "Telegram asks to wait.", hint, waitMs };
  }
  if (status < 500) {
    const message = `Telegram refuses a setting (${status}: ${description}).`;
    const hint = "Check the settings of Telegram, above all telegram.webhookUrl.";
    return { code: "CLAWD_TELEGRAM_REFUSED", message, hint, waitMs: conflictWait };
  }
  return unreachable(`Telegram has a fault of its own (${status}).`);
}

function unreachable(message: string): Trouble {
  const hint = "It goes on by itself once Telegram answers; if not, check the network and telegram.apiRoot.";
  return { code: "CLAWD_TELEGRAM_UNREACHABLE", message, hint, waitMs: undefined };
}
