/** Sets of points written as few products of sets, exactly: the same points, each in one product. */

/** One value for each dimension; `any` stands for all of them. */
export type Point = readonly number[];
export const any = -1;

/** For each dimension the values, in their order; `[any]` where all are meant. */
export type Product = readonly (readonly number[])[];

/**
 * Dimension by dimension, in the given order, what differs in that one alone is joined. `sizes`: how many values each
 * dimension has; one that ends with all of them is written as `[any]`. The same points give the same products.
 */
export function productsOf(
  points: readonly Point[],
  sizes: readonly number[],
  order: readonly number[],
): readonly Product[] {
  let products: readonly Product[] = points.map((point) => point.map((value) => [value]));
  for (const dimension of order) products = joined(products, dimension, sizes[dimension]!);
  return products;
}

function joined(products: readonly Product[], dimension: number, size: number): readonly Product[] {
  const groups = new Map<string, { readonly product: Product; readonly values: Set<number> }>();
  for (const product of products) {
    let key = "";
    for (let at = 0; at < product.length; at++) key += at === dimension ? ";" : `${product[at]!.join()};`;
    const group = groups.get(key) ?? { product, values: new Set<number>() };
    groups.set(key, group);
    for (const value of product[dimension]!) group.values.add(value);
  }
  return [...groups.values()].map(({ product, values }) => {
    const isAll = values.size === size || values.has(any);
    return product.with(dimension, isAll ? [any] : [...values].sort((a, b) => a - b));
  });
}
