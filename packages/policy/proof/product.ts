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
