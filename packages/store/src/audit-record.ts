/** What one audit record holds, and the one way it is written as text, which is what its hash covers. */
import { hash } from "node:crypto";

export type AuditDetail =
  | string
  | number
  | boolean
  | null
  | readonly AuditDetail[]
  | { readonly [key: string]: AuditDetail };

/** What happened, to whom, by which rule. Ids and codes only: no message bodies, no secrets. Absent means null. */
export interface AuditEntry {
  /** Noun and verb, for example `access-decision`. */
  readonly kind: string;
  readonly provider?: string | null;
  readonly account?: string | null;
  readonly chat?: { readonly kind: string; readonly id: string; readonly thread?: string | null } | null;
  readonly sender?: string | null;
  readonly session?: string | null;
  readonly agent?: string | null;
  readonly effect?: string | null;
  readonly code?: string | null;
  /** The config keys that decided. */
  readonly rules?: readonly {
    readonly path: string;
    readonly file?: string;
    readonly line?: number;
    readonly column?: number;
  }[];
  /** `sha256:…` of the policy that decided. */
  readonly policy?: string | null;
  readonly detail?: AuditDetail;
}

export interface AuditRecord extends Required<AuditEntry> {
  /** Counted from 1, without gaps. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A place in the chain. `seq` 0 is the place before the first record. */
export interface AuditHead {
  readonly seq: number;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

export const emptyHead: AuditHead = { seq: 0, hash: "0".repeat(64) };

/** The hash of a record: over the hash before it, directly followed by the record's own text. */
export function chainHash(previous: string, text: string): string {
  return hash("sha256", previous + text, "hex");
}

/** Fills in what the entry leaves out and writes it as canonical JSON. */
export function recordText(seq: number, time: number, entry: AuditEntry): string {
  const record: AuditRecord = {
    seq,
    time,
    kind: entry.kind,
    provider: entry.provider ?? null,
    account: entry.account ?? null,
    chat: entry.chat ?? null,
    sender: entry.sender ?? null,
    session: entry.session ?? null,
    agent: entry.agent ?? null,
    effect: entry.effect ?? null,
    code: entry.code ?? null,
    rules: entry.rules ?? [],
    policy: entry.policy ?? null,
    detail: entry.detail ?? null,
  };
  return canonicalJson(record);
}

/** Characters of one text, entries of one list or object, and levels: what a hostile id or detail can cost at most. */
const MAX_TEXT = 1024;
const MAX_ENTRIES = 100;
const MAX_DEPTH = 6;

/**
 * JSON with sorted keys and no spaces. Total: what is too long or too deep is cut and marked with `…`,
 * what JSON cannot say becomes null.
 */
function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value);
  }
  if (typeof value === "number" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return "null";
  if (depth === MAX_DEPTH) return '"…"';
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ENTRIES).map((item) => canonicalJson(item, depth + 1));
    if (value.length > MAX_ENTRIES) items.push('"…"');
    return `[${items.join(",")}]`;
  }
  const object = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort();
  const members = keys
    .slice(0, MAX_ENTRIES)
    .map((key) => `${canonicalJson(key)}:${canonicalJson(object[key], depth + 1)}`);
  if (keys.length > MAX_ENTRIES) members.push('"…":"…"');
  return `{${members.join(",")}}`;
}
