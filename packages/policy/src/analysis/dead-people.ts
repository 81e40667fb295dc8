/** Entries of lists of people that decide nothing: nobody would be answered otherwise without them. */
import { compile } from "../compile.ts";
import type { ConfigPath } from "../config-path.ts";
import type { CompileOptions } from "../policy.ts";
import { alikeUnder, type Reading } from "./alike.ts";
import { landscapeOf, questionAt, type Landscape } from "./landscape.ts";
import { peopleEntries, type PersonEntry } from "./people-entries.ts";
import { optionsFor, probePrefix, withPeopleProbes } from "./probes.ts";
import { localKeys, rosterOf, type Roster } from "./sender-classes.ts";
import type { Spot } from "./spots.ts";

export interface DeadPerson {
  readonly path: ConfigPath;
  readonly form: PersonEntry["form"];
  /** `telegram:42` */
  readonly person: string;
}

export function deadPeople(config: unknown, options: CompileOptions): readonly DeadPerson[] {
  const entries = peopleEntries(config, options);
  const prefix = probePrefix(config);
  const nameOf = (entry: number) => `${prefix}-${entry}`;
  const probed = compile(withPeopleProbes(config, entries, nameOf), optionsFor(options, prefix));
  if (!probed.ok) return [];
  const landscape = landscapeOf([probed.policy]);
  const isDead = deadUnder(landscape);
  return entries.flatMap(({ path, form, network, id }, index) =>
    isDead(network, id, nameOf(index)) ? [{ path, form, person: `${network}:${id}` }] : [],
  );
}

/** Whether a person and their probe are answered alike everywhere. */
function deadUnder(landscape: Landscape): (network: string, id: string, probe: string) => boolean {
  const { spots, plans } = landscape;
  const alike = alikeUnder(landscape);
  const rosters = new Map<string, Roster>();
  const places = new Map<
    string,
    readonly { readonly spot: Spot; readonly keyOf: (id: string) => string }[]
  >();
  const known = new Map<string, boolean>();
  return (network, id, probe) => {
    const roster = rosters.get(network) ?? rosterOf(plans, network);
    rosters.set(network, roster);
    const here =
      places.get(network) ??
      spots.all.filter((spot) => spot.network === network).map((spot) => ({ spot, keyOf: localKeys(spot) }));
    places.set(network, here);
    const traitsOf = (name: string) => roster.traits.get(name) ?? roster.strangerTraits;
    const [own, other] = [traitsOf(id), traitsOf(probe)];
    return here.every(({ spot, keyOf }, at) => {
      const keys = [keyOf(id), keyOf(probe)];
      if (own === other && keys[0] === keys[1]) return true;
      const key = [network, at, own.key, other.key, ...keys].join("\n");
      const found =
        known.get(key) ??
        isSame(readingAt(spot, id, own.elevated[0]!), readingAt(spot, probe, other.elevated[0]!));
      known.set(key, found);
      return found;
    });
  };

  function isSame(a: Reading | null, b: Reading | null): boolean {
    return a === null || b === null || (alike.messages(a, b) && alike.runs(a, b));
  }
}

function readingAt(spot: Spot, id: string, elevated: string): Reading | null {
  const [side] = spot.sides;
  if (!side) return null;
  const question = questionAt(spot, id);
  return { side, question, origin: question, elevated };
}
