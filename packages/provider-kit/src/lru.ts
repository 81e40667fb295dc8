/** A map of bounded size: what was used longest ago makes room. */

export interface Lru<Key, Value> {
  readonly size: number;
  /** Counts as use. */
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
  set(key: Key, value: Value): void;
  delete(key: Key): boolean;
}

export function createLru<Key, Value>(capacity: number): Lru<Key, Value> {
  const entries = new Map<Key, Value>();
  const renew = (key: Key, value: Value) => {
    entries.delete(key);
    entries.set(key, value);
  };
  return {
    get size() {
      return entries.size;
    },
    get(key) {
      if (!entries.has(key)) return undefined;
      const value = entries.get(key) as Value;
      renew(key, value);
      return value;
    },
    has: (key) => entries.has(key),
    set(key, value) {
      renew(key, value);
      // A Map keeps the order of insertion, so its first key is the one used longest ago.
      if (entries.size > capacity) entries.delete(entries.keys().next().value as Key);
    },
    delete: (key) => entries.delete(key),
  };
}
