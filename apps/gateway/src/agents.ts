/** The agents of the config: their model, their workspace's files, how they are called in a group. */
import { chooseModel, defaultModel, type Model, ModelFault, workspaceFiles } from "@clawd/agent";
import { anthropicModel, type AnthropicModel } from "@clawd/agent/anthropic";
import { practiceModel } from "@clawd/agent/practice";
import type { AgentSettings, PatternMention } from "@clawd/core";
import { compileMentionPatterns, matchesMention, mentionPatternsFor } from "@clawd/provider-kit";
import { expandHome } from "./paths.ts";
import type { AgentEntry, Config, GroupChat } from "./config.ts";

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
    const { historyLimit, mentionPatterns } = groupChatOf(entry, config);
    const { imageModel, mediaMaxMb } = config.agents?.defaults ?? {};
    const made = {
      id,
      name: entry.identity?.name ?? entry.name ?? "Clawd",
      model: modelNamed(primary(entry.model) ?? primary(config.agents?.defaults?.model) ?? defaultModel),
      files: workspaceFiles(workspaceOf(entry, config)),
      patterns: compileMentionPatterns(mentionPatterns ?? mentionPatternsFor({ ...entry.identity })).patterns,
      ...(historyLimit !== undefined && { contextLines: historyLimit }),
      ...(mediaMaxMb !== undefined && { mediaMaxBytes: Math.floor(mediaMaxMb * 1024 * 1024) }),
      ...(imageModel !== undefined && { imageModels: namesOf(imageModel).map(modelNamed) }),
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

export function primary(choice: AgentEntry["model"]): string | undefined {
  return typeof choice === "string" ? choice : choice?.primary;
}

/** The first one, then those that are asked when it cannot answer. */
export function namesOf(choice: NonNullable<AgentEntry["model"]>): readonly string[] {
  if (typeof choice === "string") return [choice];
  return [...(choice.primary === undefined ? [] : [choice.primary]), ...(choice.fallbacks ?? [])];
}

/** Key by key the agent's own value, also an empty list; else that of the defaults; else that of the messages. */
export function groupChatOf(entry: AgentEntry, config: Config): GroupChat {
  return { ...config.messages?.groupChat, ...config.agents?.defaults?.groupChat, ...entry.groupChat };
}

/** Absolute. */
export function workspaceOf(entry: AgentEntry, config: Config): string {
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

/** What the config and the environment say of a model's name. */
export function chooseModelOf(name: string, config: Config, environment: NodeJS.ProcessEnv) {
  return chooseModel({
    name,
    providers: config.models?.providers ?? {},
    anthropicKey: environment["ANTHROPIC_API_KEY"],
  });
}
