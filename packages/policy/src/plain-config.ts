/** A config as data of its own: what was looked at once is what is compiled, and it has an end. */
import type { ConfigPath } from "./config-path.ts";

/** Far beyond any config. One that holds itself ends here, and so does one that holds the same thing over and over. */
const deepest = 64;
const most = 1_000_000;

/** Copies what JSON can say. Anything else is left out, and `refuse` is told where it stands. */
export function plainConfig(config: unknown, refuse: (path: ConfigPath) => void): unknown {
  let left = most;

  function copy(value: unknown, path: ConfigPath): unknown {
    if (value === null || value === undefined) return value;
    if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return value;
    const copied = typeof value === "object" && path.length < deepest ? copyOf(value, path) : undefined;
    if (copied === undefined && left >= 0) refuse(path);
    return copied;
  }

  /** Undefined for what is no plain list or record, and for more than is left. */
  function copyOf(value: object, path: ConfigPath): unknown {
    try {
      if (!Array.isArray(value)) return isPlain(value) ? record(value, path) : undefined;
      const { length } = value;
      if ((left -= length) < 0) return undefined;
      return Array.from({ length }, (_, at) => copy(value[at], [...path, at]));
    } catch {
      // A getter or proxy that throws.
      return undefined;
    }
  }

  function record(value: object, path: ConfigPath): unknown {
    const fields: [string, unknown][] = [];
    for (const key in value) {
      if (--left < 0 || !Object.hasOwn(value, key)) return undefined;
      const field = copy((value as Record<string, unknown>)[key], [...path, key]);
      if (field !== undefined) fields.push([key, field]);
    }
    return Object.fromEntries(fields);
  }

  const copied = copy(config, []);
  if (left < 0) refuse([]);
  return copied;
}

/** No instance of a class: what a Map or a Date holds would read as nothing at all. */
function isPlain(value: object): boolean {
  const parent: unknown = Object.getPrototypeOf(value);
  return parent === null || Object.getPrototypeOf(parent) === null;
}
