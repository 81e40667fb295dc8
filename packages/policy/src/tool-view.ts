/**
 * From a call to facts: look-ups, equality and membership of identifiers, and nothing else.
 * INVARIANT: as in `view.ts`, no identifier is ever taken apart (view.test.ts reads this file too).
 */
import type { Authority, RuleReference } from "./decision.ts";
import { find, holds } from "./lookup.ts";
import type {
  AccountPlan,
  AgentPlan,
  ElevatedGate,
  Plan,
  Profile,
  Scope,
  ToolEntry,
  ToolList,
} from "./plan.ts";
import type { Run } from "./read-run.ts";
import type { RunKind, StateFacts } from "./request.ts";
import type { RightsFacts, ToolFacts } from "./tool-facts.ts";

/** Whose rights hold for a sender; null: the approval names a profile that the config does not have, or another one. */
export function profileOf(
  { profiles }: Plan,
  network: string,
  senderId: string,
  authority: Authority,
  { profile }: StateFacts,
): Profile | null {
  const member = find(profiles.byMember, network)?.get(senderId);
  // What the config says of an owner, no file of approvals takes back.
  if (profile !== undefined && profile !== null && authority !== "owner") {
    const granted = profiles.byName.get(profile) ?? null;
    return member === undefined || member === granted ? granted : null;
  }
  if (member !== undefined) return member;
  if (authority === "owner") return profiles.owner;
  return authority === "listed" ? profiles.listed : profiles.stranger;
}

/** What the profile says of a message that may otherwise reach the agent. */
export function rightsOf(
  profile: Profile | null,
  agent: string,
  command: string | null,
  state: StateFacts,
): RightsFacts {
  if (profile === null) return { profile: "unknown", agent: "withheld", command: "none", budget: "spent" };
  const { agents, commands, budget } = profile;
  return {
    profile: "fits",
    agent: agents === null || agents.has(agent) ? "granted" : "withheld",
    command: command === null ? "none" : commands === null || commands.has(command) ? "granted" : "withheld",
    budget: budget === null ? "unbounded" : state.isWithinBudget === true ? "left" : "spent",
  };
}

/** Everything that the facts of a call are looked up in. */
export interface Ground {
  readonly plan: Plan;
  readonly account: AccountPlan;
  readonly scope: Scope;
  readonly senderId: string;
  readonly standing: ToolFacts["standing"];
  readonly profile: Profile | null;
  readonly agent: AgentPlan;
  readonly run: RunKind;
}

export function toolView(
  ground: Ground,
  tool: ToolEntry,
  call: Pick<Run, "model" | "modelProvider">,
  isElevated: boolean,
): ToolFacts {
  const { agent, profile, standing, run } = ground;
  const { sandbox } = agent;
  return {
    standing,
    profile: profile === null ? "unknown" : "fits",
    agent:
      profile !== null && (profile.agents === null || profile.agents.has(agent.id)) ? "granted" : "withheld",
    kind: tool.kind,
    lists: refusingList(ground, tool.name, call) === null ? "pass" : "refuses",
    run: run === "turn" ? "turn" : "derived",
    isMain: standing === "owner" && ground.scope.chat !== "group",
    mode: sandbox.mode,
    sandboxLists: sandboxListsOf(agent, tool.name),
    isNamed: agent.named.has(tool.name),
    workspaceAccess: sandbox.workspaceAccess,
    elevated: isElevated ? elevatedOf(ground) : "no",
    mayUseSandbox: profile !== null && profile.mayUseSandbox,
    mayUseHost: profile !== null && profile.mayUseHost,
    mayUseGateway: profile !== null && profile.mayUseGateway,
    asks: profile === null || profile.asks.has(tool.name),
  };
}

const refuses = ({ allow, deny }: ToolList, tool: string): boolean =>
  holds(deny, tool) || (allow !== null && !allow.has(tool));

/** The first list outside the sandbox that does not let the tool through. */
export const refusingList = (
  ground: Ground,
  tool: string,
  call: Pick<Run, "model" | "modelProvider">,
): ToolList | null => refusingOfAgent(ground.agent, tool, call) ?? refusingBeyond(ground, tool);

/** Among those of the agent, whoever asks. */
export function refusingOfAgent(
  agent: AgentPlan,
  tool: string,
  { model, modelProvider }: Pick<Run, "model" | "modelProvider">,
): ToolList | null {
  for (const list of agent.lists) if (refuses(list, tool)) return list;
  if (modelProvider === null) {
    for (const lists of agent.byModel.values())
      for (const list of lists) if (refuses(list, tool)) return list;
    return null;
  }
  for (const list of agent.byModel.get(modelProvider) ?? none) if (refuses(list, tool)) return list;
  for (const list of agent.byModel.get(model ?? modelProvider) ?? none) if (refuses(list, tool)) return list;
  return null;
}

/** Among those of the place, the person and the kind of run. */
export function refusingBeyond(
  { plan, scope, senderId, profile, run }: Ground,
  tool: string,
): ToolList | null {
  if (scope.chat === "group") {
    for (const { tools, bySender, others } of scope.roomTools) {
      if (tools !== null && refuses(tools, tool)) return tools;
      const own = find(bySender, senderId) ?? others;
      if (own !== null && refuses(own, tool)) return own;
    }
  }
  if (profile !== null && profile.tools !== null && refuses(profile.tools, tool)) return profile.tools;
  if (run !== "turn") for (const list of plan.runs[run]) if (refuses(list, tool)) return list;
  return null;
}

const none: readonly ToolList[] = [];

function sandboxListsOf({ sandbox }: AgentPlan, tool: string): ToolFacts["sandboxLists"] {
  for (const list of sandbox.lists) if (refuses(list, tool)) return "refuses";
  return sandbox.unlisted !== null && refuses(sandbox.unlisted, tool) ? "unlisted" : "pass";
}

/** The list for sandboxed sessions that does not let the tool through. */
export function refusingSandboxList({ sandbox }: AgentPlan, tool: string): ToolList | null {
  for (const list of sandbox.lists) if (refuses(list, tool)) return list;
  return sandbox.unlisted;
}

/** The key that a list refuses a tool by. */
export const ruleOfList = (list: ToolList, tool: string): RuleReference =>
  list.deny.has(tool) ? list.denyRule : list.allowRule;

function elevatedOf({ account, agent, senderId }: Ground): ToolFacts["elevated"] {
  const { global, own } = agent.elevated;
  if (!global.isOn) return "off";
  if (!own.isOn) return "off-for-agent";
  if (!isListed(global, account.network, senderId)) return "unlisted";
  return isListed(own, account.network, senderId) ? "open" : "unlisted-for-agent";
}

const isListed = ({ lists }: ElevatedGate, network: string, senderId: string): boolean => {
  if (lists === null) return true;
  const list = lists.get(network);
  return list !== undefined && list.ids.has(senderId);
};

/** The gate that is shut, as a key. */
export function elevatedRule({ account, agent }: Ground, word: ToolFacts["elevated"]): RuleReference {
  const { global, own } = agent.elevated;
  if (word === "off") return global.onRule;
  if (word === "off-for-agent") return own.onRule;
  const gate = word === "unlisted-for-agent" ? own : global;
  const list = gate.lists === null ? undefined : gate.lists.get(account.network);
  return list === undefined ? gate.listRule : list.rule;
}
