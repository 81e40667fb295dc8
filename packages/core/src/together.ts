/** Calls of one moment share one run of the work, and its fate: all resolve after it, or all reject with its fault. */

interface Call<Item> {
  readonly items: readonly Item[];
  readonly resolve: () => void;
  readonly reject: (fault: Error) => void;
}

/** The first call runs the work after whatever else has arrived by then; calls keep their order. */
export function together<Item>(
  work: (items: readonly Item[]) => void,
): (items: readonly Item[]) => Promise<void> {
  let waiting: Call<Item>[] = [];

  function run(): void {
    const calls = waiting;
    waiting = [];
    try {
      work(calls.flatMap(({ items }) => items));
      // A millisecond later: what the work began, a request to a model above all, leaves before the networks are told.
      setTimeout(() => calls.forEach(({ resolve }) => resolve()), 1);
    } catch (fault) {
      for (const { reject } of calls) reject(fault as Error);
    }
  }

  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject });
      if (waiting.length === 1) setImmediate(run);
    });
}
