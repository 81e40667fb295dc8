/** The SDK's errors in our classes. It is not imported for that: duplicate copies would not be recognised. */
import { ModelFault, type ModelFaultKind } from "./model-fault.ts";

interface SdkError {
  readonly status?: number | undefined;
  readonly headers?: { get(name: string): string | null };
  readonly error?: { readonly error?: { readonly type?: string } };
}

/** Messages of the service may quote the request: none of them gets into ours. */
export function toFault(thrown: unknown): ModelFault {
  if (thrown instanceof ModelFault) return thrown;
  const { status, headers, error } = (thrown ?? {}) as SdkError;
  const kind = kindOf(status, error?.error?.type);
  const about = status === undefined ? "the stream or the connection failed" : `it answered ${status}`;
  return new ModelFault(kind, `The model's service refused or broke off: ${about}.`, {
    retryAfterMs: retryAfter(headers),
    cause: thrown,
  });
}

/** An error in the middle of a stream has no status, only a type; a dead socket has neither. */
function kindOf(status: number | undefined, type: string | undefined): ModelFaultKind {
  if (status === 401 || status === 403 || type === "authentication_error" || type === "permission_error")
    return "auth";
  if (status === undefined) return type === "invalid_request_error" ? "request" : "busy";
  if (status === 408 || status === 409 || status === 429 || status >= 500) return "busy";
  return "request";
}

/** Seconds, as the service writes it. */
function retryAfter(headers: SdkError["headers"]): number | undefined {
  const value = headers?.get("retry-after");
  const seconds = value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
