/** Requests of a run: a call of a tool, a sending, a session. Read like messages: every field checked, and copied once. */
import { hasOnly, isId, isRecord, type Fields } from "./read-field.ts";
import { readOrigin, type Question } from "./read-message.ts";
import type { RunKind, SessionRequest } from "./request.ts";

export interface Run {
  readonly agent: string;
  readonly run: RunKind;
  readonly via: readonly { readonly agent: string; readonly run: RunKind }[];
  /** As if its message had been mentioned: whoever wrote it may still be turned away. */
  readonly origin: Question;
  readonly contributors: readonly Question[];
  readonly model: string | null;
  readonly modelProvider: string | null;
}

export type RunQuestion = Run &
  (
    | { readonly action: "tool"; readonly tool: string; readonly isElevated: boolean }
    | { readonly action: "send"; readonly to: Question }
    | {
        readonly action: "session";
        readonly operation: SessionRequest["operation"];
        /** The session, or for `spawn` the agent. */
        readonly target: string;
        /** The agent whose session it is; null where the key names none. */
        readonly targetAgent: string | null;
      }
  );

const mostAncestors = 16;
const mostContributors = 64;

export function readRun(request: Fields): RunQuestion | null {
  const { action, agent, run = "turn", via = none, contributors = none, model = null } = request;
  if (action !== "tool" && action !== "send" && action !== "session") return null;
  if (!hasOnlyRunFields(request, action)) return null;
  if (!isId(agent) || !isRunKind(run) || (model !== null && !isId(model))) return null;
  const origin = readOrigin(request);
  const ancestors = readList(via, mostAncestors, readAncestor);
  const others = readList(contributors, mostContributors, readContributor);
  if (origin === null || ancestors === null || others === null) return null;
  const modelProvider = providerOf(model);
  if (action === "tool") {
    const { tool, elevated: isElevated = false } = request;
    if (!isId(tool) || typeof isElevated !== "boolean") return null;
    return {
      action,
      agent,
      run,
      via: ancestors,
      origin,
      contributors: others,
      model,
      modelProvider,
      tool,
      isElevated,
    };
  }
  const common = { agent, run, via: ancestors, origin, contributors: others, model, modelProvider };
  if (action === "session") return readSession(request, common);
  const to = readTarget(request["to"]);
  return to && { ...common, action, to };
}

function providerOf(model: string | null): string | null {
  const slash = model === null ? -1 : model.indexOf("/");
  return model === null || slash < 0 ? model : model.slice(0, slash);
}

/** Spelled out, like every reader of what is asked often: a look into a set for each field costs as much as the rest. */
function hasOnlyRunFields(request: Fields, action: RunQuestion["action"]): boolean {
  for (const field in request) {
    switch (field) {
      case "action":
      case "agent":
      case "provider":
      case "account":
      case "chat":
      case "sender":
      case "run":
      case "via":
      case "contributors":
      case "model":
        continue;
      case "tool":
      case "elevated":
        if (action === "tool") continue;
        return false;
      case "to":
        if (action === "send") continue;
        return false;
      case "operation":
      case "session":
      case "target":
        if (action === "session") continue;
        return false;
      default:
        return false;
    }
  }
  return true;
}

function readList<Item>(
  value: unknown,
  most: number,
  read: (item: unknown) => Item | null,
): readonly Item[] | null {
  if (!Array.isArray(value)) return null;
  const { length } = value;
  if (length > most) return null;
  if (length === 0) return none;
  const items: Item[] = [];
  for (let at = 0; at < length; at++) {
    const item = read(value[at]);
    if (item === null) return null;
    items.push(item);
  }
  return items;
}

const none: readonly never[] = Object.freeze([]);

function readAncestor(value: unknown): Run["via"][number] | null {
  if (!isRecord(value) || !hasOnly(value, ["agent", "run"])) return null;
  const { agent, run } = value;
  return isId(agent) && isRunKind(run) ? { agent, run } : null;
}

const placeFields = ["provider", "account", "chat"];

function readContributor(value: unknown): Question | null {
  return isRecord(value) && hasOnly(value, [...placeFields, "sender"]) ? readOrigin(value) : null;
}

/** As if whoever is written to had written: in a direct message, the chat's id is theirs. */
function readTarget(value: unknown): Question | null {
  if (!isRecord(value) || !hasOnly(value, placeFields)) return null;
  const { provider, account, chat } = value;
  return isRecord(chat) ? readOrigin({ provider, account, chat, sender: { id: chat["id"] } }) : null;
}

function readSession(request: Fields, run: Run): RunQuestion | null {
  const { operation, session, target } = request;
  if (operation === "spawn") {
    if (!isId(target) || session !== undefined) return null;
    return { ...run, action: "session", operation, target, targetAgent: target };
  }
  if (operation !== "list" && operation !== "read" && operation !== "send") return null;
  if (!isId(session) || target !== undefined) return null;
  return { ...run, action: "session", operation, target: session, targetAgent: agentOfKey(session) };
}

/** `agent:<id>:…` belongs to the agent; any other key to nobody. Ids of agents hold nothing that a key escapes. */
function agentOfKey(key: string): string | null {
  const [prefix, agent, rest] = key.split(":", 3);
  return prefix === "agent" && isId(agent) && rest !== undefined ? agent : null;
}

function isRunKind(value: unknown): value is RunKind {
  return value === "turn" || value === "subagent" || value === "cron" || value === "hook";
}
