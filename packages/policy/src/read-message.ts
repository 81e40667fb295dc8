/**
 * Messages as requests. They come from outside: every field is checked and copied once, so that what was checked is what
 * is used.
 */
import { findCommand, type CommandRight } from "./command-rights.ts";
import { isId, isIdOrNull, isRecord, type Fields } from "./read-field.ts";
import type { ChatKind, EventKind } from "./request.ts";

/** A request with nothing missing: absent facts have taken their stricter reading. */
export interface Question {
  readonly action: "message";
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

export function readMessage(request: Fields): Question | null {
  if (!hasOnlyRequestFields(request)) return null;
  const { event = "message", command = null } = request;
  const { mentioned = false, mentionDetectable = false, mentionsOthers = true } = request;
  if (!isEvent(event)) return null;
  if (typeof mentioned !== "boolean" || typeof mentionDetectable !== "boolean") return null;
  if (typeof mentionsOthers !== "boolean" || (command !== null && typeof command !== "string")) return null;
  const right = findCommand(command);
  return readFrom(request, event, mentioned, mentionDetectable, mentionsOthers, right);
}

/** Who started a run, and where: asked about as if the message had been one that a mention made heard. */
export const readOrigin = (request: Fields): Question | null =>
  readFrom(request, "message", true, true, false, null);

function readFrom(
  { provider, account = "default", chat, sender = nobody }: Fields,
  event: EventKind,
  isMentioned: boolean,
  isMentionDetectable: boolean,
  mentionsOthers: boolean,
  command: CommandRight | null,
): Question | null {
  if (!isId(provider) || !isId(account)) return null;
  if (!isRecord(chat) || !hasOnlyChatFields(chat)) return null;
  const { kind, id: chatId, parent = null, thread = null, guild = null, team = null } = chat;
  if (!isKind(kind) || !isId(chatId) || !isIdOrNull(parent) || !isIdOrNull(thread)) return null;
  if (!isIdOrNull(guild) || !isIdOrNull(team)) return null;
  if (!isRecord(sender) || !hasOnlySenderFields(sender)) return null;
  const { id: senderId = null, isBot = false, isSelf = false } = sender;
  if ((senderId !== null && typeof senderId !== "string") || typeof isBot !== "boolean") return null;
  if (typeof isSelf !== "boolean") return null;
  return {
    action: "message",
    provider,
    account,
    kind,
    chatId,
    parent,
    thread,
    guild,
    team,
    senderId,
    isBot,
    isSelf,
    event,
    isMentioned,
    isMentionDetectable,
    mentionsOthers,
    command,
  };
}

/** Whoever is not named at all takes the stricter reading. */
const nobody: Fields = Object.freeze({ id: null, isBot: true, isSelf: false });

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

function hasOnlyRequestFields(request: Fields): boolean {
  for (const field in request) {
    switch (field) {
      case "action":
      case "provider":
      case "account":
      case "chat":
      case "sender":
      case "mentioned":
      case "mentionDetectable":
      case "command":
      case "event":
      case "mentionsOthers":
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
      case "thread":
      case "guild":
      case "team":
      case "parent":
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
