/**
 * Keys that take away, one at a time: without the key a request is granted, with it it is refused, and the refusal must name
 * that key. Whoever follows a refusal to the config finds what to change.
 */
import type { MessageRequest, Request, StateFacts } from "../src/request.ts";
import type { Compile } from "./compare.ts";
import { networks } from "./networks.ts";

interface Restriction {
  /** The key that is added, as a refusal writes it. */
  readonly key: string;
  readonly value: unknown;
  readonly request: Request;
  readonly state?: StateFacts;
  /** Other keys that are set with it and without it. */
  readonly beside?: Readonly<Record<string, unknown>>;
  /** Where the refusal names another key: the one that would have to be there. */
  readonly named?: string;
}

const house = {
  commands: { ownerAllowFrom: ["circle:olga"], config: true },
  agents: { list: [{ id: "main" }, { id: "work" }] },
  circle: { allowFrom: ["olga", "alice", "bob"], groups: { g1: { topics: { "7": {} } } } },
  castle: { groupPolicy: "open", groupAllowFrom: ["alice"] },
};

const directly = (id: string) => ({ provider: "circle", chat: { kind: "dm", id }, sender: { id } }) as const;
const inGroup = (id: string, thread: string | null = null) =>
  ({ provider: "circle", chat: { kind: "group", id: "g1", thread }, sender: { id } }) as const;

const runOf = (id: string) => ({ ...directly(id), agent: "main" }) as const;
const call = (tool: string, more: object = {}, id = "alice"): Request =>
  ({ action: "tool", ...runOf(id), tool, ...more }) as Request;
const inRoom = (tool: string, thread: string | null = null): Request =>
  ({ action: "tool", ...inGroup("alice", thread), agent: "main", tool }) as const;
const elevated = call("bash", { elevated: true });
const toBob: Request = {
  action: "send",
  ...runOf("alice"),
  to: { provider: "circle", chat: directly("bob").chat },
};
const session = (of: string, id = "olga"): Request =>
  ({ action: "session", ...runOf(id), operation: "read", session: `agent:${of}:circle:group:g2` }) as const;
const spawn = (target: string, id = "alice"): Request =>
  ({ action: "session", ...runOf(id), operation: "spawn", target }) as const;
const message = (more: Partial<MessageRequest> = {}, id = "alice"): Request => ({
  action: "message",
  ...directly(id),
  ...more,
});
const inTalk = (more: Partial<MessageRequest> = {}): Request =>
  ({ action: "message", ...inGroup("alice"), mentioned: true, ...more }) as const;

const atLarge = { "agents.defaults.sandbox.mode": "off" };
const open = { "tools.elevated.allowFrom": { circle: ["alice"] } };
const outgoing = { ...atLarge, "access.profiles.friend.send": "accepted" };
const twoAgents = { ...atLarge, "tools.agentToAgent": { enabled: true, allow: ["main", "work"] } };
const spawning = { ...atLarge, "agents.list[0].subagents.allowAgents": ["work"] };

/** The lists that a call of `read` passes, each with the call that it applies to. */
const lists: readonly (readonly [string, Request])[] = [
  ["tools", call("read")],
  ["tools.byProvider.maker", call("read", { model: "maker/model" })],
  ["tools.byProvider.maker", call("read")],
  ['tools.byProvider["maker/model"]', call("read", { model: "maker/model" })],
  ["agents.list[0].tools", call("read")],
  ["agents.list[0].tools.byProvider.maker", call("read", { model: "maker/other" })],
  ["circle.groups.g1.tools", inRoom("read")],
  ['circle.groups.g1.topics["7"].tools', inRoom("read", "7")],
  ['circle.groups["*"].tools', inRoom("read")],
  ["circle.groups.g1.toolsBySender.alice", inRoom("read")],
  ['circle.groups.g1.toolsBySender["*"]', inRoom("read")],
  ["access.profiles.friend.tools", call("read")],
  ["tools.sandbox.tools", call("read")],
  ["agents.list[0].tools.sandbox.tools", call("read")],
];

export const restrictions: readonly Restriction[] = [
  ...lists.map(([list, request]): Restriction => ({ key: `${list}.deny`, value: ["read"], request })),
  ...lists.map(([list, request]): Restriction => ({ key: `${list}.allow`, value: ["write"], request })),
  {
    key: "tools.sandbox.tools.deny",
    value: ["read"],
    request: call("read"),
    beside: { "agents.list[0].tools.sandbox.tools.deny": ["ls"] },
  },
  {
    key: "tools.byProvider.maker.deny",
    value: ["read"],
    request: call("read", { model: "maker/model" }),
    beside: { "agents.list[0].tools.byProvider.maker.deny": ["ls"] },
  },
  {
    key: "agents.list[0].tools.byProvider.maker.deny",
    value: ["read"],
    request: call("read", { model: "maker/model" }),
    beside: { "tools.byProvider.maker.deny": ["ls"] },
  },
  { key: "tools.profile", value: "messaging", request: call("read") },
  { key: "agents.list[0].tools.profile", value: "minimal", request: call("read") },
  { key: "tools.subagents.tools.deny", value: ["read"], request: call("read", { run: "subagent" }) },
  { key: "tools.allow", value: ["r*x*d"], request: call("read") },
  // Sandboxed sessions, where nothing is written.
  {
    key: "agents.defaults.sandbox.mode",
    value: "all",
    request: call("browser", {}, "olga"),
    beside: { "tools.sandbox.tools.allow": ["*"] },
    named: "tools.sandbox.tools",
  },
  {
    key: "agents.defaults.sandbox.mode",
    value: "all",
    request: call("browser", {}, "olga"),
    named: "tools.sandbox.tools",
  },
  {
    key: "agents.list[0].sandbox.mode",
    value: "all",
    request: call("web_fetch", {}, "olga"),
    named: "tools.sandbox.tools",
  },
  { key: "agents.defaults.sandbox.workspaceAccess", value: "ro", request: call("write") },
  { key: "agents.list[0].sandbox.workspaceAccess", value: "ro", request: call("edit") },
  {
    key: "agents.defaults.sandbox.mode",
    value: "off",
    request: { action: "tool", ...inGroup("carol"), agent: "main", tool: "read" },
  },
  // Places and other rights.
  { key: "access.profiles.friend.places", value: ["host", "gateway"], request: call("read") },
  { key: "access.profiles.friend.places", value: ["sandbox"], request: call("read"), beside: atLarge },
  { key: "access.profiles.friend.places", value: ["host"], request: call("message"), beside: atLarge },
  { key: "access.profiles.friend.agents", value: ["work"], request: call("read") },
  { key: "access.profiles.friend.agents", value: ["work"], request: message() },
  { key: "access.profiles.friend.commands", value: ["help"], request: message({ command: "status" }) },
  { key: "access.profiles.friend.commands", value: [], request: message({ command: "status" }) },
  { key: "access.profiles.friend.agents", value: [], request: message() },
  { key: "access.profiles.friend.places", value: [], request: call("read") },
  { key: "access.profiles.friend.budget", value: { turnsPerDay: 1 }, request: message() },
  {
    key: "access.profiles.friend.budget",
    value: { turnsPerDay: 1 },
    request: message(),
    beside: { "access.profiles.kids.members": ["circle:alice"] },
    named: "access.profiles.kids.budget",
  },
  { key: "commands.ownerAllowFrom", value: [], request: call("cron", {}, "olga") },
  // Elevated mode, gate by gate.
  { key: "tools.elevated.enabled", value: false, request: elevated, beside: open },
  { key: "agents.list[0].tools.elevated.enabled", value: false, request: elevated, beside: open },
  { key: "tools.elevated.allowFrom.circle", value: ["bob"], request: elevated, beside: open },
  { key: "tools.elevated.allowFrom", value: {}, request: elevated, beside: open },
  { key: "agents.list[0].tools.elevated.allowFrom.circle", value: [], request: elevated, beside: open },
  {
    key: "agents.list[0].tools.elevated.allowFrom",
    value: { castle: ["alice"] },
    request: elevated,
    beside: open,
  },
  // Sending.
  { key: "access.profiles.friend.send", value: "here", request: toBob, beside: outgoing },
  {
    key: "circle.allowFrom",
    value: ["alice"],
    request: toBob,
    beside: { ...outgoing, "circle.dmPolicy": "allowlist" },
  },
  { key: "circle.dmPolicy", value: "disabled", request: { ...toBob, ...inGroup("alice") }, beside: outgoing },
  // Sessions.
  { key: "access.profiles.owner.sessions", value: "own", request: session("main"), beside: atLarge },
  {
    key: "agents.defaults.sandbox.sessionToolsVisibility",
    value: "spawned",
    request: session("main"),
    beside: {
      "agents.defaults.sandbox": { mode: "all", sessionToolsVisibility: "all" },
      "tools.sandbox.tools.allow": ["*"],
    },
  },
  { key: "tools.agentToAgent.enabled", value: false, request: session("work"), beside: twoAgents },
  {
    key: "tools.agentToAgent.allow",
    value: ["main"],
    request: session("work"),
    beside: twoAgents,
    named: "tools.agentToAgent.allow",
  },
  { key: "access.profiles.owner.agents", value: ["main"], request: session("work"), beside: twoAgents },
  { key: "agents.list[0].subagents.allowAgents", value: [], request: spawn("work"), beside: spawning },
  { key: "access.profiles.friend.agents", value: ["main"], request: spawn("work"), beside: spawning },
  {
    key: "agents.list[1].sandbox.mode",
    value: "off",
    request: spawn("work"),
    beside: { "agents.list[0].subagents.allowAgents": ["work"] },
  },
  {
    key: "agents.list[1].sandbox.workspaceAccess",
    value: "rw",
    request: spawn("work"),
    beside: { "agents.list[0].subagents.allowAgents": ["work"] },
  },
  // Messages, and commands.
  { key: "circle.enabled", value: false, request: message() },
  { key: "circle.dmPolicy", value: "disabled", request: message() },
  {
    key: "circle.allowFrom",
    value: ["bob"],
    request: call("read"),
    beside: { "circle.dmPolicy": "allowlist" },
  },
  { key: "circle.groupPolicy", value: "disabled", request: inTalk() },
  { key: "circle.groups.g1.enabled", value: false, request: inTalk() },
  { key: "circle.groups.g1.allowFrom", value: ["bob"], request: inTalk() },
  { key: 'circle.groups["*"].allowFrom', value: ["bob"], request: inTalk() },
  { key: "circle.groupAllowFrom", value: ["bob"], request: inTalk() },
  {
    key: "circle.groups.g1.requireMention",
    value: true,
    request: inTalk({ mentioned: false }),
    beside: { 'circle.groups["*"].requireMention': false },
  },
  { key: "commands.text", value: false, request: message({ command: "status" }) },
  { key: "commands.native", value: false, request: message({ event: "command", command: "status" }) },
  {
    key: "commands.text",
    value: false,
    request: message({ command: "status" }),
    beside: { "commands.native": false },
  },
  {
    key: "commands.native",
    value: false,
    request: message({ event: "command", command: "status" }),
    beside: { "commands.text": false },
  },
  {
    key: "commands.allowFrom.circle",
    value: ["bob"],
    request: message({ command: "status" }),
    beside: { "commands.allowFrom": { circle: ["alice"] } },
  },
  { key: "commands.allowFrom.circle", value: ["bob"], request: message({ command: "status" }) },
  {
    key: "commands.allowFrom",
    value: { "*": ["circle:bob"] },
    request: message({ command: "status" }),
    named: 'commands.allowFrom["*"]',
  },
  { key: "commands.config", value: false, request: message({ command: "config" }, "olga") },
  { key: "commands.ownerAllowFrom", value: [], request: message({ command: "config" }, "olga") },
];

/** The restriction whose refusal does not name it, and what is wrong; null: all do. */
export function firstUnnamed(compile: Compile): string | null {
  for (const restriction of restrictions) {
    const fault = faultOf(compile, restriction);
    if (fault !== null) return `${restriction.key}: ${fault}`;
  }
  return null;
}

export function faultOf(
  compile: Compile,
  { key, value, request, state, beside = {}, named = key }: Restriction,
): string | null {
  const without = Object.entries(beside).reduce(
    (config, [path, set]) => withKey(config, path, set),
    house as unknown,
  );
  const [before, after] = [without, withKey(without, key, value)].map((config) => {
    const result = compile(config, { networks });
    return result.ok ? result.policy.decide(request, state) : result.issues;
  });
  if (!isDecision(before)) return "the config without it does not compile";
  if (!isDecision(after)) return "the config with it does not compile";
  if (before.effect !== "allow") return `refused without it: ${before.code}`;
  if (after.effect !== "deny") return "not refused";
  return after.rules[0]?.path === named ? null : `${after.code} names ${after.rules[0]?.path}`;
}

type Answer = ReturnType<Extract<ReturnType<Compile>, { ok: true }>["policy"]["decide"]>;
const isDecision = (value: unknown): value is Answer => !Array.isArray(value);

/** The config with one more key. What is set already goes. */
function withKey(config: unknown, path: string, value: unknown): unknown {
  const [, name, index, quoted, rest = ""] = /^\.?(?:([a-zA-Z]\w*)|\[(\d+)\]|\["([^"]+)"\])(.*)$/.exec(path)!;
  const key = name ?? index ?? quoted!;
  const copy: unknown = Array.isArray(config) ? [...(config as unknown[])] : { ...(config as object) };
  const inner: unknown = Reflect.get(copy as object, key);
  Reflect.set(copy as object, key, rest === "" ? value : withKey(inner ?? {}, rest, value));
  return copy;
}
