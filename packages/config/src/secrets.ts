/** The strings of a config that must never be shown: what stands at the secret keys, and variables whose name says so. */
import type { PathSegment } from "@clawd/kernel";
import { matchesPath, type KeyPattern } from "./key-pattern.ts";
import type { ConfigNode } from "./node.ts";

/**
 * Of variables used outside the secret keys (a proxy's password inside an address) only these count,
 * so that a port or an owner's id from a variable does not make the log unreadable.
 */
const secretName = /KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH|PRIVATE|COOKIE|SIGNATURE/;

export function secretsOf(
  root: ConfigNode,
  secretKeys: readonly KeyPattern[],
  variables: ReadonlyMap<string, string>,
): readonly string[] {
  const secrets = new Set<string>();
  for (const [name, value] of variables) if (secretName.test(name)) secrets.add(value);
  collect(root, [], secretKeys, secrets);
  secrets.delete("");
  return [...secrets];
}

/** Everything below a secret key is secret, whatever its shape. */
function collect(
  node: ConfigNode,
  path: readonly PathSegment[],
  secretKeys: readonly KeyPattern[],
  secrets: Set<string>,
  inside = false,
): void {
  const isSecret = inside || secretKeys.some((pattern) => matchesPath(pattern, path));
  if (node.kind === "array") {
    node.elements.forEach((element, index) =>
      collect(element, [...path, index], secretKeys, secrets, isSecret),
    );
  } else if (node.kind === "object") {
    for (const [key, { value }] of node.members)
      collect(value, [...path, key], secretKeys, secrets, isSecret);
  } else if (isSecret && (typeof node.value === "string" || typeof node.value === "number")) {
    secrets.add(String(node.value));
  }
}
