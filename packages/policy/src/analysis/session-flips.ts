/** What would let a run reach another session, or have another agent work for it. */
import type { SessionQuestion } from "../decide-session.ts";
import type { RuleReference } from "../decision.ts";
import type { AgentPlan, Plan } from "../plan.ts";
import type { StateFacts } from "../request.ts";
import type { Standpoint } from "../standpoint.ts";
import { withAgents, type World } from "./changed-plan.ts";
import type { Flip } from "./remedy-search.ts";
import { changing, sandboxFlip } from "./tool-flips.ts";

type SessionWorld = World<StateFacts>;

export function sessionFlips(at: Standpoint, asked: SessionQuestion): readonly Flip<SessionWorld>[] {
  const { agent, plan } = at;
  const target = asked.targetAgent === null ? undefined : plan.agents.get(asked.targetAgent);
  const visibility = agent.sandbox.visibility === "spawned" ? [sandboxFlip(agent, "visibility", "all")] : [];
  if (target === undefined) return asked.operation === "spawn" ? [] : visibility;
  if (asked.operation !== "spawn")
    return [...visibility, ...(target.id === agent.id ? [] : reachFlips(agent, target))];
  return [...spawnFlips(agent, target), ...confiningFlips(agent, target)];
}

function reachFlips(agent: AgentPlan, target: AgentPlan): readonly Flip<SessionWorld>[] {
  if (agent.reaches.has(target.id)) return [];
  const rule = agent.reachesRule;
  const both = new Set([agent.id, target.id]);
  const enabled = "tools.agentToAgent.enabled";
  const allowRule: RuleReference = rule.path === enabled ? { path: "tools.agentToAgent.allow" } : rule;
  const naming = { text: `${allowRule.path} named ${[...both].join(" and ")}`, rule: allowRule };
  const reach = (plan: Plan) =>
    withAgents(plan, (each) =>
      both.has(each.id) ? { ...each, reaches: new Set([...each.reaches, ...both]) } : each,
    );
  return [
    {
      changes: rule.path === enabled ? [{ text: `${enabled} were true`, rule }, naming] : [naming],
      apply: ({ plan, state }) => ({ plan: reach(plan), state }),
    },
  ];
}

function spawnFlips(agent: AgentPlan, target: AgentPlan): readonly Flip<SessionWorld>[] {
  if (agent.spawns.has(target.id)) return [];
  const rule = agent.spawnsRule;
  return [
    changing(`${rule.path} named ${target.id}`, rule, (plan) =>
      withAgents(plan, (each) =>
        each.id === agent.id ? { ...each, spawns: new Set([...each.spawns, target.id]) } : each,
      ),
    ),
  ];
}

/** The child as confined as this run is. */
function confiningFlips({ sandbox }: AgentPlan, target: AgentPlan): readonly Flip<SessionWorld>[] {
  const found: Flip<SessionWorld>[] = [];
  if (target.sandbox.mode === "off") found.push(sandboxFlip(target, "mode", "all"));
  if (target.sandbox.workspaceAccess !== sandbox.workspaceAccess)
    found.push(sandboxFlip(target, "workspaceAccess", sandbox.workspaceAccess));
  return found;
}
