/**
 * Where a sequence occurs in another one. INVARIANT: the time grows with both lengths added (occurrences.test.ts); the search of
 * JavaScript's own strings grows with their product on texts that are made for it.
 */

export interface Items {
  readonly length: number;
  /** Equal numbers are equal items. */
  readonly at: (index: number) => number;
}

export const characters = (text: string): Items => ({
  length: text.length,
  at: (index) => text.charCodeAt(index),
});

/** Positions from `from` on, those that overlap too, up to so many. `part` is not empty. */
export function occurrences(whole: Items, part: Items, most: number, from = 0): readonly number[] {
  const found: number[] = [];
  const back = fallbacks(part);
  let matched = 0;
  for (let index = from; index < whole.length && found.length < most; index++) {
    const item = whole.at(index);
    while (matched > 0 && (matched === part.length || part.at(matched) !== item))
      matched = back[matched - 1]!;
    if (part.at(matched) === item) matched++;
    if (matched === part.length) found.push(index + 1 - matched);
  }
  return found;
}

/** For each beginning of `part` the length of the longest shorter one that it ends with. */
function fallbacks(part: Items): Int32Array {
  const back = new Int32Array(part.length);
  for (let index = 1, matched = 0; index < part.length; index++) {
    const item = part.at(index);
    while (matched > 0 && part.at(matched) !== item) matched = back[matched - 1]!;
    if (part.at(matched) === item) matched++;
    back[index] = matched;
  }
  return back;
}
