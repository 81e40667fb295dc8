/** How the Messages API refuses: a status, a type and a message. */

const types: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
};

const messages: Readonly<Record<number, string>> = {
  401: "invalid x-api-key",
  429: "This request would exceed your account's rate limit. Please try again later.",
  500: "Internal server error",
  529: "Overloaded",
};

const errorType = (status: number): string => types[status] ?? "api_error";

export class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  /** Seconds, or a date, as the `retry-after` header holds it. */
  readonly retryAfter: string | undefined;

  constructor(
    status: number,
    message?: string,
    options: { type?: string; retryAfter?: number | string } = {},
  ) {
    super(message ?? messages[status] ?? "Error");
    this.status = status;
    this.type = options.type ?? errorType(status);
    this.retryAfter = options.retryAfter === undefined ? undefined : String(options.retryAfter);
  }
}

export const invalid = (message: string): Refusal => new Refusal(400, message);

/** The body of a refusal, and the data of an `error` event. */
export const errorBody = (type: string, message: string, requestId: string): object => ({
  type: "error",
  error: { type, message },
  request_id: requestId,
});
