/** What the config says of sandboxes, for one agent; and what is wrong with it. */
import type { Locate } from "@clawd/config";
import type { EgressSettings } from "@clawd/egress/schema";
import type { Issue } from "@clawd/kernel";
import { type BindRules, resolveSettings, sandboxIssues, type SandboxSettings } from "@clawd/sandbox/config";
import { homedir } from "node:os";
import type { AgentEntry, Config } from "../config.ts";
import { workspaceOf } from "../agents.ts";
import { expandHome, type Paths, pathsFrom } from "../paths.ts";

/** The same object for the same agent, as long as the config is the same. */
export function settingsOfAgents(config: Config, { stateDir }: Pick<Paths, "stateDir">) {
  const known = new Map<string, SandboxSettings>();
  return (agent: string, scope: "session" | "agent" | "shared"): SandboxSettings => {
    const key = `${scope} ${agent}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const defaults = config.agents?.defaults?.sandbox ?? {};
    const own = entryOf(config, agent).sandbox ?? {};
    const resolved = resolveSettings(defaults, own, scope, stateDir);
    const made = { ...resolved, workspaceRoot: expandHome(resolved.workspaceRoot) };
    known.set(key, made);
    return made;
  };
}

/** Who shares a container, as the policy reads it. */
export const scopeOf = (config: Config, agent: string): "session" | "agent" | "shared" =>
  entryOf(config, agent).sandbox?.scope ?? config.agents?.defaults?.sandbox?.scope ?? "agent";

/** The agent's own list, else that of all agents; a container that agents share has that of all. */
export function egressOf(config: Config, agent: string, isShared: boolean): EgressSettings | undefined {
  const all = config.agents?.defaults?.sandbox?.egress;
  return isShared ? all : (entryOf(config, agent).sandbox?.egress ?? all);
}

export const entryOf = (config: Config, agent: string): AgentEntry =>
  config.agents?.list?.find(({ id }) => id === agent) ?? { id: agent };

/** Where binds may come from, and where never. */
export function bindRules(config: Config, paths: Paths): Omit<BindRules, "mayBeExternal"> {
  const agents = config.agents?.list ?? [{ id: "main" }];
  return {
    home: homedir(),
    own: [paths.stateDir, paths.credentials, paths.runtime],
    roots: agents.map((entry) => workspaceOf(entry, config)),
  };
}

export function sandboxConfigIssues(
  config: Config,
  locate: Locate,
  environment: NodeJS.ProcessEnv,
): readonly Issue[] {
  const rules = bindRules(config, pathsFrom(environment));
  const defaults = config.agents?.defaults?.sandbox;
  const isExternal = defaults?.docker?.dangerouslyAllowExternalBindSources ?? false;
  const blocks = [
    { path: ["agents", "defaults", "sandbox"], sandbox: defaults },
    ...(config.agents?.list ?? []).map(({ sandbox }, index) => ({
      path: ["agents", "list", index, "sandbox"],
      sandbox,
    })),
  ];
  return blocks.flatMap(({ path, sandbox }) =>
    sandbox === undefined
      ? []
      : sandboxIssues(sandbox, path, { ...rules, mayBeExternal: isExternal }).map((issue) => ({
          ...issue,
          ...locate(path),
        })),
  );
}
