/** Names in lists of tools that decide nothing: in the global lists, those of agents, of sub-agents and of profiles. */
import { startCompilation, type Compilation } from "../compilation.ts";
import { compileAgentPlans, compileRuns } from "../compile-agent-plans.ts";
import { compileAgents } from "../compile-agents.ts";
import { compileProfiles } from "../compile-profiles.ts";
import type { ConfigPath } from "../config-path.ts";
import type { AgentPlan, Plan } from "../plan.ts";
import type { CompileOptions } from "../policy.ts";
import type { Standpoint } from "../standpoint.ts";
import { isSameAnswer } from "./answer.ts";
import type { Alike } from "./alike.ts";
import { entriesAt, keysAt, valueAt, withoutValue } from "./config-edit.ts";
import type { Landscape } from "./landscape.ts";
import { profileContent } from "./plan-content.ts";
import { runAnswer } from "./run-answers.ts";
import type { Origin } from "./run-bases.ts";
import { modelClasses, runKinds, type Wanted } from "./run-items.ts";
import { isOnlyHere } from "./targets.ts";
import { toolEntriesIn, toolRulesIn } from "./tool-entries.ts";

/** What becomes of a run of an agent where the entry is not there. */
interface Without {
  readonly path: ConfigPath;
  readonly agents: readonly string[];
  /** `held`: the profile whose rights hold. */
  readonly of: (at: Standpoint, agent: AgentPlan, held: string | null) => Standpoint;
  /** Whether anything can change for this origin. */
  readonly isFor: (origin: Origin) => boolean;
}

export function deadTools(
  config: unknown,
  options: CompileOptions,
  landscape: Landscape,
  alike: Alike,
): readonly ConfigPath[] {
  const compilation = startCompilation(config, options);
  const [plan] = landscape.plans as readonly [Plan];
  const changes = [
    ...inAgents(compilation, plan),
    ...inSubagents(compilation, plan),
    ...inProfiles(compilation, plan),
  ];
  return changes
    .filter((change) => !isFelt(change, plan, alike, namesOf(compilation, change.path)))
    .map(({ path }) => path);
}

const everybody = (): boolean => true;

function inAgents(compilation: Compilation, plan: Plan): readonly Without[] {
  const root = compilation.root.value;
  const list = entriesAt(root, ["agents", "list"]);
  const nodes = new Map(list.map((path) => [String(valueAt(root, [...path, "id"])), path]));
  // Compiled alone: what is asked is what its own lists and the global ones say.
  const alone = (edited: unknown, id: string): AgentPlan | undefined => {
    const path = nodes.get(id);
    const agents = {
      defaults: valueAt(edited, ["agents", "defaults"]) ?? {},
      ...(path !== undefined && { list: [valueAt(edited, path)] }),
    };
    const reduced = { agents, tools: valueAt(edited, ["tools"]) ?? {} };
    const own = { ...compilation, root: { path: [], value: reduced } };
    return compileAgentPlans(own, compileAgents(own)).get(id);
  };
  const without = (path: ConfigPath, agents: readonly string[]): Without => {
    const edited = withoutValue(root, path);
    const known = new Map<string, AgentPlan | undefined>();
    return {
      path,
      agents,
      isFor: everybody,
      of(at, agent) {
        if (!known.has(agent.id)) known.set(agent.id, alone(edited, agent.id));
        const { lists, byModel, named, sandbox } = known.get(agent.id) ?? agent;
        return { ...at, agent: { ...agent, lists, byModel, named, sandbox } };
      },
    };
  };
  return [
    ...toolRulesIn(root, ["tools"]).map((path) => without(path, [...plan.agents.keys()])),
    ...[...nodes].flatMap(([id, path]) =>
      toolRulesIn(root, [...path, "tools"]).map((entry) => without(entry, [id])),
    ),
  ];
}

function inSubagents(compilation: Compilation, plan: Plan): readonly Without[] {
  const root = compilation.root.value;
  return toolEntriesIn(root, ["tools", "subagents", "tools"]).map((path) => {
    const edited = { ...compilation, root: { path: [], value: withoutValue(root, path) } };
    const changed: Plan = { ...plan, runs: compileRuns(edited) };
    return {
      path,
      agents: [...plan.agents.keys()],
      isFor: everybody,
      of: (at) => ({ ...at, plan: changed }),
    };
  });
}

function inProfiles(compilation: Compilation, plan: Plan): readonly Without[] {
  const root = compilation.root.value;
  const agents = compileAgents(compilation);
  return keysAt(root, ["access", "profiles"]).flatMap((name) =>
    toolEntriesIn(root, ["access", "profiles", name, "tools"]).map((path) => {
      const edited = { ...compilation, root: { path: [], value: withoutValue(root, path) } };
      const { byName } = compileProfiles(edited, agents);
      const isChanged = ([held, profile]: readonly [string, NonNullable<Standpoint["profile"]>]) =>
        profileContent(profile) !== profileContent(plan.profiles.byName.get(held)!);
      // A profile that starts from another one changes with it.
      const changed = new Map([...byName].filter(isChanged));
      return {
        path,
        agents: [...plan.agents.keys()],
        isFor: ({ held: [held] }) => typeof held === "string" && changed.has(held),
        of: (at, _, held) => ({ ...at, profile: changed.get(held ?? "") ?? at.profile }),
      };
    }),
  );
}

/** The tools that the entry names. Who may write to one network has `message`, and the other way round. */
function namesOf(compilation: Compilation, path: ConfigPath): ReadonlySet<string> {
  const names = new Set(compilation.tools.spellOut(String(valueAt(compilation.root.value, path))));
  const sending = ["message", ...compilation.networks.keys()];
  if (sending.some((name) => names.has(name))) for (const name of sending) names.add(name);
  return names;
}

/** Whether somebody's run is answered otherwise without the entry. */
function isFelt(
  { agents, of, isFor }: Without,
  plan: Plan,
  alike: Alike,
  names: ReadonlySet<string>,
): boolean {
  const { runs, origins } = alike.everyone();
  const nameOf = ({ tool }: Wanted) => plan.tools.get(tool)?.name ?? "";
  return agents.some((id) => {
    const agent = plan.agents.get(id)!;
    const wants = alike.wantsOf(id).filter((wanted) => names.has(nameOf(wanted)));
    const models = modelClasses([agent]);
    return runs.bases.some(({ sides: [side] }, base) => {
      const meant = side ? origins[base]!.filter(isFor) : [];
      if (!side || meant.length === 0) return false;
      const held = meant[0]!.held[0] ?? null;
      return runKinds.some((run) => {
        const at = { ...side, agent, run };
        const changed = of(at, agent, held);
        return wants.some((wanted) => {
          const isChanged = models.some(
            ({ model }) =>
              !isSameAnswer(
                runAnswer({ side: 0, at, model }, wanted),
                runAnswer({ side: 0, at: changed, model }, wanted),
              ),
          );
          const place = runs.tools.indexOf(nameOf(wanted));
          return isChanged && meant.some(({ standing }) => isAsked(standing, place, wanted));
        });
      });
    });
  });

  function isAsked(standing: number, place: number, wanted: Wanted): boolean {
    if (runs.passes[standing]![0]![place] === "0") return false;
    const isSending = wanted.action === "send" && wanted.target !== null;
    return !isSending || !isOnlyHere(wanted.target, runs.standings[standing]!);
  }
}
