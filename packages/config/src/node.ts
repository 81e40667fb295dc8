/** A config value that still knows where each of its parts was written. Includes and variables turn one tree into another. */
import type { PathSegment } from "@clawd/kernel";
import type { Source, SourcePosition } from "./source.ts";

interface Place {
  readonly source: Source;
  readonly offset: number;
}

export interface ScalarNode extends Place {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
}

export interface ArrayNode extends Place {
  readonly kind: "array";
  readonly elements: readonly ConfigNode[];
}

export interface ObjectNode extends Place {
  readonly kind: "object";
  /** A Map, so that `__proto__` and `constructor` are keys like any other. */
  readonly members: ReadonlyMap<string, Member>;
}

export interface Member {
  readonly key: Place;
  readonly value: ConfigNode;
}

export type ConfigNode = ScalarNode | ArrayNode | ObjectNode;

export function positionOf({ source, offset }: Place): SourcePosition {
  return source.positionAt(offset);
}

/** The plain value. Its objects have no prototype, so that no key but a written one is ever found in them. */
export function valueOf(node: ConfigNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "array") return node.elements.map(valueOf);
  const value = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of node.members) value[key] = valueOf(member.value);
  return value;
}

export function nodeAt(root: ConfigNode, path: readonly PathSegment[]): ConfigNode | undefined {
  let node: ConfigNode | undefined = root;
  for (const segment of path) node = node === undefined ? undefined : childOf(node, segment);
  return node;
}

function childOf(node: ConfigNode, segment: PathSegment): ConfigNode | undefined {
  if (node.kind === "object") return node.members.get(String(segment))?.value;
  if (node.kind === "array" && typeof segment === "number") return node.elements[segment];
  return undefined;
}

/** Where the value at `path` was written; undefined when it was not. */
export function locateValue(root: ConfigNode, path: readonly PathSegment[]): SourcePosition | undefined {
  const node = nodeAt(root, path);
  return node === undefined ? undefined : positionOf(node);
}

/** Where the key that ends `path` was written; for an array element or the root, where its value was. */
export function locateKey(root: ConfigNode, path: readonly PathSegment[]): SourcePosition | undefined {
  const parent = nodeAt(root, path.slice(0, -1));
  const key = path.at(-1);
  if (parent?.kind !== "object" || key === undefined) return locateValue(root, path);
  const member = parent.members.get(String(key));
  return member === undefined ? undefined : positionOf(member.key);
}
