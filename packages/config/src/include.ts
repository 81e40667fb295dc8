/**
 * `$include`: other files of the config's own directory, merged where the key stands. Later files override earlier ones,
 * the keys beside `$include` override all. Objects merge key by key; anything else is replaced whole, and a list that
 * replaces a list is a warning: joining two would widen an allow list, replacing one may thin out a deny list.
 */
import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { formatPath, type Issue, type PathSegment, type Result } from "@clawd/kernel";
import { positionOf, type ConfigNode, type Member, type ObjectNode } from "./node.ts";
import { parseText } from "./parse.ts";
import { readConfigFile, type FileRead } from "./read-file.ts";
import { sourceOf } from "./source.ts";

const includeKey = "$include";
const maximumNesting = 10;
/** Files that include each other twice at each of ten levels would otherwise be read a thousand times. */
const maximumFiles = 100;

export interface Included {
  readonly result: Result<ConfigNode>;
  /** The included files by absolute real path, as they were read. */
  readonly reads: ReadonlyMap<string, FileRead>;
}

interface Inclusion {
  /** Real path of the directory that nothing may leave. */
  readonly directory: string;
  readonly issues: Issue[];
  readonly warnings: Issue[];
  readonly reads: Map<string, FileRead>;
  count: number;
}

/** Resolves every `$include` below `root`, which was read from `path`. */
export function resolveIncludes(root: ConfigNode, path: string): Included {
  const inclusion: Inclusion = {
    directory: realPathOf(dirname(path)) ?? dirname(path),
    issues: [],
    warnings: [],
    reads: new Map(),
    count: 0,
  };
  const value = !hasInclude(root)
    ? root
    : expand(root, [], [resolve(inclusion.directory, basename(path))], inclusion);
  const { issues, warnings, reads } = inclusion;
  const result: Result<ConfigNode> =
    issues.length > 0 ? { ok: false, issues } : { ok: true, value, warnings };
  return { result, reads };
}

function hasInclude(node: ConfigNode): boolean {
  if (node.kind === "array") return node.elements.some(hasInclude);
  if (node.kind === "scalar") return false;
  return node.members.has(includeKey) || [...node.members.values()].some(({ value }) => hasInclude(value));
}

/** `stack`: the files on the way here, the innermost last. */
function expand(
  node: ConfigNode,
  path: readonly PathSegment[],
  stack: readonly string[],
  inclusion: Inclusion,
): ConfigNode {
  if (node.kind === "scalar") return node;
  if (node.kind === "array") {
    const elements = node.elements.map((element, index) =>
      expand(element, [...path, index], stack, inclusion),
    );
    return { ...node, elements };
  }
  const members = new Map<string, Member>();
  for (const [key, { key: place, value }] of node.members) {
    if (key === includeKey) continue;
    members.set(key, { key: place, value: expand(value, [...path, key], stack, inclusion) });
  }
  const include = node.members.get(includeKey);
  if (include === undefined) return { ...node, members };
  return merge(includedAt(include.value, path, stack, inclusion), { ...node, members }, path, inclusion);
}

function includedAt(
  node: ConfigNode,
  path: readonly PathSegment[],
  stack: readonly string[],
  inclusion: Inclusion,
): ConfigNode | undefined {
  const names = node.kind === "array" ? node.elements : [node];
  let merged: ConfigNode | undefined;
  for (const name of names) {
    const included = includeOne(name, path, stack, inclusion);
    if (included !== undefined)
      merged = merged === undefined ? included : merge(merged, included, path, inclusion);
  }
  return merged;
}

function includeOne(
  node: ConfigNode,
  path: readonly PathSegment[],
  stack: readonly string[],
  inclusion: Inclusion,
): ConfigNode | undefined {
  const refuse = (code: string, message: string, hint: string) => {
    inclusion.issues.push({
      code,
      path: formatPath([...path, includeKey]),
      message,
      hint,
      ...positionOf(node),
    });
    return undefined;
  };
  const name = node.kind === "scalar" ? node.value : undefined;
  if (typeof name !== "string" || name === "" || name.includes("\0")) {
    return refuse(
      "include-name",
      "An include is the name of a file.",
      'Write "$include": "./other.json5", or a list.',
    );
  }
  if (isAbsolute(name) || name.startsWith("~") || name.includes("\\")) {
    return refuse(
      "include-outside",
      "An include is named from the file it stands in.",
      "Write ./other.json5.",
    );
  }
  const outside = () =>
    refuse(
      "include-outside",
      "This file is outside the config's directory.",
      "Move it beside the config; links that lead out do not count.",
    );
  const wanted = resolve(dirname(stack.at(-1)!), name);
  // Checked on the name too, so that nothing can be learned about files elsewhere.
  if (!isInside(inclusion.directory, wanted)) return outside();
  const file = realPathOf(wanted);
  if (file === undefined) {
    inclusion.reads.set(wanted, { state: "absent" });
    return refuse("include-missing", "There is no such file.", "Check the name.");
  }
  if (!isInside(inclusion.directory, file)) return outside();
  if (stack.includes(file)) return refuse("include-cycle", "This file includes itself.", "Break the circle.");
  if (stack.length > maximumNesting) {
    return refuse("include-depth", `Includes are nested more than ${maximumNesting} deep.`, "Flatten them.");
  }
  if (++inclusion.count > maximumFiles) {
    if (inclusion.count > maximumFiles + 1) return undefined;
    return refuse("include-depth", `There are more than ${maximumFiles} includes.`, "Join some files.");
  }
  const read = inclusion.reads.get(file) ?? readConfigFile(file);
  inclusion.reads.set(file, read);
  if (read.state === "absent") return refuse("include-missing", "There is no such file.", "Check the name.");
  if (read.state === "unreadable") return refuse("include-unreadable", read.message, read.hint);
  const shown = relative(inclusion.directory, wanted).split(sep).join("/");
  const parsed = parseText(sourceOf(shown, read.text));
  if (parsed.ok && !hasInclude(parsed.value)) return parsed.value;
  if (parsed.ok) return expand(parsed.value, path, [...stack, file], inclusion);
  inclusion.issues.push(...parsed.issues);
  return undefined;
}

function merge(
  lower: ConfigNode | undefined,
  upper: ConfigNode,
  path: readonly PathSegment[],
  inclusion: Inclusion,
): ConfigNode {
  if (lower === undefined) return upper;
  if (lower.kind === "object" && upper.kind === "object") return mergeObjects(lower, upper, path, inclusion);
  // The object that held `$include` and nothing else stands for what was included.
  if (upper.kind === "object" && upper.members.size === 0) return lower;
  if (lower.kind !== upper.kind) {
    const { file, line } = positionOf(lower);
    inclusion.issues.push({
      code: "include-conflict",
      path: formatPath(path),
      message: `This does not fit what ${file}, line ${line}, gives here.`,
      hint: "Only objects merge: give the value in one of the two places.",
      ...positionOf(upper),
    });
  } else if (lower.kind === "array") {
    const { file, line } = positionOf(lower);
    inclusion.warnings.push({
      code: "include-replaced-list",
      path: formatPath(path),
      message: `This list replaces the one of ${file}, line ${line}; lists are not joined.`,
      hint: "Keep the list in one of the two files.",
      severity: "warning",
      ...positionOf(upper),
    });
  }
  return upper;
}

function mergeObjects(
  lower: ObjectNode,
  upper: ObjectNode,
  path: readonly PathSegment[],
  inclusion: Inclusion,
): ObjectNode {
  const members = new Map(lower.members);
  for (const [key, member] of upper.members) {
    const below = members.get(key);
    const value =
      below === undefined ? member.value : merge(below.value, member.value, [...path, key], inclusion);
    members.set(key, { key: member.key, value });
  }
  return { ...upper, members };
}

function isInside(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // Missing, or a link that leads nowhere or in a circle: not a file to include, either way.
    return undefined;
  }
}
