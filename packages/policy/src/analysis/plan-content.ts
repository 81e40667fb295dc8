/** Parts of a plan as text, without the places in the config where they were written: equal for parts that do the same. */
import type { AgentPlan, Plan, Profile, ToolList } from "../plan.ts";
import { sorted } from "./named-ids.ts";

const listContent = ({ allow, deny }: ToolList) => [allow && sorted(allow), sorted(deny)];
const listsContent = (lists: readonly ToolList[]) => lists.map(listContent);

const profiles = new WeakMap<Profile, string>();

/** What a profile says of runs. */
export function profileContent(profile: Profile): string {
  const known = profiles.get(profile);
  if (known !== undefined) return known;
  const { agents, tools, mayUseSandbox, mayUseHost, mayUseGateway, sends, sessions, asks } = profile;
  const content = JSON.stringify([
    agents && sorted(agents),
    tools && listContent(tools),
    [mayUseSandbox, mayUseHost, mayUseGateway, sends, sessions],
    sorted(asks),
  ]);
  profiles.set(profile, content);
  return content;
}

/** What holds for runs of every agent. */
export const runsContent = ({ tools, runs }: Plan): string =>
  JSON.stringify([
    [...tools].map(([name, { name: stands, kind }]) => [name, stands, kind] as const).sort(byText),
    listsContent(runs.subagent),
    listsContent(runs.cron),
    listsContent(runs.hook),
  ]);

/** What runs of the agent may do, the agents that they may spawn included. */
export function agentContent(plan: Plan, agent: AgentPlan | undefined): string {
  if (agent === undefined) return "";
  const { lists, byModel, named, sandbox, elevated, reaches, spawns } = agent;
  const confinement = (id: string) => {
    const target = plan.agents.get(id);
    return target && [id, target.sandbox.mode, target.sandbox.workspaceAccess];
  };
  const gates = [elevated.global, elevated.own].map((gate) => [
    gate.isOn,
    gate.lists && [...gate.lists].map(([network, { ids }]) => [network, sorted(ids)] as const).sort(byText),
  ]);
  return JSON.stringify([
    listsContent(lists),
    [...byModel].map(([key, each]) => [key, listsContent(each)] as const).sort(byText),
    sorted(named),
    [sandbox.mode, sandbox.scope, sandbox.workspaceAccess, sandbox.visibility],
    listsContent(sandbox.lists),
    sandbox.unlisted && listContent(sandbox.unlisted),
    gates,
    sorted(reaches),
    sorted(spawns).map(confinement),
  ]);
}

const byText = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number =>
  a < b ? -1 : a > b ? 1 : 0;
