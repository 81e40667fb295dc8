/** `@clawd/policy/decide`: what decides, and nothing that compiles. */
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { Plan } from "./plan.ts";
import type { Policy } from "./policy.ts";
import { portableFormat, type Written } from "./portable-format.ts";
import type { StateFacts } from "./request.ts";
import type { Memory } from "./tool-verdict.ts";
import { badRequestRule, unanswerable } from "./unanswerable.ts";

export { strictest } from "./strictest.ts";
export type { Decision, Obligation, RuleReference, Step } from "./decision.ts";
export type { Policy } from "./policy.ts";
export type { Request, StateFacts } from "./request.ts";

/** The policy that `portable` wrote; null for any other text. It decides as the one that was compiled. */
export function policyFrom(text: string): Policy | null {
  try {
    const { format, values } = JSON.parse(text) as { readonly format: unknown; readonly values: Written[] };
    if (format !== portableFormat) return null;
    const plan = read(values) as Plan;
    if (typeof plan.hash !== "string" || !(plan.networks instanceof Map)) return null;
    const memory: Memory = new Map();
    return Object.freeze<Policy>({
      hash: plan.hash,
      decide: (request, state) => safely(plan, request, state, memory),
    });
  } catch {
    return null;
  }
}

/** Text that somebody has changed may lack anything: what cannot be decided is denied. */
function safely(plan: Plan, request: unknown, state: StateFacts | undefined, memory: Memory): Decision {
  try {
    return decide(plan, request, state, memory);
  } catch {
    return unanswerable(plan, "bad-request", badRequestRule);
  }
}

/** The containers first, then what is in them: they may name each other in any order. */
function read(written: readonly Written[]): unknown {
  const values = written.map(([kind, value]): unknown => {
    if (kind === "value") return value;
    if (kind === "list") return [];
    return kind === "set" ? new Set() : kind === "map" ? new Map() : Object.create(null);
  });
  for (const [at, [kind, ...places]] of written.entries()) {
    const into = values[at];
    const named = (place: unknown) => values[place as number];
    if (kind === "value") continue;
    for (let next = 0; next < places.length; next++) {
      const first = named(places[next]);
      if (into instanceof Set) into.add(first);
      else if (Array.isArray(into)) into.push(first);
      else if (into instanceof Map) into.set(first, named(places[++next]));
      else (into as Record<string, unknown>)[first as string] = named(places[++next]);
    }
  }
  // Rules are handed out with every decision.
  for (const [at, [kind]] of written.entries()) if (kind === "record") Object.freeze(values[at]);
  return values[0];
}
