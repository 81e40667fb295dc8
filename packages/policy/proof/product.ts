/** All combinations, nothing left out. */

type Axes = Readonly<Record<string, readonly unknown[]>>;
type Point<Of extends Axes> = { readonly [Name in keyof Of]: Of[Name][number] };

/** Every choice of one value from each axis, in a fixed order. */
export function product<const Of extends Axes>(axes: Of): readonly Point<Of>[] {
  let points: Readonly<Record<string, unknown>>[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  }
  return points as readonly Point<Of>[];
}

/** In a product of configs: the key is not there. */
export const absent = undefined;

/** The object without its absent keys, so that "absent" and "undefined" never differ. */
export function written<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== absent)) as Value;
}

/**
 * About `most` of the items, in their order and always the same ones. Every n-th would fall in step with an axis of the
 * product and miss whole values of it, so they are picked by a multiplicative hash of their place.
 */
export function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  return items.filter((_, place) => (Math.imul(place + 1, 0x9e3779b1) >>> 0) / 2 ** 32 < most / items.length);
}
