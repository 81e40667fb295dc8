/** Why a message was not sent, in the three ways that matter to the sender of it. */
import { ClawdError } from "@clawd/kernel";

/**
 * - `not-sent`: the network did not take it; trying again is safe
 * - `rejected`: the network refused it for good (blocked, chat gone, too long)
 * - `unknown`: the answer was lost; it may have arrived
 */
export type SendOutcome = "not-sent" | "rejected" | "unknown";

export class SendError extends ClawdError {
  override readonly name = "SendError";
  readonly outcome: SendOutcome;
  /** Milliseconds the network asked to wait; undefined when it asked for nothing. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: `CLAWD_${string}`,
    message: string,
    options: { outcome: SendOutcome; hint: string; retryAfterMs?: number; cause?: unknown },
  ) {
    super(code, message, options);
    this.outcome = options.outcome;
    this.retryAfterMs = options.retryAfterMs;
  }
}
