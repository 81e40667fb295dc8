/** Configs with one thing changed, as data: nothing is changed in place. */
import type { ConfigPath } from "../config-path.ts";
import { isRecord } from "../config-node.ts";

type Value = unknown;

export function valueAt(config: Value, path: ConfigPath): Value {
  let value = config;
  for (const key of path) value = childOf(value, key);
  return value;
}

function childOf(value: Value, key: string | number): Value {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Keys of a record that is not there, or is none: none. */
export const keysAt = (config: Value, path: ConfigPath): readonly string[] => {
  const value = valueAt(config, path);
  return isRecord(value) ? Object.keys(value) : [];
};

/** The paths of the entries of a list; of what is none: none. */
export function entriesAt(config: Value, path: ConfigPath): readonly ConfigPath[] {
  const value = valueAt(config, path);
  return Array.isArray(value) ? value.map((_, index) => [...path, index]) : [];
}

/** The path must be there up to its last key. */
export const withValue = (config: Value, path: ConfigPath, value: Value): Value =>
  edited(config, path, () => value);

export const withoutValue = (config: Value, path: ConfigPath): Value => {
  const [parent, last] = [path.slice(0, -1), path.at(-1)!];
  return edited(config, parent, (held) => {
    if (Array.isArray(held)) return held.filter((_, index) => index !== last);
    return Object.fromEntries(Object.entries(held as object).filter(([key]) => key !== last));
  });
};

function edited(config: Value, path: ConfigPath, edit: (value: Value) => Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return edit(config);
  const inner = edited(childOf(config, key), rest, edit);
  if (Array.isArray(config)) return config.map((each, index) => (index === key ? inner : each));
  return { ...(config as object), [key]: inner };
}
