/** Every place of a config where tools are named in a list. */
import type { Compilation } from "../compilation.ts";
import type { ConfigPath } from "../config-path.ts";
import { entriesAt, keysAt } from "./config-edit.ts";

/** Of one block: its `allow` and its `deny`, entry by entry. */
export const toolEntriesIn = (config: unknown, block: ConfigPath): readonly ConfigPath[] =>
  ["allow", "deny"].flatMap((key) => entriesAt(config, [...block, key]));

/** What one `tools` section says: by itself, for each model provider, and for sandboxed sessions. */
export function toolRulesIn(config: unknown, tools: ConfigPath): readonly ConfigPath[] {
  const blocks = [
    tools,
    ...keysAt(config, [...tools, "byProvider"]).map((key) => [...tools, "byProvider", key]),
  ];
  return [
    ...blocks.flatMap((block) => [
      ...entriesAt(config, [...block, "alsoAllow"]),
      ...toolEntriesIn(config, block),
    ]),
    ...toolEntriesIn(config, [...tools, "sandbox", "tools"]),
  ];
}

/** Who may write to one network has `message`, and the other way round. */
export function withSending({ networks }: Compilation, named: readonly string[]): ReadonlySet<string> {
  const names = new Set(named);
  const sending = ["message", ...networks.keys()];
  if (sending.some((name) => names.has(name))) for (const name of sending) names.add(name);
  return names;
}
