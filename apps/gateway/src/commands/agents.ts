/** `clawdbot agents list`: the agents of the config, and with `--bindings` who reaches them. */
import { type Arguments, print, printJson } from "../cli.ts";
import { loadOrExplain } from "../load.ts";
import { pathsFrom } from "../paths.ts";
import type { AgentEntry } from "../config.ts";

interface Binding {
  readonly agentId: string;
  readonly match: Readonly<Record<string, unknown>>;
}

export async function list({ options }: Arguments): Promise<number> {
  const loaded = await loadOrExplain(pathsFrom(process.env).config);
  if (loaded === undefined) return 1;
  const { agents, bindings } = loaded.value as {
    agents?: { list?: readonly AgentEntry[] };
    bindings?: readonly Binding[];
  };
  const entries = agents?.list ?? [{ id: "main", default: true }];
  const first = entries.find((entry) => entry.default === true) ?? entries[0];
  const shown = entries.map((entry) => ({
    id: entry.id,
    name: entry.name ?? null,
    default: entry === first,
    ...(options["bindings"] === true
      ? { bindings: (bindings ?? []).filter(({ agentId }) => agentId === entry.id).map(({ match }) => match) }
      : {}),
  }));
  if (options["json"] === true) printJson({ agents: shown });
  else
    for (const agent of shown) {
      print(
        `${agent.id}${agent.name === null ? "" : ` (${agent.name})`}${agent.default ? ", for everything that no binding names" : ""}`,
      );
      for (const match of agent.bindings ?? []) print(`  ${JSON.stringify(match)}`);
    }
  return 0;
}
