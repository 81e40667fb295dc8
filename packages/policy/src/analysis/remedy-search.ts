/** What would change an answer: found by changing one thing, then two, then three, and asking again. */
import type { RuleReference } from "../decision.ts";

/** Something a person can do. All changes of one remedy together would get the request through. */
export interface Remedy {
  readonly changes: readonly { readonly text: string; readonly rule: RuleReference }[];
}

/** One thing that somebody can bring about, and the world as it would be then. */
export interface Flip<World> extends Remedy {
  readonly apply: (world: World) => World;
}

interface Flipped<World> extends Remedy {
  readonly world: World;
}

/** So many worlds are looked at; what is found by then is said. Real requests need a few hundred (remedy-search.test.ts). */
const mostWorlds = 2_000;

/** All remedies of the smallest size, up to `most` flips. `flipsOf` is asked again in the world that flips make. */
export function smallestRemedies<World>(
  world: World,
  flipsOf: (world: World) => readonly Flip<World>[],
  isThrough: (world: World) => boolean,
  most: 2 | 3 = 3,
): readonly Remedy[] {
  let level: readonly Flipped<World>[] = [{ changes: [], world }];
  let left = mostWorlds;
  for (let size = 1; size <= most; size++) {
    const seen = new Set<string>();
    const found: Remedy[] = [];
    const next: Flipped<World>[] = [];
    for (const before of level)
      for (const flip of flipsOf(before.world)) {
        const changes = [...before.changes, ...flip.changes];
        // In whichever order things are done, it is one remedy.
        const key = keyOf(changes);
        if (!isPossible(flip) || seen.has(key) || left === 0) continue;
        seen.add(key);
        left--;
        const after = flip.apply(before.world);
        if (isThrough(after)) found.push({ changes });
        else next.push({ changes, world: after });
      }
    if (found.length > 0) return found;
    level = next;
  }
  return [];
}

const keyOf = (changes: Remedy["changes"]): string =>
  changes
    .map(({ text }) => text)
    .sort()
    .join("\n");

/** What is built in has a path to be named by, and no key to be written at. */
const isPossible = ({ changes }: Remedy): boolean =>
  !changes.some(({ text, rule: { path } }) => isBuiltIn(path) && text.includes(path));

const isBuiltIn = (path: string): boolean => path.startsWith("built-in.") || path.startsWith('["built-in"]');
