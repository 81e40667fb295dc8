/** A place in the config and what stands there. Only own properties count, so `__proto__` is a key like any other. */
import { formatPath, withKey, type ConfigPath } from "./config-path.ts";

export interface ConfigNode {
  readonly path: ConfigPath;
  /** Undefined: the key is not set. */
  readonly value: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Thousands are made, and nearly none is ever named: the path waits until somebody asks for it. */
class Child implements ConfigNode {
  readonly #above: ConfigNode;
  readonly #key: string | number;
  #text: string | null = null;
  readonly value: unknown;

  constructor(above: ConfigNode, key: string | number) {
    this.#above = above;
    this.#key = key;
    this.value = valueOf(above.value, key);
  }

  get path(): ConfigPath {
    return [...this.#above.path, this.#key];
  }

  get text(): string {
    return (this.#text ??= withKey(pathText(this.#above), this.#key));
  }
}

export function child(node: ConfigNode, key: string | number): ConfigNode {
  return new Child(node, key);
}

function valueOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The place as people read it. */
export const pathText = (node: ConfigNode): string =>
  node instanceof Child ? node.text : formatPath(node.path);

export const isSet = (node: ConfigNode): boolean => node.value !== undefined;

/** The first that is set: nearest first. None set: the nearest, whose key would change it for the fewest. */
export const nearest = (nodes: Sections): ConfigNode => nodes.find(isSet) ?? nodes[0];

/** The same of one key of several sections. */
export function nearestOf(sections: Sections, key: string): ConfigNode {
  let first: ConfigNode | null = null;
  for (const section of sections) {
    const node = child(section, key);
    if (isSet(node)) return node;
    first ??= node;
  }
  return first!;
}

/** The same key of several sections, nearest first. None set: the last, whose key would change it for the most. */
export function inherited(sections: Sections, key: string): ConfigNode {
  let node: ConfigNode | null = null;
  for (const section of sections) {
    node = child(section, key);
    if (isSet(node)) return node;
  }
  return node!;
}

export const children = (sections: Sections, key: string): Sections =>
  sections.map((section) => child(section, key)) as unknown as Sections;

export type Sections = readonly [ConfigNode, ...ConfigNode[]];
