/** A header that only this process knows, for one host. */
import type { EgressRule } from "./rules.ts";

export interface EgressSecret {
  /** Canonical name, no wildcard. */
  readonly host: string;
  /** Lower case. */
  readonly header: string;
  readonly value: string;
  /** `Bearer`, `token`, `Basic`: stands before the value. */
  readonly scheme?: string;
}

/** What `compileEgress` makes of the settings, and what a proxy is made from. */
export interface CompiledEgress {
  readonly allow: readonly EgressRule[];
  readonly secrets: readonly EgressSecret[];
}

export const headerValue = ({ scheme, value }: EgressSecret) =>
  scheme === undefined ? value : `${scheme} ${value}`;

/** What must not be seen again: each value, and what a service may take out of it (the password of `Basic`). */
export function unspeakable(secrets: readonly EgressSecret[]): readonly string[] {
  const words = secrets.flatMap(({ value, scheme }) => {
    if (scheme?.toLowerCase() !== "basic") return [value];
    const decoded = Buffer.from(value, "base64").toString("utf8");
    const password = decoded.slice(decoded.indexOf(":") + 1);
    return [value, decoded, password];
  });
  // Shorter ones would take half of every page with them; `compileEgress` takes none.
  return [...new Set(words)].filter((word) => word.length >= 8).toSorted((a, b) => b.length - a.length);
}
