/** Faults: something outside the program failed (network, disk, a service). Decisions and config mistakes are values, never these. */

const marker = Symbol.for("clawd.error");

export interface ClawdErrorOptions {
  /** What to do next, in one sentence. */
  readonly hint: string;
  readonly cause?: unknown;
}

/**
 * An error with a stable `code` (`CLAWD_…`) and a `hint`.
 * The message carries no token, phone number or message body.
 */
export class ClawdError extends Error {
  override readonly name: string = "ClawdError";
  readonly [marker] = true;
  readonly code: string;
  readonly hint: string;

  constructor(code: `CLAWD_${string}`, message: string, options: ClawdErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** True for a ClawdError of any copy of this package; `instanceof` fails across duplicate installs. */
export function isClawdError(value: unknown): value is ClawdError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[marker] === true;
}

/** The message of anything that was thrown, in one line. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
