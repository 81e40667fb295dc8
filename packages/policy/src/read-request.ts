/**
 * Requests come from outside: every field is checked and copied once, so that what was checked is what is used.
 * INVARIANT: a value that is no request gives null, never an exception (read-request.test.ts).
 */
import { findCommand, type CommandRight } from "./command-rights.ts";
import type { ChatKind, EventKind } from "./request.ts";

/** A request with nothing missing: absent facts have taken their stricter reading. */
export interface Question {
  readonly provider: string;
  readonly account: string;
  readonly kind: ChatKind;
  readonly chatId: string;
  readonly parent: string | null;
  readonly thread: string | null;
  readonly guild: string | null;
  readonly team: string | null;
  readonly senderId: string | null;
  readonly isBot: boolean;
  readonly isSelf: boolean;
  readonly event: EventKind;
  readonly isMentioned: boolean;
  readonly isMentionDetectable: boolean;
  readonly mentionsOthers: boolean;
  readonly command: CommandRight | null;
}

export function readRequest(request: unknown): Question | null {
  try {
    return isPolluted() ? null : read(request);
  } catch {
    // A getter or proxy that throws: not a request.
    return null;
  }
}

type Fields = Record<string, unknown>;
type Sender = Pick<Question, "senderId" | "isBot" | "isSelf">;

const nobody: Sender = { senderId: null, isBot: true, isSelf: false };

function read(request: unknown): Question | null {
  if (!isRecord(request) || !hasOnlyRequestFields(request)) return null;
  const { action, provider, account = "default", event = "message", command = null } = request;
  const { mentioned = false, mentionDetectable = false, mentionsOthers = true } = request;
  const { chat, sender } = request;
  if (action !== "message" || !isId(provider) || !isId(account) || !isEvent(event)) return null;
  if (typeof mentioned !== "boolean" || typeof mentionDetectable !== "boolean") return null;
  if (typeof mentionsOthers !== "boolean" || (command !== null && typeof command !== "string")) return null;
  if (!isRecord(chat) || !hasOnlyChatFields(chat)) return null;
  const { kind, id: chatId, parent = null, thread = null, guild = null, team = null } = chat;
  if (!isKind(kind) || !isId(chatId) || !isIdOrNull(parent) || !isIdOrNull(thread)) return null;
  if (!isIdOrNull(guild) || !isIdOrNull(team)) return null;
  const from = sender === undefined ? nobody : readSender(sender);
  if (from === null) return null;
  return {
    provider,
    account,
    kind,
    chatId,
    parent,
    thread,
    guild,
    team,
    senderId: from.senderId,
    isBot: from.isBot,
    isSelf: from.isSelf,
    event,
    isMentioned: mentioned,
    isMentionDetectable: mentionDetectable,
    mentionsOthers,
    command: findCommand(command),
  };
}

function readSender(sender: unknown): Sender | null {
  if (!isRecord(sender) || !hasOnlySenderFields(sender)) return null;
  const { id = null, isBot = false, isSelf = false } = sender;
  if ((id !== null && typeof id !== "string") || typeof isBot !== "boolean") return null;
  return typeof isSelf === "boolean" ? { senderId: id, isBot, isSelf } : null;
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is string => typeof value === "string" && value !== "";
const isIdOrNull = (value: unknown): value is string | null => value === null || isId(value);
const isKind = (value: unknown): value is ChatKind =>
  value === "dm" || value === "group" || value === "channel";

function isEvent(value: unknown): value is EventKind {
  switch (value) {
    case "message":
    case "command":
    case "edit":
    case "reaction":
    case "button":
    case "member":
      return true;
    default:
      return false;
  }
}

/** Somebody has put a field on `Object.prototype`; then absent facts cannot be told from present ones. */
function isPolluted(): boolean {
  for (const _ in {}) return true;
  return false;
}

function hasOnlyRequestFields(request: Fields): boolean {
  for (const field in request) {
    switch (field) {
      case "action":
      case "provider":
      case "account":
      case "chat":
      case "sender":
      case "event":
      case "mentioned":
      case "mentionDetectable":
      case "mentionsOthers":
      case "command":
        continue;
      default:
        return false;
    }
  }
  return true;
}

function hasOnlyChatFields(chat: Fields): boolean {
  for (const field in chat) {
    switch (field) {
      case "kind":
      case "id":
      case "parent":
      case "thread":
      case "guild":
      case "team":
        continue;
      default:
        return false;
    }
  }
  return true;
}

function hasOnlySenderFields(sender: Fields): boolean {
  for (const field in sender) if (field !== "id" && field !== "isBot" && field !== "isSelf") return false;
  return true;
}
