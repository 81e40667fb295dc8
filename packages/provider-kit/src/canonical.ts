/** Building blocks for `canonicalSender` and `canonicalChat`: each form of an id is read strictly, or not at all. */
import type { Canonical } from "./network.ts";

/** Reads one form of an id; null when the text is not of this form. Never guesses, never repairs. */
export type IdForm = (text: string) => string | null;

/** Longer than any id of any network. */
const longestEntry = 256;

export interface IdReaderOptions {
  /** `Telegram user id`; used in messages. */
  readonly label: string;
  /** How to find or write the id. */
  readonly hint: string;
  /** Prefixes that people may write, one of them once, in any letter case: `["telegram:", "tg:"]`. */
  readonly prefixes: readonly string[];
  /** Tried in order. No two of them may read one text as two different accounts. */
  readonly forms: readonly IdForm[];
  /** What people write instead, with an answer of its own. Absent: every mistake gets `label` and `hint`. */
  readonly mistakes?: readonly IdMistake[];
}

export interface IdMistake {
  /** Tried on the entry without its prefix. */
  readonly pattern: RegExp;
  /** `This is a name; names can be taken by others.` */
  readonly message: string;
  /** Absent means the hint of the reader. */
  readonly hint?: string;
}

/**
 * Makes a `canonicalSender` or `canonicalChat`. Total over any value; spaces and tabs around an entry are ignored,
 * and its own result reads as itself. Messages never repeat the entry: it can be a phone number.
 */
export function idReader(options: IdReaderOptions): (entry: string) => Canonical {
  const { label, hint, prefixes, forms, mistakes = [] } = options;
  const article = /^[aeiou]/i.test(label) ? "an" : "a";
  const refusal: Canonical = { ok: false, message: `This is not ${article} ${label}.`, hint };
  return (entry) => {
    if (typeof entry !== "string" || entry.length > longestEntry) return refusal;
    const text = withoutPrefix(entry.replace(/^[ \t]+|[ \t]+$/g, ""), prefixes);
    for (const form of forms) {
      const id = form(text);
      if (id !== null) return { ok: true, id };
    }
    const mistake = mistakes.find(({ pattern }) => pattern.test(text));
    return mistake === undefined
      ? refusal
      : { ok: false, message: mistake.message, hint: mistake.hint ?? hint };
  };
}

function withoutPrefix(text: string, prefixes: readonly string[]): string {
  // ASCII alone: the Kelvin sign must not pass for a K.
  const lower = text.replace(/[A-Z]/g, (capital) => capital.toLowerCase());
  const prefix = prefixes.find((candidate) => lower.startsWith(candidate));
  return prefix === undefined ? text : text.slice(prefix.length);
}

/** A form that keeps what the pattern matches. The pattern must be anchored at both ends. */
export function exactly(pattern: RegExp): IdForm {
  return (text) => (pattern.test(text) ? text : null);
}

/** Decimal, as numbered accounts are: no sign, no leading zero, at most 19 digits. */
export const digits: IdForm = exactly(/^[1-9][0-9]{0,18}$/);

/** The same with a minus sign, as some networks number their groups. */
export const signedDigits: IdForm = exactly(/^-?[1-9][0-9]{0,18}$/);

/** An unsigned 64-bit number in decimal, without leading zeros. */
export const snowflake: IdForm = (text) => {
  if (!/^[1-9][0-9]{0,19}$/.test(text)) return null;
  return BigInt(text) < 1n << 64n ? text : null;
};

/**
 * A phone number with `+` and country code: `+15551234567`. Spaces, dots, dashes and brackets between the
 * digits are dropped, as people write them; anything else, and a number without `+`, is no number.
 */
export const phoneNumber: IdForm = (text) => {
  if (!/^\+[0-9 .()/-]*$/.test(text)) return null;
  const number = text.replace(/[ .()/-]/g, "");
  return /^\+[1-9][0-9]{6,14}$/.test(number) ? number : null;
};

/** Lower-case with hyphens; also read without hyphens. */
export const uuid: IdForm = (text) => {
  const parts = /^([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})$/i.exec(text);
  if (parts === null) return null;
  return [parts[1], parts[3], parts[4], parts[5], parts[6]].join("-").toLowerCase();
};

/**
 * `user@server` addresses whose user part is `user` and whose server is one of `servers`; a device (`:12`) is dropped,
 * because the devices of an account are one account. `write` gives the canonical form.
 */
export function jid(
  user: RegExp,
  servers: readonly string[],
  write: (user: string) => string | null,
): IdForm {
  return (text) => {
    const match = /^([0-9-]{1,40})(?::[0-9]{1,3})?@([a-z.]{1,20})$/.exec(text);
    if (match === null || !user.test(match[1]!) || !servers.includes(match[2]!)) return null;
    return write(match[1]!);
  };
}
