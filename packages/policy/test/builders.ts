/** Networks, configs and requests for the tests: the same rules written down in each of the three layouts. */
import {
  compile,
  type CompileOptions,
  type MessageRequest,
  type Network,
  type Policy,
} from "../src/index.ts";

const person = /^\d+$/;

/** People and rooms are numbers here; a name is no id. */
function aNetwork(id: string, layout: Network["layout"], more: Partial<Network> = {}): Network {
  const canonical: Network["canonicalSender"] = (entry) => {
    const text = entry.trim().replace(new RegExp(`^${id}:`, "i"), "");
    return person.test(text)
      ? { ok: true, id: text }
      : { ok: false, message: "It is no id.", hint: "Write the number of the account." };
  };
  return {
    id,
    layout,
    canPair: true,
    sharedSenders: ["1087"],
    canonicalSender: canonical,
    canonicalChat: canonical,
    ...more,
  };
}

export const flat = aNetwork("flat", "groups");
export const guilded = aNetwork("guilded", "guilds");
export const roomy = aNetwork("roomy", "channels");
export const desk = aNetwork("desk", "operator");
export const deaf = aNetwork("deaf", "groups", { canPair: false });
export const networks: readonly Network[] = [flat, guilded, roomy, desk, deaf];

export const chatNetworks: readonly Network[] = [flat, guilded, roomy];

export interface Rules {
  readonly policy?: unknown;
  readonly allowFrom?: unknown;
  readonly groupPolicy?: unknown;
  /** The people of the one room: `allowFrom` of a group, `users` of a channel. */
  readonly people?: unknown;
  readonly groupAllowFrom?: unknown;
  /** Absent: no map. */
  readonly room?: "77" | "*" | "78" | "none" | undefined;
  readonly requireMention?: unknown;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** What is undefined is left out. */
export function section(network: Network, rules: Rules): Record<string, unknown> {
  const isFlat = network.layout === "groups";
  const entry = defined({
    requireMention: rules.requireMention,
    [isFlat ? "allowFrom" : "users"]: rules.people,
  });
  const rooms = rules.room === undefined ? undefined : rules.room === "none" ? {} : { [rules.room]: entry };
  const dm = defined({ policy: rules.policy, allowFrom: rules.allowFrom });
  const direct = isFlat ? { dmPolicy: rules.policy, allowFrom: rules.allowFrom } : { dm };
  const map = isFlat
    ? { groups: rooms }
    : network.layout === "channels"
      ? { channels: rooms }
      : { guilds: rooms && { "9": { channels: rooms } } };
  const groupAllowFrom = isFlat ? rules.groupAllowFrom : undefined;
  return defined({ ...direct, ...map, groupPolicy: rules.groupPolicy, groupAllowFrom, ...rules.more });
}

const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export function aPolicy(config: unknown, options: Partial<CompileOptions> = {}): Policy {
  const result = compile(config, { networks, ...options });
  if (!result.ok) throw new Error(JSON.stringify(result.issues, null, 2));
  return result.policy;
}

export function issuesOf(config: unknown): readonly string[] {
  const result = compile(config, { networks });
  const issues = result.ok ? result.warnings : result.issues;
  return issues.map(({ code, path, severity }) => `${severity ?? "error"} ${code} ${path}`);
}

export function aDm(
  network: Network,
  sender: string | null,
  more: Partial<MessageRequest> = {},
): MessageRequest {
  return {
    action: "message",
    provider: network.id,
    chat: { kind: "dm", id: sender ?? "0" },
    sender: { id: sender },
    ...more,
  };
}

/** In room 77: a group where that is what the network has, a channel of guild 9 elsewhere. */
export function aRoomMessage(
  network: Network,
  sender: string | null,
  more: Partial<MessageRequest> = {},
): MessageRequest {
  const chat =
    network.layout === "groups"
      ? ({ kind: "group", id: "77" } as const)
      : ({ kind: "channel", id: "77", guild: network.layout === "guilds" ? "9" : null } as const);
  const base = { action: "message", provider: network.id, chat, sender: { id: sender } } as const;
  return { ...base, mentioned: true, mentionDetectable: true, mentionsOthers: false, ...more };
}
