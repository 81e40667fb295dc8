/** The rules about tools that are written beside a room's other settings: `tools` and `toolsBySender`. */
import { readRecord, type Compilation } from "./compilation.ts";
import { senderId } from "./compile-people.ts";
import { compileToolList } from "./compile-tool-list.ts";
import { children, isSet, type ConfigNode, type Sections } from "./config-node.ts";
import { formatPath } from "./config-path.ts";
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
  const bySender = new Map<string, ToolList>();
  let others: ToolList | null = null;
  for (const key of new Set(maps.flatMap((map) => Object.keys(readRecord(compilation, map) ?? {})))) {
    const nodes = children(maps, key);
    const list = compileToolList(compilation, ...nodes) ?? everything(compilation, nodes[0]);
    const node = nodes.find(isSet)!;
    if (key === "*") others = list;
    else {
      const id = senderId(compilation, network, { path: node.path, value: key });
      if (id === null) continue;
      if (bySender.has(id)) {
        const message = `${formatPath(node.path)} names a sender whom another key names as well.`;
        compilation.report("duplicate-sender", node, message, "Write the id in one way.");
      } else bySender.set(id, list);
    }
  }
  return { bySender, others };
}

/** An entry without lists takes its holder out of what `"*"` says. */
function everything(compilation: Compilation, node: ConfigNode): ToolList {
  const rule = compilation.rule(node);
  return { allow: null, deny: new Set(), allowRule: rule, denyRule: rule };
}
