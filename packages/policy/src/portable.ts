/** A compiled policy as text: compiled where the config is, and asked where there is no compiler. */
import { planOf } from "./plan-of.ts";
import type { Policy } from "./policy.ts";
import { portableFormat, type Written } from "./portable-format.ts";

/** What whoever decides makes anew. */
const caches: ReadonlySet<string> = new Set(["verdicts"]);

/**
 * One JSON document for `policyFrom` of `@clawd/policy/decide`, of the same version of this package. It holds ids and
 * paths of the config, and whoever may change it decides: keep it as you keep code.
 * @throws TypeError for a policy that `compile` has not made
 */
export function portable(policy: Policy): string {
  const plan = planOf(policy);
  if (plan === undefined)
    throw new TypeError("Only a policy that compile has made can be carried elsewhere.");
  const places = new Map<unknown, number>();
  const values: (Written | null)[] = [];

  /** What is met again is written once: what several accounts share stays shared. */
  function place(value: unknown): number {
    const known = places.get(value);
    if (known !== undefined) return known;
    const at = values.push(null) - 1;
    places.set(value, at);
    values[at] = written(value);
    return at;
  }

  function written(value: unknown): Written {
    if (typeof value !== "object" || value === null) return ["value", value];
    if (Array.isArray(value)) return ["list", ...value.map((item) => place(item))];
    if (value instanceof Set) return ["set", ...[...value].map((item) => place(item))];
    if (value instanceof Map)
      return ["map", ...[...value].flatMap(([key, item]) => [place(key), place(item)])];
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return [
      "record",
      ...fields.flatMap(([key, field]) => [place(key), place(caches.has(key) ? new Map() : field)]),
    ];
  }

  place(plan);
  return JSON.stringify({ format: portableFormat, values });
}
