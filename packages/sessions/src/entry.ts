/** What the index knows of one session. */
import { isPlainId } from "./ids.ts";

export interface Route {
  readonly provider: string;
  readonly account: string;
  readonly chat: { readonly kind: string; readonly id: string; readonly thread: string | null };
}

/** Fields that this version does not know are kept as they are until the session is reset. */
export interface SessionEntry {
  /** Names the transcript; changes with every reset. */
  readonly sessionId: string;
  /** Milliseconds since 1970; of this session id. */
  readonly createdAt: number;
  /** Milliseconds since 1970; the last turn or change. */
  readonly updatedAt: number;
  readonly chatType: "dm" | "group" | "channel" | null;
  readonly provider: string | null;
  /** A group's own activation, set by an owner; null when the config decides. */
  readonly activation: "mention" | "always" | null;
  /** Until when calls may ask for the host, in milliseconds since 1970; null while elevated mode is off. */
  readonly elevatedUntil: number | null;
  /** The session whose run made this one; null for one that a message began. */
  readonly spawnedBy: string | null;
  /** Where the last message of the session came from; null before the first. */
  readonly lastRoute: Route | null;
}

/** What a caller may change. An absent field stays as it is; null clears it. */
export type SessionPatch = Partial<
  Pick<SessionEntry, "chatType" | "provider" | "activation" | "elevatedUntil" | "spawnedBy" | "lastRoute">
>;

/** A patch made of these alone may reach the disk a moment later: losing it in a crash costs nothing that matters. */
const casualFields: readonly string[] = ["lastRoute"] satisfies (keyof SessionPatch)[];

export function newEntry(sessionId: string, now: number): SessionEntry {
  const nothing = {
    chatType: null,
    provider: null,
    activation: null,
    elevatedUntil: null,
    spawnedBy: null,
    lastRoute: null,
  };
  return { sessionId, createdAt: now, updatedAt: now, ...nothing };
}

/** The entry of a session begun anew: the place and the owner's choice of activation stay, all else goes. */
export function resetEntry(entry: SessionEntry, sessionId: string, now: number): SessionEntry {
  const { chatType, provider, activation, spawnedBy, lastRoute } = entry;
  return { ...newEntry(sessionId, now), chatType, provider, activation, spawnedBy, lastRoute };
}

export function patchEntry(entry: SessionEntry, patch: SessionPatch, now: number): SessionEntry {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  return { ...entry, ...given, updatedAt: now };
}

/** Whether the patch changes something that must be on the disk before anybody relies on it. */
export function isWeighty(entry: SessionEntry, patch: SessionPatch): boolean {
  return Object.entries(patch).some(
    ([field, value]) =>
      !casualFields.includes(field) && value !== undefined && value !== entry[field as keyof SessionPatch],
  );
}

/** The entry as it stands in the file, or undefined when it is none: then the file is damaged. */
export function parseEntry(value: unknown): SessionEntry | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found = value as Readonly<Record<string, unknown>>;
  if (!isPlainId(found["sessionId"]) || !isTime(found["updatedAt"])) return undefined;
  const { sessionId, updatedAt, createdAt = updatedAt } = found;
  const { chatType = null, provider = null, activation = null } = found;
  const { elevatedUntil = null, spawnedBy = null, lastRoute = null } = found;
  const isSound =
    isTime(createdAt) &&
    [null, "dm", "group", "channel"].includes(chatType as string | null) &&
    [null, "mention", "always"].includes(activation as string | null) &&
    (provider === null || typeof provider === "string") &&
    (elevatedUntil === null || isTime(elevatedUntil)) &&
    (spawnedBy === null || typeof spawnedBy === "string") &&
    (lastRoute === null || isRoute(lastRoute));
  if (!isSound) return undefined;
  return {
    ...found,
    sessionId,
    createdAt,
    updatedAt,
    chatType,
    provider,
    activation,
    elevatedUntil,
    spawnedBy,
    lastRoute,
  } as SessionEntry;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isRoute(value: unknown): boolean {
  const { provider, account, chat } = Object(value) as Readonly<Record<string, unknown>>;
  const { kind, id, thread } = Object(chat) as Readonly<Record<string, unknown>>;
  const texts = [provider, account, kind, id, thread ?? ""];
  return texts.every((text) => typeof text === "string");
}
