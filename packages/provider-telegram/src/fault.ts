/** What went wrong between us and Telegram, as a value. Never contains the token, a chat or a text. */
import { ConnectionFault } from "./transport.ts";

export type Fault =
  | { readonly kind: "connection"; readonly reason: string; readonly isWritten: boolean }
  | {
      readonly kind: "refused";
      /** `error_code` of the Bot API: an HTTP status. */
      readonly status: number;
      readonly description: string;
      /** Milliseconds to wait; undefined when Telegram named none. */
      readonly retryAfterMs: number | undefined;
      /** The group became a supergroup with this id. */
      readonly migratedTo: string | undefined;
    }
  | { readonly kind: "internal"; readonly thrown: unknown };

/** grammY's two errors, told apart by their fields: `instanceof` would need the library loaded. */
interface Thrown {
  readonly error_code?: unknown;
  readonly description?: unknown;
  readonly parameters?: { readonly retry_after?: unknown; readonly migrate_to_chat_id?: unknown };
  readonly error?: unknown;
}

export function faultOf(thrown: unknown): Fault {
  const { error_code: status, description, parameters, error } = (thrown ?? {}) as Thrown;
  if (error instanceof ConnectionFault) {
    return { kind: "connection", reason: error.reason, isWritten: error.isWritten };
  }
  if (typeof status !== "number") return { kind: "internal", thrown };
  const { retry_after: seconds, migrate_to_chat_id: migratedTo } = parameters ?? {};
  return {
    kind: "refused",
    status,
    description: typeof description === "string" ? description.slice(0, 200) : "",
    retryAfterMs: typeof seconds === "number" ? seconds * 1000 : undefined,
    migratedTo: typeof migratedTo === "number" ? String(migratedTo) : undefined,
  };
}

/** Telegram answers `getUpdates` with this as long as a webhook is set. */
export function isWebhookActive(fault: Fault): boolean {
  return fault.kind === "refused" && fault.status === 409 && /webhook is active/i.test(fault.description);
}
