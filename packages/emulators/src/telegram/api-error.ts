/** What the Bot API answers when it refuses, with the wording of the real server. */

export class ApiError extends Error {
  readonly status: number;
  readonly parameters: { readonly retry_after?: number; readonly migrate_to_chat_id?: number } | undefined;

  constructor(status: number, description: string, parameters?: ApiError["parameters"]) {
    super(description);
    this.status = status;
    this.parameters = parameters;
  }

  get body(): object {
    const refusal = { ok: false, error_code: this.status, description: this.message };
    return this.parameters === undefined ? refusal : { ...refusal, parameters: this.parameters };
  }
}

export const badRequest = (reason: string): ApiError => new ApiError(400, `Bad Request: ${reason}`);
export const forbidden = (reason: string): ApiError => new ApiError(403, `Forbidden: ${reason}`);
export const tooManyRequests = (seconds: number): ApiError =>
  new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
