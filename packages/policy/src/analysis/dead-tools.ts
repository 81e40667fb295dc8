/** Names in lists of tools that decide nothing: in the global lists, those of agents, of sub-agents and of profiles. */
import { startCompilation, type Compilation } from "../compilation.ts";
import { compileRuns } from "../compile-agent-plans.ts";
import type { ConfigPath } from "../config-path.ts";
import type { RuleReference } from "../decision.ts";
import type { Plan } from "../plan.ts";
import type { CompileOptions } from "../policy.ts";
import type { Alike } from "./alike.ts";
import { agentsWithout } from "./agents-without.ts";
import { appliedLists, sandboxLists } from "./applied-lists.ts";
import { changedProfiles } from "./changed-profiles.ts";
import { entriesAt, keysAt, valueAt, withoutValue } from "./config-edit.ts";
import { answersTo, everybody, isFelt, type Asked, type Otherwise } from "./felt.ts";
import type { Landscape } from "./landscape.ts";
import { over } from "./over.ts";
import { toolEntriesIn, toolRulesIn, withSending } from "./tool-entries.ts";

/** What becomes of runs where the entry is not there. */
interface Without extends Omit<Otherwise, "wants"> {
  readonly path: ConfigPath;
}

/** An entry that allows what nobody gets, and that is felt all the same: with one network, `message` as such is offered. */
export interface VainEntry {
  readonly path: ConfigPath;
  readonly agents: readonly string[];
  /** The rules that keep them away. */
  readonly refusedBy: readonly RuleReference[];
  /** It is only in the sandbox that they are kept away. */
  readonly isInSandbox: boolean;
}

export function deadTools(
  config: unknown,
  options: CompileOptions,
  landscape: Landscape,
  alike: Alike,
): { readonly dead: readonly ConfigPath[]; readonly vain: readonly VainEntry[] } {
  const compilation = startCompilation(config, options);
  const [plan] = landscape.plans as readonly [Plan];
  const dead: ConfigPath[] = [];
  const vain: VainEntry[] = [];
  for (const change of [
    ...inAgents(compilation, plan),
    ...inSubagents(compilation, plan),
    ...inProfiles(compilation, plan),
  ]) {
    const names = compilation.tools.spellOut(String(valueAt(compilation.root.value, change.path))) ?? [];
    if (!isFelt({ ...change, wants: wantsFor(withSending(compilation, names)) }, plan, alike))
      dead.push(change.path);
    else if (isOfNetworks(compilation, change.path, names)) {
      const refusal = refusalOf({ ...change, wants: wantsFor(new Set(names)) }, names);
      if (refusal !== null) vain.push({ path: change.path, agents: change.agents, ...refusal });
    }
  }
  return { dead, vain };

  function wantsFor(names: ReadonlySet<string>) {
    return (id: string) =>
      alike.wantsOf(id).filter(({ tool }) => names.has(plan.tools.get(tool)?.name ?? ""));
  }

  /** Null where somebody's run may use one of them. */
  function refusalOf(asked: Asked, names: readonly string[]) {
    const { allowed, codes, denied } = answersTo(asked, plan, alike);
    if (allowed.length > 0) return null;
    const isInSandbox = codes.includes("tool-not-in-sandbox") && !codes.includes("tool-not-allowed");
    const rules = denied.flatMap((at) => {
      const lists = [...(isInSandbox ? [] : appliedLists(at, anyModel)), ...sandboxLists(at)];
      return lists.flatMap((list) => names.filter((name) => list.deny.has(name)).map(() => list.denyRule));
    });
    const refusedBy = [...new Map(rules.map((rule) => [rule.path, rule])).values()];
    return refusedBy.length === 0 ? null : { refusedBy, isInSandbox };
  }
}

const anyModel = { model: null, modelProvider: null };

function inAgents(compilation: Compilation, plan: Plan): readonly Without[] {
  const root = compilation.root.value;
  const changed = agentsWithout(compilation);
  const without = (path: ConfigPath, agents: readonly string[]): Without => {
    const change = changed(path);
    return { path, agents, isFor: everybody, of: (at, agent) => ({ ...at, agent: change(agent) }) };
  };
  return [
    ...toolRulesIn(root, ["tools"]).map((path) => without(path, [...plan.agents.keys()])),
    ...entriesAt(root, ["agents", "list"]).flatMap((path) => {
      const id = String(valueAt(root, [...path, "id"]));
      return toolRulesIn(root, [...path, "tools"]).map((entry) => without(entry, [id]));
    }),
  ];
}

function inSubagents(compilation: Compilation, plan: Plan): readonly Without[] {
  const root = compilation.root.value;
  return toolEntriesIn(root, ["tools", "subagents", "tools"]).map((path) => {
    const edited = over(compilation, withoutValue(root, path));
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
  const changed = changedProfiles(compilation, plan);
  return keysAt(root, ["access", "profiles"]).flatMap((name) =>
    toolEntriesIn(root, ["access", "profiles", name, "tools"]).map((path) => ({
      path,
      agents: [...plan.agents.keys()],
      ...changed(withoutValue(root, path)),
    })),
  );
}

const isOfNetworks = ({ networks }: Compilation, path: ConfigPath, names: readonly string[]): boolean =>
  path.at(-2) !== "deny" && names.length > 0 && names.every((name) => networks.has(name));
