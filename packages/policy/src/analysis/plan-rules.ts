/** Every rule that a plan holds: the keys of the config that can decide, set or not. */
import type { RuleReference } from "../decision.ts";
import type { Plan } from "../plan.ts";

/** By path. */
export function rulesIn(plan: Plan): ReadonlyMap<string, RuleReference> {
  const rules = new Map<string, RuleReference>();
  const seen = new Set<object>();
  const waiting: unknown[] = [plan];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isRule(value)) rules.set(value.path, value);
    else if (value instanceof Map) waiting.push(...value.values());
    else if (!(value instanceof Set)) waiting.push(...Object.values(value));
  }
  return rules;
}

const fields = new Set(["path", "file", "line", "column"]);

const isRule = (value: object): value is RuleReference =>
  "path" in value && typeof value.path === "string" && Object.keys(value).every((key) => fields.has(key));
