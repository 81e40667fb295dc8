/** The gates of elevated mode: the global one, and the one that an agent may add. */
import { readBoolean, readList, readNetwork, readRecord, type Compilation } from "./compilation.ts";
import { senderId } from "./compile-people.ts";
import { child, isSet, type ConfigNode } from "./config-node.ts";
import type { ElevatedGate } from "./plan.ts";

/** `hasList`: the gate asks for a list whether it is written or not; without one it lets nobody through. */
export function compileElevated(compilation: Compilation, tools: ConfigNode, hasList: boolean): ElevatedGate {
  const node = child(tools, "elevated");
  readRecord(compilation, node);
  const [enabled, allowFrom] = [child(node, "enabled"), child(node, "allowFrom")];
  const lists = compileLists(compilation, allowFrom);
  return {
    isOn: readBoolean(compilation, enabled) !== false,
    lists: isSet(allowFrom) || hasList ? lists : null,
    onRule: compilation.rule(enabled),
    listRule: compilation.rule(allowFrom),
  };
}

function compileLists(compilation: Compilation, node: ConfigNode): NonNullable<ElevatedGate["lists"]> {
  const lists = new Map<string, { ids: Set<string>; rule: ReturnType<Compilation["rule"]> }>();
  for (const id of Object.keys(readRecord(compilation, node) ?? {})) {
    const list = child(node, id);
    const network = readNetwork(compilation, list, id);
    if (network === undefined) continue;
    const entries = readList(compilation, list) ?? [];
    const ids = entries.map((entry) => senderId(compilation, network, entry)).filter((name) => name !== null);
    lists.set(id, { ids: new Set(ids), rule: compilation.rule(list) });
  }
  return lists;
}
