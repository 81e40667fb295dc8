/** The three files as text and as values. What is not understood is refused; what a person added is kept. */
import { nearestName } from "@clawd/kernel";
import {
  type Approvals,
  emptyState,
  type Answer,
  type Notes,
  type PairingRequest,
  type WaitingSender,
} from "./store.ts";

/** A parsed file: the value, and the whole document for the fields that are not ours. */
export interface Document<Value> {
  readonly value: Value;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** How one of the files is read and written. `parse` throws an Error that says what is wrong, without quoting content. */
export interface Format<Value> {
  readonly empty: Value;
  parse(text: string): Document<Value>;
  write(value: Value, fields: Readonly<Record<string, unknown>>): string;
}

export const requestsFormat: Format<readonly PairingRequest[]> = {
  empty: emptyState.requests,
  parse(text) {
    const fields = parseDocument(text);
    return { fields, value: list(fields["requests"], "requests").map(parseRequest) };
  },
  write: (requests, fields) => format({ ...fields, version: 1, requests }),
};

/** What a grant says is read where it counts, so that one entry that is not understood concerns one person. */
export const approvalsFormat: Format<Approvals> = {
  empty: emptyState.approvals,
  parse(text) {
    const fields = parseDocument(text);
    const allowFrom = list(fields["allowFrom"], "allowFrom").map((entry) => string(entry, "entry"));
    return { fields, value: { allowFrom, grants: parseGrants(fields) } };
  },
  write({ allowFrom, grants }, { grants: _before, ...fields }) {
    const document = { ...fields, version: 1, allowFrom };
    return format(Object.keys(grants).length === 0 ? document : { ...document, grants });
  },
};

export const notesFormat: Format<Notes> = {
  empty: emptyState.notes,
  parse(text) {
    const fields = parseDocument(text);
    const wrongCodes = record(fields["wrongCodes"], "wrongCodes");
    if (!Number.isSafeInteger(wrongCodes["count"])) throw new Error("`count` is not a whole number");
    const lastAt = wrongCodes["lastAt"] === null ? null : string(wrongCodes["lastAt"], "lastAt");
    const value = {
      answers: list(fields["answers"], "answers").map(parseAnswer),
      waiting: list(fields["waiting"], "waiting").map(parseWaiting),
      wrongCodes: { count: Number(wrongCodes["count"]), lastAt },
    };
    return { fields, value };
  },
  write: (notes, fields) => format({ ...fields, version: 1, ...notes }),
};

function format(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function parseDocument(text: string): Readonly<Record<string, unknown>> {
  const fields = record(JSON.parse(text), "document");
  if (fields["version"] !== 1) throw new Error("`version` is not 1");
  return fields;
}

/** A missing time is an expired request, a missing code no code: both are left out by every reader. */
function parseRequest(row: unknown): PairingRequest {
  const fields = record(row, "request");
  return {
    ...fields,
    id: string(fields["id"], "id"),
    code: string(fields["code"] ?? "", "code"),
    createdAt: string(fields["createdAt"] ?? "", "createdAt"),
    lastSeenAt: string(fields["lastSeenAt"] ?? fields["createdAt"] ?? "", "lastSeenAt"),
    meta: parseMeta(fields["meta"] ?? {}),
  };
}

/** A field that is nearly called so would free everybody in it: what a person adds for themselves has another name. */
function parseGrants(fields: Readonly<Record<string, unknown>>): Approvals["grants"] {
  if (Object.hasOwn(fields, "grants")) return record(fields["grants"], "grants");
  if (Object.keys(fields).some((name) => nearestName(name, ["grants"]) !== undefined))
    throw new Error("a field is nearly called `grants`");
  return {};
}

function parseWaiting(row: unknown): WaitingSender {
  const { id, lastSeenAt, meta } = record(row, "waiting");
  return { id: string(id, "id"), lastSeenAt: string(lastSeenAt, "lastSeenAt"), meta: parseMeta(meta ?? {}) };
}

const statuses = ["sending", "failed", "delivered", "denied"] as const;

function parseAnswer(row: unknown): Answer {
  const { id, code, createdAt, tries, status, since } = record(row, "answer");
  const known = statuses.find((name) => name === status);
  if (known === undefined || typeof tries !== "number") throw new Error("an answer is not understood");
  return {
    id: string(id, "id"),
    code: string(code, "code"),
    createdAt: string(createdAt, "createdAt"),
    tries,
    status: known,
    since: string(since, "since"),
  };
}

function parseMeta(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(record(value, "meta"));
  return Object.fromEntries(entries.map(([key, text]) => [key, string(text, "meta")]));
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`\`${name}\` is not an object`);
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`\`${name}\` is not a list`);
}

function string(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new Error(`\`${name}\` is not a text in quotes`);
}
