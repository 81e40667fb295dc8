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

/** A word that no domain has. */
const outside = "constructor";

export interface Strays<Facts, Outcome> {
  /** Nothing is narrower than an answer that grants nothing. */
  readonly grants: (stray: Outcome) => boolean;
  readonly isNoWider: (stray: Outcome, known: Outcome, field: keyof Facts, facts: Facts) => boolean;
}

/** Records with a word from outside whose answer is wider than that of some word in its place; none when all is well. */
export function strayWords<Facts extends object, Outcome>(
  domain: Domain,
  core: Core<Facts, Outcome>,
  strays: Strays<Facts, Outcome>,
): readonly Facts[] {
  const found: Facts[] = [];
  for (const field of Object.keys(domain) as (keyof Facts & string)[]) {
    recordsOf<Facts>({ ...domain, [field]: [outside] }, (facts) => {
      if (isStray(facts, field, domain, core, strays)) found.push({ ...facts, [field]: outside });
      return found.length < 3;
    });
  }
  return found;
}

function isStray<Facts extends object, Outcome>(
  facts: Facts,
  field: keyof Facts & string,
  domain: Domain,
  core: Core<Facts, Outcome>,
  { grants, isNoWider }: Strays<Facts, Outcome>,
): boolean {
  const record = facts as Record<string, unknown>;
  const kept = record[field];
  record[field] = outside;
  const stray = core(facts);
  const isWider =
    grants(stray) &&
    domain[field]!.some((word) => {
      record[field] = word;
      return !isNoWider(stray, core(facts), field, facts);
    });
  record[field] = kept;
  return isWider;
}

/** What is proved of one core. */
export interface Proof<Facts extends object, Outcome> {
  readonly domain: Domain;
  readonly laws: readonly Law<Facts, Outcome>[];
  readonly strays: Strays<Facts, Outcome>;
}

/**
 * The name of a law that this core breaks; null when it breaks none. Records are visited from all parts of the domain, so most
 * faults are found among the first; before null is said all of them have been.
 */
export function brokenLaw<Facts extends object, Outcome>(
  { domain, laws, strays }: Proof<Facts, Outcome>,
  core: Core<Facts, Outcome>,
): string | null {
  const fields = Object.keys(domain) as (keyof Facts & string)[];
  const stray = "unknown-enum-denies";
  let name: string | null = null;
  let left = 2_000;
  scattered<Facts>(domain, (facts) => {
    const outcome = core(facts);
    name = laws.find((law) => !law.holds(facts, outcome, core))?.name ?? null;
    if (name === null && left-- > 0) {
      const isFound = fields.some((field) => isStray(facts, field, domain, core, strays));
      if (isFound) name = stray;
    }
    return name === null;
  });
  return name ?? (strayWords(domain, core, strays).length > 0 ? stray : null);
}

/** The answers in a table of them, however deep. */
export function* answersIn<Answer>(table: object): Generator<Answer> {
  for (const value of Object.values(table) as object[]) {
    if ("effect" in value) yield value as Answer;
    else yield* answersIn(value);
  }
}
