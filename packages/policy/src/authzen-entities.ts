/** The shapes of AuthZEN 1.0, and how this package's ids are written in them. */
import type { Fields } from "./read-field.ts";
import { escape, unescape } from "./session-key.ts";

export interface AuthZenEntity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Fields>;
}

/**
 * - `subject`: `sender` with `<provider>:<id>`, or `nobody` with `<provider>:`; properties: `isBot`, `isSelf`.
 * - `action`: the request's; properties: `elevated` of a tool, `operation` of a session.
 * - `resource`: `chat` with `<provider>:<id>` and the chat's other fields as properties, `tool`, `session` or `agent`.
 * - `context`: every other field of the request, under its own name.
 */
export interface AuthZenRequest {
  readonly subject: AuthZenEntity;
  readonly action: { readonly name: string; readonly properties?: Readonly<Fields> };
  readonly resource: AuthZenEntity;
  readonly context?: Readonly<Fields>;
}

export interface QualifiedId {
  readonly provider: string;
  readonly id: string;
}

export const qualified = (provider: string, id: string): string => `${escape(provider)}:${id}`;

/** Null for what `qualified` cannot have written. */
export function unqualified(text: string): QualifiedId | null {
  const at = text.indexOf(":");
  const provider = at < 0 ? undefined : unescape(text.slice(0, at));
  return provider === undefined ? null : { provider, id: text.slice(at + 1) };
}
