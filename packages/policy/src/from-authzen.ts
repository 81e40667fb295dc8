/** From AuthZEN 1.0 to a request. */
import { unqualified, type QualifiedId } from "./authzen-entities.ts";
import { isRecord, type Fields } from "./read-field.ts";
import { readRequest } from "./read-request.ts";
import type { Request } from "./request.ts";

/**
 * Null where anything is not understood; `decide` denies null. Members beside the four that AuthZEN defines are ignored,
 * as it demands; inside of them an unknown one is not. Never throws.
 */
export function fromAuthZen(request: unknown): Request | null {
  try {
    const asked = read(request);
    return readRequest(asked) === null ? null : (asked as unknown as Request);
  } catch {
    // A getter or proxy that throws.
    return null;
  }
}

const chatProperties = ["kind", "parent", "thread", "guild", "team"];
const runContext = ["agent", "run", "via", "contributors", "model", "account", "chat"];
const messageContext = ["account", "event", "mentioned", "mentionDetectable", "mentionsOthers", "command"];

function read(request: unknown): Fields | null {
  if (!isRecord(request)) return null;
  const { subject, action, resource, context = {} } = request;
  const act = fieldsOf(action, ["name", "properties"]);
  const from = readSubject(subject);
  if (act === null || from === null) return null;
  const { name, properties = {} } = act;
  const isMessage = name === "message";
  const about = isMessage
    ? readMessage(properties, resource, from.provider)
    : readAct(name, properties, resource);
  const rest = fieldsOf(context, isMessage ? messageContext : runContext);
  return about && rest && { ...rest, ...from, ...about, action: name };
}

function readSubject(value: unknown): { readonly provider: string; readonly sender: Fields } | null {
  const subject = readEntity(value, ["sender", "nobody"], ["isBot", "isSelf"]);
  const at = subject && unqualified(subject.id);
  if (!at) return null;
  const isNobody = subject.type === "nobody";
  if (isNobody && at.id !== "") return null;
  return { provider: at.provider, sender: { ...subject.properties, id: isNobody ? null : at.id } };
}

/** Who writes and where is one network's own business. */
function readMessage(properties: unknown, resource: unknown, provider: string): Fields | null {
  const at = fieldsOf(properties, []) && readChat(resource, chatProperties);
  return at && at.provider === provider ? { chat: at.chat } : null;
}

function readAct(name: unknown, properties: unknown, resource: unknown): Fields | null {
  if (name === "tool") {
    const flags = fieldsOf(properties, ["elevated"]);
    const tool = readEntity(resource, ["tool"], []);
    return flags && tool && { ...flags, tool: tool.id };
  }
  if (name === "send") {
    const at = fieldsOf(properties, []) && readChat(resource, [...chatProperties, "account"]);
    if (!at) return null;
    const { account, ...chat } = at.chat;
    return { to: { provider: at.provider, ...(account !== undefined && { account }), chat } };
  }
  const asked = name === "session" ? fieldsOf(properties, ["operation"]) : null;
  const key =
    asked?.["operation"] === "spawn" ? (["agent", "target"] as const) : (["session", "session"] as const);
  const target = asked && readEntity(resource, [key[0]], []);
  return target && { ...asked, [key[1]]: target.id };
}

function readChat(
  value: unknown,
  known: readonly string[],
): { readonly provider: string; readonly chat: Fields } | null {
  const chat = readEntity(value, ["chat"], known);
  const at: QualifiedId | null = chat && unqualified(chat.id);
  return at && { provider: at.provider, chat: { ...chat?.properties, id: at.id } };
}

interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties: Fields;
}

function readEntity(value: unknown, types: readonly string[], known: readonly string[]): Entity | null {
  const entity = fieldsOf(value, ["type", "id", "properties"]);
  if (entity === null) return null;
  const { type, id, properties: given = {} } = entity;
  const properties = fieldsOf(given, known);
  if (typeof type !== "string" || !types.includes(type) || typeof id !== "string") return null;
  return properties && { type, id, properties };
}

/** A record's fields, inherited ones too, each read once; null where it has others. */
function fieldsOf(value: unknown, known: readonly string[]): Fields | null {
  if (!isRecord(value)) return null;
  const fields: Fields = {};
  for (const field in value) {
    if (!known.includes(field)) return null;
    fields[field] = value[field];
  }
  return fields;
}
