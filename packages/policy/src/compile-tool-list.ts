/** Lists of tools as people write them, with every name spelled out. */
import { readList, readRecord, readWord, type Compilation } from "./compilation.ts";
import { child, isSet, nearestOf, pathText, type ConfigNode, type Sections } from "./config-node.ts";
import type { ToolList } from "./plan.ts";
import { toolProfiles } from "./tool-catalogue.ts";
import { messageTool } from "./tool-names.ts";

const profiles = ["minimal", "coding", "messaging", "full"] as const;

/** `allow` and `deny` of a block, each of the nearest that sets it; null when none sets either. */
export function compileToolList(compilation: Compilation, ...blocks: Sections): ToolList | null {
  for (const block of blocks) readRecord(compilation, block);
  const [allowNode, denyNode] = [nearestOf(blocks, "allow"), nearestOf(blocks, "deny")];
  if (!isSet(allowNode) && !isSet(denyNode)) return null;
  return {
    allow: isSet(allowNode) ? allowing(compilation, readNames(compilation, allowNode)) : null,
    deny: denying(compilation, readNames(compilation, denyNode)),
    allowRule: compilation.rule(allowNode),
    denyRule: compilation.rule(denyNode),
  };
}

/** Every list of a block: its profile with `alsoAllow`, and its `allow` and `deny`. */
export function compileToolLists(compilation: Compilation, block: ConfigNode): readonly ToolList[] {
  const own = compileToolList(compilation, block);
  const ready = compileProfile(compilation, block);
  return [ready, own].filter((list) => list !== null);
}

function compileProfile(compilation: Compilation, block: ConfigNode): ToolList | null {
  const [node, more] = [child(block, "profile"), child(block, "alsoAllow")];
  const word = readWord(compilation, node, profiles);
  const added = readNames(compilation, more);
  if (word === undefined) {
    if (isSet(more) && !isSet(node)) {
      const message = `${pathText(more)} adds to a profile, and there is none.`;
      const hint = "Set profile beside it, or move the names to allow.";
      compilation.report("no-profile-to-extend", more, message, hint, "warning");
    }
    return null;
  }
  const names = [...toolProfiles[word], ...added];
  const rule = compilation.rule(node);
  return { allow: allowing(compilation, names), deny: new Set(), allowRule: rule, denyRule: rule };
}

/** A list that no key sets. */
export function builtInToolList(
  compilation: Compilation,
  key: string,
  allow: readonly string[] | null,
  deny: readonly string[],
): ToolList {
  const rule = Object.freeze({ path: key });
  return {
    allow: allow && allowing(compilation, allow),
    deny: denying(compilation, deny),
    allowRule: rule,
    denyRule: rule,
  };
}

/** The tools that the entries name one by one or by group. */
export function namedTools(compilation: Compilation, block: ConfigNode): ReadonlySet<string> {
  const profile = child(block, "profile").value;
  const ready = profiles.find((word) => word === profile);
  const written = [...(ready === undefined ? [] : toolProfiles[ready]), ...strings(child(block, "allow"))];
  return allowing(
    compilation,
    written.filter((entry) => !entry.includes("*")),
  );
}

const strings = ({ value }: ConfigNode): readonly string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];

/** The tools that a list names. */
export const readTools = (compilation: Compilation, node: ConfigNode): ReadonlySet<string> =>
  allowing(compilation, readNames(compilation, node));

/** The entries that are names, each checked. */
function readNames(compilation: Compilation, node: ConfigNode): readonly string[] {
  const names: string[] = [];
  for (const entry of readList(compilation, node) ?? []) {
    const { value } = entry;
    if (typeof value === "string") {
      names.push(value);
      const spelled = compilation.tools.spellOut(value);
      if (spelled === undefined || spelled.length === 0) reportName(compilation, entry, value, spelled);
    } else {
      const message = `${pathText(entry)} is no name of a tool.`;
      compilation.report("not-a-tool", entry, message, "Write a name in quotes.");
    }
  }
  return names;
}

function reportName(
  compilation: Compilation,
  entry: ConfigNode,
  name: string,
  spelled: readonly string[] | undefined,
): void {
  if (spelled !== undefined) {
    const message = `${pathText(entry)} matches no tool.`;
    compilation.report("matches-nothing", entry, message, "Remove it, or correct it.", "warning");
    return;
  }
  const near = compilation.tools.nearest(name);
  const hint = near === undefined ? "Write the name of a tool, or group:<name>." : `Is "${near}" meant?`;
  compilation.report("unknown-tool", entry, `${pathText(entry)}: there is no tool "${name}".`, hint);
}

function spelledOut({ tools }: Compilation, entries: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const entry of entries) for (const name of tools.spellOut(entry) ?? []) names.add(name);
  return names;
}

/** Whoever may write to one network has `message`; whoever has `message` may write to all of them. */
function allowing(compilation: Compilation, entries: readonly string[]): ReadonlySet<string> {
  const names = spelledOut(compilation, entries);
  if (names.has(messageTool)) for (const id of compilation.networks.keys()) names.add(id);
  else if ([...compilation.networks.keys()].some((id) => names.has(id))) names.add(messageTool);
  return names;
}

function denying(compilation: Compilation, entries: readonly string[]): ReadonlySet<string> {
  const names = spelledOut(compilation, entries);
  if (names.has(messageTool)) for (const id of compilation.networks.keys()) names.add(id);
  return names;
}
