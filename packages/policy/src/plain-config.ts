/** A config as data of its own: what was looked at once is what is compiled, and it has an end. */
import type { ConfigPath } from "./config-path.ts";

/** Far beyond any config. */
const deepest = 64;
const most = 250_000;

/** Copies what JSON can say. Anything else is left out, and `refuse` is told where it stands. */
export function plainConfig(config: unknown, refuse: (path: ConfigPath) => void): unknown {
  const above: object[] = [];
  let left = most;
  let isOver = false;

  function copy(value: unknown, path: ConfigPath): unknown {
    if (value === null || value === undefined || isOver) return null;
    if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return value;
    const copied = typeof value === "object" && !above.includes(value) ? copyOf(value, path) : undefined;
    if (copied === undefined && !isOver) refuse(path);
    return copied;
  }

  /** Undefined for what is no plain list or record. */
  function copyOf(value: object, path: ConfigPath): unknown {
    if (above.length === deepest) return end(path);
    above.push(value);
    try {
      if (Array.isArray(value)) return list(value, path);
      return isPlain(value) ? record(value as Record<string, unknown>, path) : undefined;
    } catch {
      // A getter or proxy that throws.
      return undefined;
    } finally {
      above.pop();
    }
  }

  function list(value: readonly unknown[], path: ConfigPath): unknown {
    const { length } = value;
    if ((left -= length) < 0) return end(path);
    return Array.from({ length }, (_, at) => copy(value[at], [...path, at]));
  }

  function record(value: Readonly<Record<string, unknown>>, path: ConfigPath): unknown {
    const fields: [string, unknown][] = [];
    for (const key in value) {
      if (--left < 0) return end(path);
      if (!Object.hasOwn(value, key)) return undefined;
      const field = value[key];
      if (field !== undefined) fields.push([key, copy(field, [...path, key])]);
    }
    return Object.fromEntries(fields);
  }

  /** One thing that is held over and over would be refused over and over. */
  function end(path: ConfigPath): void {
    if (!isOver) refuse(path);
    isOver = true;
  }

  return copy(config, []);
}

/** No instance of a class: what a Map or a Date holds would read as nothing at all. */
function isPlain(value: object): boolean {
  const parent: unknown = Object.getPrototypeOf(value);
  return parent === null || Object.getPrototypeOf(parent) === null;
}
