/** The SDK's errors in our classes. It is not imported for that: duplicate copies would not be recognised. */
import { ModelFault, type ModelFaultKind } from "./model-fault.ts";

interface SdkError {
  readonly status?: number | undefined;
  readonly headers?: { get(name: string): string | null } | undefined;
  readonly error?: { readonly error?: { readonly type?: unknown; readonly message?: unknown } };
  readonly requestID?: unknown;
}

/**
 * Messages of the service may quote the request: none of them gets into ours, and the SDK's error, which holds them, is not
 * kept as a cause either.
 * @param now Milliseconds since 1970, for a `retry-after` that is a date.
 */
export function toFault(thrown: unknown, now: number): ModelFault {
  if (thrown instanceof ModelFault) return thrown;
  const { status, headers, error, requestID } = (thrown ?? {}) as SdkError;
  const type = plainWord(error?.error?.type);
  const about =
    status === undefined && type === undefined
      ? `the connection failed${reasonOf(thrown)}`
      : [status, type, plainWord(requestID)].filter((part) => part !== undefined).join(" ");
  return new ModelFault(kindOf(status, type), `The model's service refused or broke off: ${about}.`, {
    retryAfterMs: retryAfter(headers, now),
    hint: hintOf(status, type, error?.error?.message),
  });
}

/** An error in the middle of a stream has no status, only a type; a dead socket has neither (providers.md, 7). */
function kindOf(status: number | undefined, type: string | undefined): ModelFaultKind {
  if (status === 401 || status === 402 || status === 403) return "auth";
  if (type !== undefined && authTypes.has(type)) return "auth";
  if (status === undefined) return type !== undefined && requestTypes.has(type) ? "request" : "busy";
  if (status === 408 || status === 409 || status === 429 || status >= 500) return "busy";
  return "request";
}

const authTypes = new Set(["authentication_error", "permission_error", "billing_error"]);
const requestTypes = new Set(["invalid_request_error", "not_found_error", "request_too_large"]);

function hintOf(status: number | undefined, type: string | undefined, message: unknown): string | undefined {
  const said = typeof message === "string" ? message : "";
  if (status === 402 || type === "billing_error" || /credit balance/i.test(said)) {
    return "The account behind the key has no credit left: add some in the service's console.";
  }
  if (status === 404) return "The service does not know this model: check agents.defaults.model.";
  if (/prompt is too long/i.test(said))
    return "The conversation is too long for the model: begin a fresh one with /new.";
  return undefined;
}

/** A word that cannot hold anything of the request. */
function plainWord(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}

/** The system's code of a connection that failed: ECONNREFUSED and the like. */
function reasonOf(thrown: unknown): string {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth++) {
    const code = plainWord((error as NodeJS.ErrnoException).code);
    if (code !== undefined) return ` (${code})`;
  }
  return "";
}

/** Seconds or a date, as HTTP has it; milliseconds in the service's own header. */
function retryAfter(headers: SdkError["headers"], now: number): number | undefined {
  const milliseconds = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (milliseconds >= 0) return milliseconds;
  const value = headers?.get("retry-after")?.trim();
  if (value === undefined || value === "") return undefined;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
