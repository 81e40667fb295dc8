/** Who may command, and which commands are switched on at all. */
import { readBoolean, readList, readNetwork, readRecord, type Compilation } from "./compilation.ts";
import { qualifiedSenderId, senderId } from "./compile-people.ts";
import type { CommandSwitch } from "./command-rights.ts";
import { child, isSet, pathText, type ConfigNode } from "./config-node.ts";
import type { RuleReference } from "./decision.ts";
import type { Network } from "./network.ts";
import type { CommandRules } from "./plan.ts";

export interface Commands {
  readonly ownerRule: RuleReference;
  rulesFor(network: Network): CommandRules;
}

export function compileCommands(compilation: Compilation): Commands {
  const commands = child(compilation.root, "commands");
  readRecord(compilation, commands);
  const ownerNode = child(commands, "ownerAllowFrom");
  const owners = byNetwork(compilation, ownerNode);
  const list = child(commands, "allowFrom");
  const lists = readRecord(compilation, list);
  const anywhere = byNetwork(compilation, child(list, "*"));
  checkListKeys(compilation, list, Object.keys(lists ?? {}));
  refuseOpenAccess(compilation, child(commands, "useAccessGroups"));
  const textNode = child(commands, "text");
  const nativeNode = child(commands, "native");
  const textOff = readBoolean(compilation, textNode) === false ? compilation.rule(textNode) : null;
  const isAuto = nativeNode.value === "auto";
  const nativeOff =
    !isAuto && readBoolean(compilation, nativeNode) === false ? compilation.rule(nativeNode) : null;
  const off = switchesOff(compilation, commands);
  return {
    ownerRule: compilation.rule(ownerNode),
    rulesFor(network) {
      const own = child(list, network.id);
      const node = isSet(own) ? own : child(list, "*");
      const narrowed = isSet(own)
        ? readIds(compilation, network, own)
        : (anywhere.get(network.id) ?? new Set());
      const rules: CommandRules = {
        owners: owners.get(network.id) ?? new Set(),
        list: isSet(list) && network.layout !== "operator" ? narrowed : null,
        listRule: compilation.rule(isSet(node) ? node : own),
        textOff,
        nativeOff,
        off,
      };
      warnOfOwnersLeftOut(compilation, node, rules);
      return rules;
    },
  };
}

function byNetwork(compilation: Compilation, node: ConfigNode): Map<string, Set<string>> {
  const networks = new Map<string, Set<string>>();
  for (const entry of readList(compilation, node) ?? []) {
    const person = qualifiedSenderId(compilation, entry);
    if (person === null) continue;
    const ids = networks.get(person.network) ?? new Set();
    networks.set(person.network, ids.add(person.id));
  }
  return networks;
}

function readIds(compilation: Compilation, network: Network, node: ConfigNode): Set<string> {
  const ids = (readList(compilation, node) ?? []).map((entry) => senderId(compilation, network, entry));
  return new Set(ids.filter((id) => id !== null));
}

function checkListKeys(compilation: Compilation, list: ConfigNode, keys: readonly string[]): void {
  for (const key of keys) {
    if (key !== "*") readNetwork(compilation, child(list, key), key);
  }
}

function refuseOpenAccess(compilation: Compilation, node: ConfigNode): void {
  if (readBoolean(compilation, node) !== false) return;
  const message = `${pathText(node)}: false would let commands pass where messages are refused.`;
  compilation.report(
    "commands-without-access-rules",
    node,
    message,
    "Remove it; list people in the lists of their chats.",
  );
}

/** `/config`, `/debug` and `/restart` do not exist until somebody asks for them. */
function switchesOff(
  compilation: Compilation,
  commands: ConfigNode,
): ReadonlyMap<CommandSwitch, RuleReference> {
  const off = new Map<CommandSwitch, RuleReference>();
  for (const name of ["config", "debug", "restart"] as const) {
    const node = child(commands, name);
    if (readBoolean(compilation, node) !== true) off.set(name, compilation.rule(node));
  }
  return off;
}

function warnOfOwnersLeftOut(
  compilation: Compilation,
  node: ConfigNode,
  { list, owners }: CommandRules,
): void {
  if (list === null || [...owners].every((owner) => list.has(owner))) return;
  const message = `${pathText(node)} leaves out an owner, who can give no command then.`;
  compilation.report("owner-left-out", node, message, "Add the owner's id to the list.", "warning");
}
