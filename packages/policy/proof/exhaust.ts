/** Laws on whole domains: nothing is sampled. */
import { recordsOf, scattered, type Domain } from "./domain.ts";
import type { Core, Law } from "./law.ts";

export interface Exhaustion<Facts, Outcome> {
  /** The laws that do not hold, each with a record that breaks it. */
  readonly broken: Readonly<Record<string, Facts>>;
  readonly outcomes: ReadonlySet<Outcome>;
  readonly visited: number;
}

export function exhaust<Facts extends object, Outcome>(
  domain: Domain,
  laws: readonly Law<Facts, Outcome>[],
  core: Core<Facts, Outcome>,
): Exhaustion<Facts, Outcome> {
  const broken: Record<string, Facts> = {};
  const outcomes = new Set<Outcome>();
  let visited = 0;
  recordsOf<Facts>(domain, (facts) => {
    visited++;
    const outcome = core(facts);
    outcomes.add(outcome);
    for (const law of laws) {
      if (!law.holds(facts, outcome, core)) broken[law.name] ??= { ...facts };
    }
  });
  return { broken, outcomes, visited };
}

/** The name of a law that does not hold; null when all do. The whole domain is visited before null is said. */
export function brokenLaw<Facts extends object, Outcome>(
  domain: Domain,
  laws: readonly Law<Facts, Outcome>[],
  core: Core<Facts, Outcome>,
): string | null {
  let name: string | null = null;
  scattered<Facts>(domain, (facts) => {
    const outcome = core(facts);
    name = laws.find((law) => !law.holds(facts, outcome, core))?.name ?? null;
    return name === null;
  });
  return name;
}

/** A word that no domain has. */
const outside = "constructor";

/**
 * Records with a word from outside whose answer is wider than that of some word in its place; none when all is well.
 * Nothing is narrower than an answer that grants nothing.
 */
export function strayWords<Facts extends object, Outcome>(
  domain: Domain,
  core: Core<Facts, Outcome>,
  grants: (stray: Outcome) => boolean,
  isNoWider: (stray: Outcome, known: Outcome, field: keyof Facts) => boolean,
): readonly Facts[] {
  const found: Facts[] = [];
  for (const field of Object.keys(domain) as (keyof Facts & string)[]) {
    recordsOf<Facts>({ ...domain, [field]: [outside] }, (facts) => {
      const stray = core(facts);
      if (!grants(stray)) return true;
      const record = facts as Record<string, unknown>;
      const isWorst = domain[field]!.every((word) => {
        record[field] = word;
        return isNoWider(stray, core(facts), field);
      });
      record[field] = outside;
      if (!isWorst) found.push({ ...facts });
      return found.length < 3;
    });
  }
  return found;
}
