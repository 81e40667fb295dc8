/** The rules about tools that are written beside a room's other settings: `tools` and `toolsBySender`. */
import { readRecord, type Compilation } from "./compilation.ts";
import { senderId } from "./compile-people.ts";
import { compileToolList } from "./compile-tool-list.ts";
import { child, children, isSet, pathText, type ConfigNode, type Sections } from "./config-node.ts";
import type { Network } from "./network.ts";
import type { RoomTools, ToolList } from "./plan.ts";

/**
 * One for each level of the place, nearest first. A level takes from its `"*"` each `allow` and each `deny` that it does not
 * set itself, so that naming a room drops no restriction.
 */
export function compileRoomTools(
  compilation: Compilation,
  network: Network,
  levels: readonly Sections[],
): readonly RoomTools[] {
  return levels.flatMap((level) => {
    const tools = compileToolList(compilation, ...children(level, "tools"));
    const bySender = compileSenders(compilation, network, children(level, "toolsBySender"));
    return tools === null && bySender === null ? [] : [{ tools, ...(bySender ?? nobody) }];
  });
}

type SenderTools = Omit<RoomTools, "tools">;

const nobody: SenderTools = { bySender: new Map(), others: null };

function compileSenders(compilation: Compilation, network: Network, maps: Sections): SenderTools | null {
  if (!maps.some(isSet)) return null;
  /** Each sender's entries, nearest first. */
  const entries = new Map<string, ConfigNode[]>();
  for (const map of maps) {
    const here = new Set<string>();
    for (const key of Object.keys(readRecord(compilation, map) ?? {})) {
      const node = child(map, key);
      const id = key === "*" ? key : senderId(compilation, network, node, key);
      if (id === null) continue;
      if (here.has(id)) {
        const message = `${pathText(node)} names a sender whom another key names as well.`;
        compilation.report("duplicate-sender", node, message, "Write the id in one way.");
      }
      here.add(id);
      entries.set(id, [...(entries.get(id) ?? []), node]);
    }
  }
  const lists = new Map(
    [...entries].map(([id, [first, ...rest]]) => {
      const list = compileToolList(compilation, first!, ...rest) ?? everything(compilation, first!);
      return [id, list] as const;
    }),
  );
  const others = lists.get("*") ?? null;
  lists.delete("*");
  return { bySender: lists, others };
}

/** An entry without lists takes its holder out of what `"*"` says. */
function everything(compilation: Compilation, node: ConfigNode): ToolList {
  const rule = compilation.rule(node);
  return { allow: null, deny: new Set(), allowRule: rule, denyRule: rule };
}
