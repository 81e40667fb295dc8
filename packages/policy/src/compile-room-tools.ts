/** The rules about tools that are written beside a room's other settings: `tools` and `toolsBySender`. */
import { readRecord, type Compilation } from "./compilation.ts";
import { senderId } from "./compile-people.ts";
import { compileToolList } from "./compile-tool-list.ts";
import { child, children, isSet, type ConfigNode, type Sections } from "./config-node.ts";
import type { Network } from "./network.ts";
import type { RoomTools, ToolList } from "./plan.ts";

/** One for each level of the place, nearest first. A level takes from its `"*"` each key that it does not set. */
export function compileRoomTools(
  compilation: Compilation,
  network: Network,
  levels: readonly Sections[],
): readonly RoomTools[] {
  const known = compilation.roomTools;
  return levels.flatMap((level) => {
    const nodes = (["tools", "toolsBySender"] as const).map((key) => children(level, key).find(isSet));
    const [tools, bySender] = nodes;
    if (tools === undefined && bySender === undefined) return [];
    const key = JSON.stringify([tools?.path, bySender?.path]);
    const rules = known.get(key) ?? readRoomTools(compilation, network, tools, bySender);
    known.set(key, rules);
    return [rules];
  });
}

function readRoomTools(
  compilation: Compilation,
  network: Network,
  toolsNode: ConfigNode | undefined,
  senders: ConfigNode | undefined,
): RoomTools {
  const bySender = new Map<string, ToolList>();
  let others: ToolList | null = null;
  const keys = senders === undefined ? [] : Object.keys(readRecord(compilation, senders) ?? {});
  for (const key of keys) {
    const node = child(senders!, key);
    const list = compileToolList(compilation, node) ?? everything(compilation, node);
    if (key === "*") others = list;
    else {
      const id = senderId(compilation, network, { path: node.path, value: key });
      if (id !== null) bySender.set(id, list);
    }
  }
  const tools = toolsNode === undefined ? null : compileToolList(compilation, toolsNode);
  return { tools, bySender, others };
}

/** An entry without lists takes its holder out of what `"*"` says. */
function everything(compilation: Compilation, node: ConfigNode): ToolList {
  const rule = compilation.rule(node);
  return { allow: null, deny: new Set(), allowRule: rule, denyRule: rule };
}
