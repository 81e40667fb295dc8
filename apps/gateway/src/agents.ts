/** The agents of the config: their model, their workspace's files, how they are called in a group. */
import { chooseModel, defaultModel, type Model, ModelFault, type WorkspaceFile } from "@clawd/agent";
import type { Locate } from "@clawd/config";
import { formatPath, type Issue } from "@clawd/kernel";
import { anthropicModel, type AnthropicModel } from "@clawd/agent/anthropic";
import { practiceModel } from "@clawd/agent/practice";
import type { AgentSettings, PatternMention } from "@clawd/core";
import { compileMentionPatterns, matchesMention, mentionPatternsFor } from "@clawd/provider-kit";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expandHome } from "./paths.ts";
import type { AgentEntry, Config, GroupChat } from "./config.ts";

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
    const { historyLimit, mentionPatterns } = groupChatOf(entry, config);
    const made = {
      id,
      name: entry.identity?.name ?? entry.name ?? "Clawd",
      model: modelNamed(primary(entry.model) ?? primary(config.agents?.defaults?.model) ?? defaultModel),
      files: workspaceReader(workspace),
      patterns: compileMentionPatterns(mentionPatterns ?? mentionPatternsFor({ ...entry.identity })).patterns,
      ...(historyLimit !== undefined && { contextLines: historyLimit }),
    };
    agents.set(id, made);
    return made;
  }

  return {
    get: agent,
    matchMention(id, text) {
      const { patterns } = agent(id);
      return { available: patterns.expressions.length > 0, matched: matchesMention(text, patterns) };
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

/** Key by key the agent's own value, also an empty list; else that of the defaults; else that of the messages. */
function groupChatOf(entry: AgentEntry, config: Config): GroupChat {
  return { ...config.messages?.groupChat, ...config.agents?.defaults?.groupChat, ...entry.groupChat };
}

function workspaceOf(entry: AgentEntry, config: Config): string {
  const isDefault = entry.id === "main" || entry.default === true;
  const fallback = isDefault ? (config.agents?.defaults?.workspace ?? "~/clawd") : `~/clawd-${entry.id}`;
  return expandHome(entry.workspace ?? fallback);
}

function makeModel(name: string, config: Config, environment: NodeJS.ProcessEnv): Model {
  const choice = chooseModelOf(name, config, environment);
  if (choice.kind === "practice") return practiceModel;
  if (choice.kind === "anthropic") return anthropicModel(choice);
  return {
    id: name,
    // eslint-disable-next-line require-yield
    async *stream() {
      throw new ModelFault("auth", choice.message, { hint: choice.hint });
    },
  };
}

function chooseModelOf(name: string, config: Config, environment: NodeJS.ProcessEnv) {
  return chooseModel({
    name,
    providers: config.models?.providers ?? {},
    anthropicKey: environment["ANTHROPIC_API_KEY"],
  });
}

/** What is wrong with the agents beside their rules: models that cannot answer, patterns that cannot be used. */
export function agentIssues(
  config: Config,
  locate: Locate,
  environment: NodeJS.ProcessEnv,
): readonly Issue[] {
  const lists = [
    {
      path: ["messages", "groupChat", "mentionPatterns"],
      patterns: config.messages?.groupChat?.mentionPatterns,
    },
    {
      path: ["agents", "defaults", "groupChat", "mentionPatterns"],
      patterns: config.agents?.defaults?.groupChat?.mentionPatterns,
    },
    ...(config.agents?.list ?? []).map(({ groupChat }, index) => ({
      path: ["agents", "list", index, "groupChat", "mentionPatterns"],
      patterns: groupChat?.mentionPatterns,
    })),
  ];
  const patterns = lists.flatMap(({ path, patterns: written }) =>
    compileMentionPatterns(written ?? [], path).issues.map((issue) => ({ ...issue, ...locate(path) })),
  );
  return [...patterns, ...modelIssues(config, locate, environment)];
}

/** A missing key is a warning: the access rules are sound without it. */
function modelIssues(config: Config, locate: Locate, environment: NodeJS.ProcessEnv): readonly Issue[] {
  const places = [
    { path: ["agents", "defaults", "model"], choice: config.agents?.defaults?.model },
    ...(config.agents?.list ?? []).map(({ model }, index) => ({
      path: ["agents", "list", index, "model"],
      choice: model,
    })),
  ];
  return places.flatMap(({ path, choice }): Issue[] => {
    const name = primary(choice);
    if (name === undefined) return [];
    const chosen = chooseModelOf(name, config, environment);
    if (chosen.kind !== "unavailable") return [];
    const { code, message, hint } = chosen;
    const severity = code === "model-key" ? "warning" : "error";
    return [{ code, path: formatPath(path), message, hint, severity, ...locate(path) }];
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
