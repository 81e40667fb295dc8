/** JSON Merge Patch (RFC 7396): objects are merged key by key, null takes a key away, anything else replaces. */
import { asObject } from "./redact-config.ts";

export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = asObject(isObject(target) ? target : {}, (value) => value);
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(Object.hasOwn(merged, key) ? merged[key] : undefined, value);
  return merged;
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
