/** Names keys of the config by their path, `*` for any one segment. */
import type { PathSegment } from "@clawd/kernel";
import type { ConfigNode } from "./node.ts";

/** For example `["models", "providers", "*", "apiKey"]`. */
export type KeyPattern = readonly string[];

export function matchesPath(pattern: KeyPattern, path: readonly PathSegment[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((wanted, index) => wanted === "*" || wanted === String(path[index]))
  );
}

export interface Match {
  readonly path: readonly PathSegment[];
  readonly node: ConfigNode;
}

/** Every place in the tree that the pattern names. Goes down the pattern, so that a large config costs no more. */
export function matchesIn(root: ConfigNode, pattern: KeyPattern): readonly Match[] {
  let matches: readonly Match[] = [{ path: [], node: root }];
  for (const wanted of pattern) matches = matches.flatMap((match) => childrenOf(match, wanted));
  return matches;
}

function childrenOf({ path, node }: Match, wanted: string): readonly Match[] {
  if (node.kind === "object") {
    const keys = wanted === "*" ? [...node.members.keys()] : [wanted];
    return keys.flatMap((key) => {
      const member = node.members.get(key);
      return member === undefined ? [] : [{ path: [...path, key], node: member.value }];
    });
  }
  if (node.kind === "array" && wanted === "*") {
    return node.elements.map((element, index) => ({ path: [...path, index], node: element }));
  }
  return [];
}
