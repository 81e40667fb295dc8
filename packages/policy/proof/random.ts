/** Chance from a seed: the same numbers in every run. */

export interface Chance {
  /** From 0 to below `most`. */
  below(most: number): number;
  is(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Each item or not, in their order. */
  some<Item>(items: readonly Item[], probability?: number): Item[];
}

export function chanceOf(seed: number): Chance {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  const next = (): number => {
    // xorshift32: a linear congruential generator would repeat itself in its low digits.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let warm = 0; warm < 8; warm++) next();
  return {
    below: (most) => Math.floor(next() * most),
    is: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    some: (items, probability = 0.5) => items.filter(() => next() < probability),
  };
}
