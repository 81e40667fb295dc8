/** What the page may post, read strictly: anything else is refused with what would be right. */

/** UTF-16 code units of one message, in both directions. */
export const maxTextLength = 32_768;

export interface Posted {
  /** Made by the page; the same for every try of one message. */
  readonly id: string;
  readonly text: string;
  /** Null is the first conversation. */
  readonly conversation: string | null;
}

export type ReadPosted =
  | { readonly ok: true; readonly posted: Posted }
  | { readonly ok: false; readonly hint: string };

const name = /^[A-Za-z0-9_-]{1,64}$/;
const keys: readonly string[] = ["id", "text", "conversation"];

export function readPosted(json: string): ReadPosted {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { ok: false, hint: "Send JSON." };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, hint: 'Send an object: {"id": …, "text": …}.' };
  }
  const { id, text, conversation = null } = value as Record<string, unknown>;
  if (Object.keys(value).some((key) => !keys.includes(key))) {
    return { ok: false, hint: "Send id, text and conversation, and nothing else." };
  }
  if (typeof id !== "string" || !name.test(id)) {
    return { ok: false, hint: "id is made of 1 to 64 letters, digits, - and _." };
  }
  if (typeof text !== "string" || text.trim() === "" || text.length > maxTextLength) {
    return { ok: false, hint: `text is not empty and at most ${maxTextLength} characters long.` };
  }
  if (conversation !== null && (typeof conversation !== "string" || !name.test(conversation))) {
    return { ok: false, hint: "conversation is null, or made of 1 to 64 letters, digits, - and _." };
  }
  return { ok: true, posted: { id, text, conversation } };
}
