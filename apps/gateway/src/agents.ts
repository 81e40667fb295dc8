/** The agents of the config: their model, their workspace's files, how they are called in a group. */
import { type Model, type WorkspaceFile } from "@clawd/agent";
import { anthropicModel, type AnthropicModel } from "@clawd/agent/anthropic";
import { practiceModel } from "@clawd/agent/practice";
import type { AgentSettings, PatternMention } from "@clawd/core";
import { compileMentionPatterns, matchesMention } from "@clawd/provider-kit";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expandHome } from "./paths.ts";
import type { AgentEntry, Config } from "./settings.ts";

const defaultModel = "anthropic/claude-opus-4-5";
/** Read into every prompt, in this order. */
const promptFiles = ["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "TOOLS.md"];

export interface Agents {
  get(id: string): AgentSettings;
  matchMention(id: string, text: string): PatternMention;
  /** Loads the model's library, so that the first answer need not wait for it. */
  preload(): Promise<void>;
}

export function createAgents(config: Config, environment: NodeJS.ProcessEnv): Agents {
  const entries = config.agents?.list ?? [];
  const models = new Map<string, Model>();
  const agents = new Map<
    string,
    AgentSettings & { readonly patterns: ReturnType<typeof compileMentionPatterns>["patterns"] }
  >();

  function modelNamed(id: string): Model {
    const model = models.get(id) ?? makeModel(id, config, environment);
    models.set(id, model);
    return model;
  }

  function agent(id: string) {
    const known = agents.get(id);
    if (known) return known;
    const entry = entries.find((one) => one.id === id) ?? { id };
    const workspace = workspaceOf(entry, config);
    const made = {
      id,
      name: entry.identity?.name ?? entry.name ?? "Clawd",
      model: modelNamed(primary(entry.model) ?? primary(config.agents?.defaults?.model) ?? defaultModel),
      files: workspaceReader(workspace),
      patterns: compileMentionPatterns(patternsOf(entry, config)).patterns,
    };
    agents.set(id, made);
    return made;
  }

  return {
    get: agent,
    matchMention(id, text) {
      const { patterns } = agent(id);
      return { available: patterns.length > 0, matched: matchesMention(text, patterns) };
    },
    async preload() {
      const ids = entries.length > 0 ? entries.map(({ id }) => id) : ["main"];
      for (const id of ids) await (agent(id).model as Partial<AnthropicModel>).preload?.();
    },
  };
}

function primary(choice: AgentEntry["model"]): string | undefined {
  return typeof choice === "string" ? choice : choice?.primary;
}

/** The agent's own list, also an empty one; else that of all agents. */
function patternsOf(entry: AgentEntry, config: Config): readonly string[] {
  return entry.groupChat?.mentionPatterns ?? config.messages?.groupChat?.mentionPatterns ?? [];
}

function workspaceOf(entry: AgentEntry, config: Config): string {
  const isDefault = entry.id === "main" || entry.default === true;
  const fallback = isDefault ? (config.agents?.defaults?.workspace ?? "~/clawd") : `~/clawd-${entry.id}`;
  return expandHome(entry.workspace ?? fallback);
}

/** Without a key for Anthropic's own service, the built-in practice model answers. */
function makeModel(id: string, config: Config, environment: NodeJS.ProcessEnv): Model {
  const [provider = "", ...rest] = id.split("/");
  const settings = config.models?.providers?.[provider];
  const apiKey =
    settings?.apiKey ?? (provider === "anthropic" ? environment["ANTHROPIC_API_KEY"] : undefined);
  if (apiKey === undefined || apiKey === "") return practiceModel;
  return anthropicModel({
    apiKey,
    model: rest.join("/"),
    ...(settings?.baseUrl === undefined ? {} : { baseUrl: settings.baseUrl }),
  });
}

/** Reads the files again when they have changed; a link is not followed. A missing workspace has none. */
function workspaceReader(workspace: string): () => readonly WorkspaceFile[] {
  let seen = "";
  let files: readonly WorkspaceFile[] = [];
  return () => {
    const found = promptFiles.flatMap((name) => {
      const stat = lstatSync(join(workspace, name), { throwIfNoEntry: false });
      return stat?.isFile() ? [{ name, stamp: `${name} ${stat.mtimeMs} ${stat.size}` }] : [];
    });
    const stamp = found.map((file) => file.stamp).join("\n");
    if (stamp !== seen)
      files = found.map(({ name }) => ({ name, content: readFileSync(join(workspace, name), "utf8") }));
    seen = stamp;
    return files;
  };
}
