/** Names keys of the config by their path, `*` for any one segment. */
import type { PathSegment } from "@clawd/kernel";

/** For example `["models", "providers", "*", "apiKey"]`. */
export type KeyPattern = readonly string[];

export function matchesPath(pattern: KeyPattern, path: readonly PathSegment[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((wanted, index) => wanted === "*" || wanted === String(path[index]))
  );
}
