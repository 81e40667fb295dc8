/** What the page may post, read strictly: anything else is refused with what would be right. */

import { maxFiles } from "@clawd/provider-kit";

/** UTF-16 code units of one message, in both directions. */
export const maxTextLength = 32_768;

export interface Posted {
  /** Made by the page; the same for every try of one message. */
  readonly id: string;
  readonly text: string;
  /** Ids of uploads that are whole; most often none. */
  readonly files: readonly string[];
  /** Null is the first conversation. */
  readonly conversation: string | null;
  /** The id of the message below which a button was pressed, with `text` as its command. Absent: it was written. */
  readonly pressed?: string;
}

export type ReadPosted =
  | { readonly ok: true; readonly posted: Posted }
  | { readonly ok: false; readonly hint: string };

const name = /^[A-Za-z0-9_-]{1,64}$/;
/** Of a message of the agent; the gateway makes them. */
const messageName = /^[\x21-\x7e]{1,200}$/;
/** As the gateway makes them for uploads. */
const fileName = /^[0-9a-f]{32}$/;
const keys: readonly string[] = ["id", "text", "conversation", "pressed", "files"];

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
  const { id, text, conversation = null, pressed, files = [] } = value as Record<string, unknown>;
  if (Object.keys(value).some((key) => !keys.includes(key))) {
    return { ok: false, hint: "Send id, text, conversation, pressed and files, and nothing else." };
  }
  if (typeof id !== "string" || !name.test(id)) {
    return { ok: false, hint: "id is made of 1 to 64 letters, digits, - and _." };
  }
  if (!isListOfFiles(files)) return { ok: false, hint: `files are at most ${maxFiles} ids of uploads.` };
  const mayBeEmpty = files.length > 0;
  if (typeof text !== "string" || (text.trim() === "" && !mayBeEmpty) || text.length > maxTextLength) {
    return { ok: false, hint: `text is not empty and at most ${maxTextLength} characters long.` };
  }
  if (conversation !== null && (typeof conversation !== "string" || !name.test(conversation))) {
    return { ok: false, hint: "conversation is null, or made of 1 to 64 letters, digits, - and _." };
  }
  if (pressed === undefined) return { ok: true, posted: { id, text, files, conversation } };
  if (typeof pressed !== "string" || !messageName.test(pressed)) {
    return { ok: false, hint: "pressed is the id of a message of the agent." };
  }
  return { ok: true, posted: { id, text, files, conversation, pressed } };
}

function isListOfFiles(files: unknown): files is readonly string[] {
  if (!Array.isArray(files) || files.length > maxFiles || new Set(files).size < files.length) return false;
  return files.every((id) => typeof id === "string" && fileName.test(id));
}
