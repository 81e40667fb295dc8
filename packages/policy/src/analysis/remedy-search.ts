/** What would change an answer: found by changing one thing, then two, and asking again. */
import type { RuleReference } from "../decision.ts";

/** Something a person can do. All changes of one remedy together would get the request through. */
export interface Remedy {
  readonly changes: readonly { readonly text: string; readonly rule: RuleReference }[];
}

/** One thing that somebody can bring about, and the world as it would be then. */
export interface Flip<World> extends Remedy {
  readonly apply: (world: World) => World;
}

/** All remedies of the smallest size, up to `most` flips. `flipsOf` is asked again in the world that a flip makes. */
export function smallestRemedies<World>(
  world: World,
  flipsOf: (world: World) => readonly Flip<World>[],
  isThrough: (world: World) => boolean,
  most: 1 | 2 = 2,
): readonly Remedy[] {
  const flips = flipsOf(world).filter(isPossible);
  const single = flips.filter((flip) => isThrough(flip.apply(world)));
  if (single.length > 0 || most === 1) return distinct(single.map(({ changes }) => changes));
  const pairs = flips.flatMap((first) => {
    const between = first.apply(world);
    return flipsOf(between)
      .filter(isPossible)
      .filter((second) => isThrough(second.apply(between)))
      .map((second) => [...first.changes, ...second.changes]);
  });
  return distinct(pairs);
}

/** What is built in has a path to be named by, and no key to be written at. */
const isPossible = ({ changes }: Remedy): boolean =>
  !changes.some(({ text, rule: { path } }) => isBuiltIn(path) && text.includes(path));

const isBuiltIn = (path: string): boolean => path.startsWith("built-in.") || path.startsWith('["built-in"]');

/** In whichever order two things are done, it is one remedy. */
function distinct(remedies: readonly Remedy["changes"][]): readonly Remedy[] {
  const found = new Map<string, Remedy>();
  for (const changes of remedies) {
    const key = JSON.stringify(changes.map(({ text }) => text).sort());
    if (!found.has(key)) found.set(key, { changes });
  }
  return [...found.values()];
}
