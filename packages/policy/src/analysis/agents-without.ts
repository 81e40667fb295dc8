/** Agents as they would be without one entry of their lists of tools: what the entry stands in is compiled again, and no more. */
import type { Compilation } from "../compilation.ts";
import { compileAgentPlans } from "../compile-agent-plans.ts";
import { compileAgents } from "../compile-agents.ts";
import { compileToolLists, namedTools } from "../compile-tool-list.ts";
import type { ConfigPath } from "../config-path.ts";
import type { AgentPlan } from "../plan.ts";
import { entriesAt, valueAt, withoutValue } from "./config-edit.ts";
import { nodeAt, over } from "./over.ts";

/** `path`: of an entry of a list in `tools` or in `agents.list[].tools`; the agent is one that it holds for. */
export function agentsWithout(
  compilation: Compilation,
): (path: ConfigPath) => (agent: AgentPlan) => AgentPlan {
  const root = compilation.root.value;
  const list = entriesAt(root, ["agents", "list"]);
  const byId = new Map(list.map((path) => [String(valueAt(root, [...path, "id"])), path]));
  const globals = compileToolLists(compilation, nodeAt(compilation, ["tools"])).length;

  return (path) => {
    const edited = over(compilation, withoutValue(root, path));
    const block = path.slice(0, path.indexOf("tools") + 1);
    // What is set for model providers and for sandboxed sessions stands deeper.
    return path.length > block.length + 2
      ? remembered((agent) => alone(edited, agent))
      : withBlock(edited, block, path.at(-2) === "allow");
  };

  function withBlock(edited: Compilation, block: ConfigPath, isAllow: boolean) {
    const node = nodeAt(edited, block);
    const changed = compileToolLists(edited, node);
    if (block.length === 1)
      return remembered((agent) => ({ ...agent, lists: [...changed, ...agent.lists.slice(globals)] }));
    return remembered((agent) => ({
      ...agent,
      lists: [...agent.lists.slice(0, globals), ...changed],
      ...(isAllow && { named: namedTools(edited, node) }),
    }));
  }

  /** By its own keys and the global ones, as if there were no other agent. */
  function alone({ root: { value } }: Compilation, agent: AgentPlan): AgentPlan {
    const path = byId.get(agent.id);
    const agents = {
      defaults: valueAt(value, ["agents", "defaults"]) ?? {},
      ...(path !== undefined && { list: [valueAt(value, path)] }),
    };
    const reduced = over(compilation, { agents, tools: valueAt(value, ["tools"]) ?? {} });
    const found = compileAgentPlans(reduced, compileAgents(reduced)).get(agent.id) ?? agent;
    const { lists, byModel, named, sandbox } = found;
    return { ...agent, lists, byModel, named, sandbox };
  }
}

/** For one agent at a time. */
function remembered(change: (agent: AgentPlan) => AgentPlan): (agent: AgentPlan) => AgentPlan {
  const known = new Map<AgentPlan, AgentPlan>();
  return (agent) => {
    const changed = known.get(agent) ?? change(agent);
    known.set(agent, changed);
    return changed;
  };
}
