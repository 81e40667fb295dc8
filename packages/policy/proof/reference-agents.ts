/** What the config says of an agent: its tools, its sandbox, whom it may have work for it. */
import type { SandboxScope, WorkspaceAccess } from "../src/decision.ts";
import { at, type Sayings } from "./reference-config.ts";
import type { ToolRules } from "./reference-lists.ts";

export interface AgentEntry {
  readonly id: string;
  readonly tools?: ToolRules;
  readonly sandbox?: Partial<Sandbox>;
  readonly subagents?: { readonly allowAgents?: readonly string[] };
}

export interface Sandbox {
  readonly mode: "off" | "non-main" | "all";
  readonly scope: SandboxScope;
  readonly workspaceAccess: WorkspaceAccess;
  readonly sessionToolsVisibility: "spawned" | "all";
}

interface Agents {
  readonly defaults?: { readonly sandbox?: Partial<Sandbox> };
  readonly list?: readonly AgentEntry[];
}

function agents(config: Sayings): Agents {
  return (at(config, "agents") as Agents | undefined) ?? {};
}

export function entryOfAgent(config: Sayings, agent: string): AgentEntry {
  return agents(config).list?.find(({ id }) => id === agent) ?? { id: agent };
}

/** "The agent's own, else those of `agents.defaults`", else "the safe ones". */
export function sandboxOf(config: Sayings, agent: string): Sandbox {
  return {
    mode: "non-main",
    scope: "agent",
    workspaceAccess: "none",
    sessionToolsVisibility: "spawned",
    ...agents(config).defaults?.sandbox,
    ...entryOfAgent(config, agent).sandbox,
  };
}

/** "Names of agents take `*` as a wildcard" in every list of them. */
export function namesAgent(list: readonly string[] | undefined, agent: string): boolean {
  return (list ?? []).some((entry) => {
    const parts = entry.split("*").map((part) => part.replace(/[^\w]/g, String.raw`\$&`));
    return new RegExp(`^${parts.join(".*")}$`).test(agent);
  });
}
