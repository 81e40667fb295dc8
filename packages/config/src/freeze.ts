/** A config that nobody can change, and in which no key is found that was not written. */

/**
 * A frozen copy. Its plain objects have no prototype, so `groups["constructor"]` is undefined where no such group is;
 * other objects (what a schema made of a value) stay as they are.
 */
export function freezeConfig<Value>(value: Value): Value {
  if (Array.isArray(value)) return Object.freeze(value.map(freezeConfig)) as Value;
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, entry] of Object.entries(value)) copy[key] = freezeConfig(entry);
  return Object.freeze(copy) as Value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
