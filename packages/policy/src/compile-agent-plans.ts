/** What each agent may do: its lists of tools, its sandbox, its gates, and which other agents it reaches. */
import { readBoolean, readList, readRecord, type Compilation } from "./compilation.ts";
import { reportUnknownAgent, type Agents } from "./compile-agents.ts";
import { compileElevated } from "./compile-elevated.ts";
import { compileSandbox } from "./compile-sandbox.ts";
import { builtInToolList, compileToolList, compileToolLists, namedTools } from "./compile-tool-list.ts";
import { child, type ConfigNode } from "./config-node.ts";
import type { AgentPlan, Plan, ToolList } from "./plan.ts";
import { derivedDeny } from "./tool-catalogue.ts";
import { matches } from "./tool-names.ts";

export function compileAgentPlans(compilation: Compilation, agents: Agents): ReadonlyMap<string, AgentPlan> {
  const global = child(compilation.root, "tools");
  const defaults = child(child(compilation.root, "agents"), "defaults");
  for (const node of [global, defaults]) readRecord(compilation, node);
  const shared = {
    global,
    lists: compileToolLists(compilation, global),
    byModel: compileByModel(compilation, global),
    elevated: compileElevated(compilation, global, true),
    reach: compileReach(compilation, global, agents),
    defaults: child(defaults, "sandbox"),
  };
  const plans = new Map<string, AgentPlan>();
  for (const id of agents.ids) {
    const node = agents.nodes.get(id) ?? { path: ["agents", "list", 0], value: undefined };
    plans.set(id, compileAgent(compilation, id, plans.size, node, agents, shared));
  }
  return plans;
}

interface Shared {
  readonly global: ConfigNode;
  readonly lists: readonly ToolList[];
  readonly byModel: ByModel;
  readonly elevated: AgentPlan["elevated"]["global"];
  readonly reach: Reach;
  readonly defaults: ConfigNode;
}

function compileAgent(
  compilation: Compilation,
  id: string,
  index: number,
  node: ConfigNode,
  agents: Agents,
  shared: Shared,
): AgentPlan {
  const tools = child(node, "tools");
  const spawnNode = child(child(node, "subagents"), "allowAgents");
  readRecord(compilation, child(node, "subagents"));
  return {
    id,
    index,
    lists: [...shared.lists, ...compileToolLists(compilation, tools)],
    byModel: merged(shared.byModel, compileByModel(compilation, tools)),
    named: namedTools(compilation, tools),
    sandbox: compileSandbox(compilation, [child(node, "sandbox"), shared.defaults], [tools, shared.global]),
    elevated: { global: shared.elevated, own: compileElevated(compilation, tools, false) },
    reaches: shared.reach.agents.has(id) ? shared.reach.agents : new Set(),
    reachesRule: shared.reach.rule,
    spawns: new Set([id, ...readAgents(compilation, spawnNode, agents)]),
    spawnsRule: compilation.rule(spawnNode),
  };
}

type ByModel = ReadonlyMap<string, readonly ToolList[]>;

function compileByModel(compilation: Compilation, tools: ConfigNode): ByModel {
  const map = child(tools, "byProvider");
  const keys = Object.keys(readRecord(compilation, map) ?? {});
  return new Map(keys.map((key) => [key, compileToolLists(compilation, child(map, key))] as const));
}

function merged(first: ByModel, second: ByModel): ByModel {
  const keys = new Set([...first.keys(), ...second.keys()]);
  return new Map(
    [...keys].map((key) => [key, [...(first.get(key) ?? []), ...(second.get(key) ?? [])]] as const),
  );
}

interface Reach {
  readonly agents: ReadonlySet<string>;
  readonly rule: ReturnType<Compilation["rule"]>;
}

function compileReach(compilation: Compilation, tools: ConfigNode, agents: Agents): Reach {
  const node = child(tools, "agentToAgent");
  readRecord(compilation, node);
  const [enabled, allow] = [child(node, "enabled"), child(node, "allow")];
  const isOn = readBoolean(compilation, enabled) === true;
  const named = new Set(readAgents(compilation, allow, agents));
  return { agents: isOn ? named : new Set(), rule: compilation.rule(isOn ? allow : enabled) };
}

/** Ids of agents; `*` anywhere in an entry is a wildcard. */
export function readAgents(compilation: Compilation, node: ConfigNode, agents: Agents): readonly string[] {
  return (readList(compilation, node) ?? []).flatMap((entry) => {
    const { value } = entry;
    const pattern = typeof value === "string" ? value.split("*") : [];
    const found = [...agents.ids].filter((id) => matches(id, pattern));
    if (pattern.length > 1 || found.length > 0) return found;
    reportUnknownAgent(compilation, agents, entry);
    return [];
  });
}

/** What runs of each kind may never use. */
export function compileRuns(compilation: Compilation): Plan["runs"] {
  const node = child(child(compilation.root, "tools"), "subagents");
  readRecord(compilation, node);
  const own = compileToolList(compilation, child(node, "tools"));
  const builtIn = (kind: keyof typeof derivedDeny) =>
    builtInToolList(compilation, `built-in.tools-of-a-${kind}`, null, derivedDeny[kind]);
  return {
    subagent: own === null ? [builtIn("subagent")] : [builtIn("subagent"), own],
    cron: [builtIn("cron")],
    hook: [builtIn("hook")],
  };
}
