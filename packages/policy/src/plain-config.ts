/** A config as data of its own: what was looked at once is what is compiled, and it has an end. */
import type { ConfigPath } from "./config-path.ts";

/** Far beyond any config. */
const deepest = 64;
const most = 250_000;

/** Copies what JSON can say. Anything else is left out, and `refuse` is told where it stands. */
export function plainConfig(config: unknown, refuse: (path: ConfigPath) => void): unknown {
  const above: object[] = [];
  /** Of the value that is looked at. */
  const path: (string | number)[] = [];
  let left = most;
  let isOver = false;

  function copy(value: unknown): unknown {
    if (value === null || value === undefined || isOver) return null;
    if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return value;
    const copied = typeof value === "object" && !above.includes(value) ? copyOf(value) : undefined;
    if (copied === undefined && !isOver) refuse([...path]);
    return copied;
  }

  /** Undefined for what is no plain list or record. */
  function copyOf(value: object): unknown {
    if (above.length === deepest) return end();
    const depth = path.length;
    above.push(value);
    try {
      if (Array.isArray(value)) return list(value);
      return isPlain(value) ? record(value as Record<string, unknown>) : undefined;
    } catch {
      // A getter or proxy that throws.
      return undefined;
    } finally {
      above.pop();
      path.length = depth;
    }
  }

  function list(value: readonly unknown[]): unknown {
    const { length } = value;
    if ((left -= length) < 0) return end();
    const items: unknown[] = [];
    for (let at = 0; at < length; at++) items.push(below(at, value[at]));
    return items;
  }

  function record(value: Readonly<Record<string, unknown>>): unknown {
    const fields: Record<string, unknown> = {};
    for (const key in value) {
      if (--left < 0) return end();
      if (!Object.hasOwn(value, key)) return undefined;
      const field = value[key];
      if (field === undefined) continue;
      const copied = below(key, field);
      // Assigned, this key would set a prototype.
      if (key !== "__proto__") fields[key] = copied;
      else
        Object.defineProperty(fields, key, {
          value: copied,
          enumerable: true,
          writable: true,
          configurable: true,
        });
    }
    return fields;
  }

  function below(key: string | number, value: unknown): unknown {
    path.push(key);
    const copied = copy(value);
    path.pop();
    return copied;
  }

  /** One thing that is held over and over would be refused over and over. */
  function end(): void {
    if (!isOver) refuse([...path]);
    isOver = true;
  }

  return copy(config);
}

/** No instance of a class: what a Map or a Date holds would read as nothing at all. */
function isPlain(value: object): boolean {
  const parent: unknown = Object.getPrototypeOf(value);
  return parent === null || Object.getPrototypeOf(parent) === null;
}
