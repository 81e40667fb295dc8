/** Which targets are open: by name and port first, then, once it is resolved, by address. Pure; what is not understood is refused. */
import { judgeAddress, mayBeOpened } from "./address.ts";
import type { EgressReason } from "./fault.ts";
import type { Target } from "./host.ts";

export interface EgressRule {
  /** A name or an address in canonical form; `*.example.org` is every name below example.org, not example.org itself. */
  readonly host: string;
  readonly ports: readonly number[];
  /** Opens this one private address at these ports, for whichever open name resolves to it and for itself. */
  readonly private?: boolean;
}

export interface EgressRules {
  /** `public`: every host, at the ports 80 and 443. */
  readonly hosts: readonly EgressRule[] | "public";
  /** Private addresses that are open besides; only with `public`. */
  readonly opened?: readonly EgressRule[];
}

/** What tools may reach where the owner has said nothing: the public web. */
export const publicWeb: EgressRules = { hosts: "public" };

const webPorts: ReadonlySet<number> = new Set([80, 443]);

/** Null when the rules open the target by its name and port. */
export function refusalOf(target: Target, rules: EgressRules): EgressReason | null {
  const listed = [...(rules.hosts === "public" ? [] : rules.hosts), ...(rules.opened ?? [])].filter((rule) =>
    matches(target.host.name, target.host.isAddress, rule.host),
  );
  if (listed.some(({ ports }) => ports.includes(target.port))) return null;
  if (rules.hosts === "public") return webPorts.has(target.port) ? null : "port-not-allowed";
  return listed.length > 0 ? "port-not-allowed" : "host-not-allowed";
}

/** Null when an address may be connected to at this port: global, or opened by its exact address. */
export function refusalOfAddress(text: string, port: number, rules: EgressRules): EgressReason | null {
  const verdict = judgeAddress(text);
  if (verdict.isGlobal) return null;
  return mayBeOpened(verdict) && isOpened(verdict.address!, port, rules) ? null : "address-not-global";
}

/** True when a rule opens this very address, private or the machine's own, at this port. */
export function isOpened(address: string, port: number, rules: EgressRules): boolean {
  const listed = [...(rules.hosts === "public" ? [] : rules.hosts), ...(rules.opened ?? [])];
  return listed.some((rule) => rule.private === true && rule.host === address && rule.ports.includes(port));
}

function matches(name: string, isAddress: boolean, pattern: string): boolean {
  if (!pattern.startsWith("*.")) return name === pattern;
  return !isAddress && name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1;
}
