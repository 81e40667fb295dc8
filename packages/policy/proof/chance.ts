/** Choices that look random and are the same for the same seed, on every machine. */

export interface Chance {
  /** One of the items, each as likely as another. */
  pick<Item>(items: readonly Item[]): Item;
  /** True about so often, from 0 to 1. */
  is(likelihood: number): boolean;
  /** Each of the items about so often, in their order. */
  some<Item>(items: readonly Item[], likelihood: number): readonly Item[];
  /** The object without those of its keys that are left out, each kept about so often. */
  keep(object: object, likelihood: number): Record<string, unknown>;
}

/** @param seed a whole number. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  // A multiplicative hash of a counter; good enough to choose by, and to be repeated.
  function next(): number {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }
  const is = (likelihood: number) => next() < likelihood;
  return {
    is,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    some: (items, likelihood) => items.filter(() => is(likelihood)),
    keep: (object, likelihood) => Object.fromEntries(Object.entries(object).filter(() => is(likelihood))),
  };
}
