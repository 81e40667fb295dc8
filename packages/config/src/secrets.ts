/** The strings of a config that must never be shown: what stands at the secret keys, and variables whose name says so. */
import { matchesIn, type KeyPattern } from "./key-pattern.ts";
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
  for (const pattern of secretKeys) for (const { node } of matchesIn(root, pattern)) collect(node, secrets);
  secrets.delete("");
  return [...secrets];
}

/** Everything below a secret key is secret, whatever its shape. */
function collect(node: ConfigNode, secrets: Set<string>): void {
  if (node.kind === "array") for (const element of node.elements) collect(element, secrets);
  else if (node.kind === "object") for (const { value } of node.members.values()) collect(value, secrets);
  else if (typeof node.value === "string" || typeof node.value === "number") secrets.add(String(node.value));
}
