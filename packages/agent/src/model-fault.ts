/** What can go wrong with a model, in the classes that decide what to do next. */
import { ClawdError } from "@clawd/kernel";

/**
 * - `busy`: overloaded, rate limited, a server's fault, a lost connection, silence: trying again may help
 * - `auth`: the key is missing or refused, or its account may not pay for this
 * - `request`: the service refused what was asked (too long, unknown model): trying again does not help
 */
export type ModelFaultKind = "busy" | "auth" | "request";

const codes = { busy: "CLAWD_MODEL_BUSY", auth: "CLAWD_MODEL_AUTH", request: "CLAWD_MODEL_REQUEST" } as const;
const hints = {
  busy: "The model's service is overloaded or cannot be reached; the next message is tried anew.",
  auth: "Set ANTHROPIC_API_KEY, or models.providers.<name>.apiKey in the config, to a key that works.",
  request:
    "Check the model's name in agents.defaults.model and the size of the conversation; `/new` begins a fresh one.",
} as const;

export class ModelFault extends ClawdError {
  override readonly name = "ModelFault";
  readonly kind: ModelFaultKind;
  /** Milliseconds the service asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ModelFaultKind,
    message: string,
    options: {
      readonly retryAfterMs?: number | undefined;
      readonly hint?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(codes[kind], message, { hint: options.hint ?? hints[kind], cause: options.cause });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}
