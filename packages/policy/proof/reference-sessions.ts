/** Sessions in the words of the documents: the tool of the operation, then the target. */
import type { DecisionCode } from "../src/decision.ts";
import type { Network } from "../src/network.ts";
import type { SessionRequest, StateFacts } from "../src/request.ts";
import { agentIds, dmScopeOf, type Sayings } from "./reference-config.ts";
import { entryOfAgent, namesAgent, sandboxOf } from "./reference-agents.ts";
import { globalTools } from "./reference-lists.ts";
import {
  hear,
  isDenial,
  isSandboxed,
  meet,
  permissionFor,
  type Asked,
  type Denial,
  type Heard,
  type Permission,
  type RunAnswer,
} from "./reference-tools.ts";

const tools = {
  list: "sessions_list",
  read: "sessions_history",
  send: "sessions_send",
  spawn: "sessions_spawn",
} as const;

export function referenceSession(
  config: Sayings,
  networks: readonly Network[],
  request: SessionRequest,
  state: StateFacts = {},
): RunAnswer {
  return meet(config, networks, request, state, "session-allowed", (asked) => sessionFor(asked, request));
}

function sessionFor(asked: Asked, request: SessionRequest): Permission | Denial {
  const heard = hear(asked);
  if (isDenial(heard)) return heard;
  const permission = permissionFor(heard, { tool: tools[request.operation], network: null }, false);
  // "Ancestors only gate"; "the target of a session is the run's own business".
  if (isDenial(permission) || asked.isAncestor) return permission;
  const denial =
    request.operation === "spawn" ? notSpawned(heard, request.target) : notReached(heard, request.session);
  return denial.length > 0 ? denial : permission;
}

/** Why the session is out of reach; empty when it is not. */
function notReached(heard: Heard, session: string): Denial {
  const { config, agent, rights, authority, state, run } = heard;
  // "The run's own session and what it spawned are in reach. A run that is not a turn reaches nothing else."
  if (state.isSpawned === true || (run === "turn" && session === ownSession(heard))) return [];
  const denial: DecisionCode[] = [];
  if (run !== "turn") denial.push("session-not-visible");
  // "The profile's `sessions` is `agent`, the sender is no stranger, and the run is not sandboxed or
  // `sessionToolsVisibility` is `all`."
  if (rights.sessions !== "agent" || authority === "stranger")
    denial.push("session-of-another", "session-not-visible");
  if (isSandboxed(heard) && sandboxOf(config, agent).sessionToolsVisibility !== "all")
    denial.push("session-not-visible");
  const other = agentOfSession(config, session);
  // "Keys that name no agent belong to nobody."
  if (other === undefined) denial.push("session-of-another", "session-not-visible", "agent-not-reachable");
  else if (other !== agent) {
    if (!mayTalk(config, agent, other)) denial.push("agent-not-reachable", "session-of-another");
    if (!rights.agents(other)) denial.push("agent-not-allowed", "agent-not-reachable");
  }
  return denial;
}

/** `agent:<id>:…`, of an agent that there is. */
function agentOfSession(config: Sayings, session: string): string | undefined {
  const [word, agent, ...rest] = session.split(":");
  const isKey = word === "agent" && rest.length > 0 && rest.every((part) => part !== "");
  return isKey && agent !== undefined && agentIds(config).includes(agent) ? agent : undefined;
}

/** "`tools.agentToAgent.enabled: true` with both ids in `allow` (`*` is a wildcard there; absent or empty is nobody)." */
function mayTalk(config: Sayings, one: string, other: string): boolean {
  const { enabled, allow } = globalTools(config).agentToAgent ?? {};
  return enabled === true && namesAgent(allow, one) && namesAgent(allow, other);
}

/** The key that a message decision gives this origin, under the run's agent; for ids without separators. */
function ownSession({ config, network, origin, authority, agent }: Heard): string {
  const { chat, account = "default", sender } = origin;
  const isShared = dmScopeOf(config) === "main" || authority === "owner";
  if (network.layout === "operator" || (chat.kind === "dm" && isShared)) return `agent:${agent}:main`;
  const isApart = account !== "default" && (chat.kind !== "dm" || dmScopeOf(config) !== "per-channel-peer");
  const start = ["agent", agent, network.id, ...(isApart ? [account] : []), chat.kind];
  if (chat.kind === "dm") return [...start, sender.id].join(":");
  const thread = network.layout === "groups" ? "topic" : "thread";
  return [...start, chat.id, ...(chat.thread ? [thread, chat.thread] : [])].join(":");
}

/** Why that agent may not be had to work for this run; empty when it may. */
function notSpawned({ config, agent, rights, ...heard }: Heard, target: string): Denial {
  const { allowAgents } = entryOfAgent(config, agent).subagents ?? {};
  const isKnown = agentIds(config).includes(target);
  const denial: DecisionCode[] = [];
  if (!isKnown) denial.push("unknown-agent", "agent-not-reachable");
  if (target !== agent && !namesAgent(allowAgents, target)) denial.push("agent-not-reachable");
  // "And the sender's profile must reach it."
  if (!rights.agents(target)) denial.push("agent-not-allowed", "agent-not-reachable");
  if (!isKnown) return denial;
  // "Where this run is sandboxed, the child's agent must not have `mode: "off"` nor a higher `workspaceAccess`."
  const [own, child] = [sandboxOf(config, agent), sandboxOf(config, target)];
  const levels = ["none", "ro", "rw"];
  const isHigher = levels.indexOf(child.workspaceAccess) > levels.indexOf(own.workspaceAccess);
  if (isSandboxed({ config, agent, rights, ...heard }) && (child.mode === "off" || isHigher))
    denial.push("less-confined");
  return denial;
}
