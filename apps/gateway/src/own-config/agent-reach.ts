/** What an agent's calls reach beside the policy: its containers, its workspace, where its words go, and what wakes it. */
import type { SettingChange } from "@clawd/kernel";
import { compareEgress } from "@clawd/egress/schema";
import { mentionPatternsFor } from "@clawd/provider-kit";
import { compareSettings, differ } from "@clawd/sandbox/config";
import { defaultModel } from "@clawd/agent";
import { groupChatOf, namesOf, primary, workspaceOf } from "../agents.ts";
import type { Config } from "../config.ts";
import type { Paths } from "../paths.ts";
import { egressOf, entryOf, scopeOf, settingsOfAgents } from "../hands/sandbox-settings.ts";

/** Resolved in each of the two: where a value is written does not count. An agent that was not there had the defaults. */
export function compareAgent(
  id: string,
  before: Config,
  after: Config,
  paths: Pick<Paths, "stateDir">,
): readonly SettingChange[] {
  const sandboxOf = (config: Config) => settingsOfAgents(config, paths)(id, scopeOf(config, id));
  const workspace = (config: Config) => workspaceOf(entryOf(config, id), config);
  return [
    ...compareSettings(sandboxOf(before), sandboxOf(after)),
    ...compareEgress(egressOfAgent(before, id), egressOfAgent(after, id)),
    ...(workspace(before) === workspace(after)
      ? []
      : [{ key: "workspace", ...differ("changes", workspace(before), workspace(after)) }]),
    ...compareWords("model", "changes", modelReach(before, id), modelReach(after, id)),
    ...compareWords("groupChat.mentionPatterns", "widens", mentions(before, id), mentions(after, id)),
  ];
}

const egressOfAgent = (config: Config, id: string) => egressOf(config, id, scopeOf(config, id) === "shared");

/** Words of which each gives something: fewer are narrower. */
export function compareWords(
  key: string,
  more: "widens" | "changes",
  before: readonly string[],
  after: readonly string[],
): readonly SettingChange[] {
  const added = after.filter((word) => !before.includes(word));
  const gone = before.filter((word) => !after.includes(word));
  return [
    ...added.map((word) => ({ key, ...differ(more, undefined, word) })),
    ...gone.map((word) => ({ key, ...differ("narrows", word, undefined) })),
  ];
}

/** Who hears the agent's words: the service of each of its models, with the tool rules that the model stands under. */
function modelReach(config: Config, id: string): readonly string[] {
  const { model, imageModel } = config.agents?.defaults ?? {};
  const own = entryOf(config, id).model;
  const names = [own, model, imageModel].flatMap((choice) => (choice === undefined ? [] : namesOf(choice)));
  if (primary(own) === undefined && primary(model) === undefined) names.push(defaultModel);
  return [...new Set(names.map((name) => serviceOf(config, id, name)))].toSorted();
}

function serviceOf(config: Config, id: string, name: string): string {
  const provider = name.split("/")[0]!;
  const settings = Object.entries(config.models?.providers ?? {}).find(([one]) => one === provider)?.[1];
  const blocks: readonly WithTools[] = [config as WithTools, entryOf(config, id) as WithTools];
  const rules = blocks.flatMap(({ tools }) =>
    Object.keys(tools?.byProvider ?? {}).filter((key) => key === provider || key === name),
  );
  const where = settings?.baseUrl ?? "its own address";
  const how = settings?.api === undefined || settings.api === "anthropic-messages" ? "" : `, ${settings.api}`;
  const under =
    rules.length === 0 ? "" : `, under tools.byProvider ${[...new Set(rules)].toSorted().join(" and ")}`;
  return `${provider} at ${where}${how}${under}`;
}

/** What the policy reads of the same blocks. */
interface WithTools {
  readonly tools?: { readonly byProvider?: Readonly<Record<string, unknown>> };
}

/** Where a mention is asked for, whatever counts as one starts a turn. */
function mentions(config: Config, id: string): readonly string[] {
  const entry = entryOf(config, id);
  return groupChatOf(entry, config).mentionPatterns ?? mentionPatternsFor({ ...entry.identity });
}
