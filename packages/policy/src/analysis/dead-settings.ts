/**
 * Settings of sandboxes that decide nothing: whichever word stood there, the same would be answered. One that only says what
 * holds without it is spelled out for people, and passed over; so is `mode`, which is never idle for long.
 */
import type { Compilation } from "../compilation.ts";
import { compileSandbox } from "../compile-sandbox.ts";
import { sessionTools } from "../decide-session.ts";
import { formatPath, type ConfigPath } from "../config-path.ts";
import type { AgentPlan, Plan, SandboxPlan } from "../plan.ts";
import { worksInSandbox } from "../tool-core.ts";
import type { Alike } from "./alike.ts";
import { withAgents } from "./changed-plan.ts";
import { entriesAt, valueAt, withoutValue } from "./config-edit.ts";
import { everybody, isFelt, type Otherwise } from "./felt.ts";
import { nodeAt, over } from "./over.ts";
import type { Wanted } from "./run-items.ts";

export interface DeadSetting {
  readonly path: ConfigPath;
  /** Those that take it from here. */
  readonly agents: readonly string[];
  /** Nothing of theirs is ever sandboxed. */
  readonly isWithoutSandbox: boolean;
}

interface Setting {
  /** Of the config. */
  readonly key: string;
  readonly of: "scope" | "workspaceAccess" | "visibility";
  readonly words: readonly SandboxPlan["scope" | "workspaceAccess" | "visibility"][];
  /** What it can be about. */
  readonly isAbout: (wanted: Wanted) => boolean;
}

const isTool = (wanted: Wanted): boolean => wanted.action === "tool" && !wanted.isElevated;
const isSpawn = (wanted: Wanted): boolean => wanted.action === "session" && wanted.operation === "spawn";

export const settings: readonly Setting[] = [
  { key: "scope", of: "scope", words: ["session", "agent", "shared"], isAbout: isTool },
  { key: "workspaceAccess", of: "workspaceAccess", words: ["none", "ro", "rw"], isAbout: isTool },
  {
    key: "sessionToolsVisibility",
    of: "visibility",
    words: ["spawned", "all"],
    isAbout: (wanted) => wanted.action === "session" && !isSpawn(wanted),
  },
];

const defaults: ConfigPath = ["agents", "defaults", "sandbox"];

export function deadSettings(compilation: Compilation, plan: Plan, alike: Alike): readonly DeadSetting[] {
  const root = compilation.root.value;
  const sections = [defaults, ...entriesAt(root, ["agents", "list"]).map((path) => [...path, "sandbox"])];
  return sections.flatMap((section) =>
    settings.flatMap((setting) => {
      const path = [...section, setting.key];
      const word = valueAt(root, path);
      if (word === undefined || word === wordWithout(compilation, section, setting)) return [];
      const touched = takingFrom(plan, path, setting);
      const isWithoutSandbox = touched.every(isNeverSandboxed);
      // For runs of what is never sandboxed nothing of it holds; for those that would spawn them it may.
      const asked = {
        ...setting,
        touched: new Set(touched.map(({ id }) => id)),
        isOwnAsked: !isWithoutSandbox,
      };
      const others = setting.words.filter((each) => each !== word);
      if (others.some((each) => isFeltAs(each, asked, plan, alike))) return [];
      return [{ path, agents: [...asked.touched], isWithoutSandbox }];
    }),
  );
}

const isNeverSandboxed = ({ sandbox: { mode } }: AgentPlan): boolean =>
  !worksInSandbox({ mode, run: "derived", isMain: false });

const takingFrom = ({ agents }: Plan, path: ConfigPath, { of }: Setting): readonly AgentPlan[] =>
  [...agents.values()].filter(({ sandbox }) => sandbox.rules[of].path === formatPath(path));

/** What would hold if the key were not there. */
function wordWithout(compilation: Compilation, section: ConfigPath, { key, of }: Setting): unknown {
  const edited = over(compilation, withoutValue(compilation.root.value, [...section, key]));
  return compileSandbox(edited, [nodeAt(edited, section), nodeAt(edited, defaults)], [])[of];
}

interface AskedSetting extends Setting {
  /** The agents that take it from there. */
  readonly touched: ReadonlySet<string>;
  readonly isOwnAsked: boolean;
}

function isFeltAs(word: string, asked: AskedSetting, plan: Plan, alike: Alike): boolean {
  const { of: key, isAbout, touched, isOwnAsked } = asked;
  const changed = withAgents(plan, (agent) =>
    touched.has(agent.id) ? { ...agent, sandbox: { ...agent.sandbox, [key]: word } } : agent,
  );
  const of: Otherwise["of"] = (at, { id }) => ({ ...at, plan: changed, agent: changed.agents.get(id)! });
  const own = (id: string) => alike.wantsOf(id).filter(isAbout);
  if (isOwnAsked && isFelt({ agents: [...touched], wants: own, isFor: everybody, of }, plan, alike))
    return true;
  if (key !== "workspaceAccess") return false;
  // A child may see no more of its workspace than the run that spawns it: both ends are asked.
  const spawning = (id: string): readonly Wanted[] =>
    [...plan.agents.get(id)!.spawns]
      .filter((child) => child !== id && (touched.has(id) || touched.has(child)))
      .map((child) => ({ action: "session", tool: sessionTools.spawn, operation: "spawn", agents: [child] }));
  const agents = [...plan.agents.keys()];
  return isFelt({ agents, wants: spawning, isFor: everybody, of }, plan, alike);
}
