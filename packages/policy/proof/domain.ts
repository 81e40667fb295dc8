/** The whole domain of `core`: every combination of every fact. Nothing is sampled. */
import { directDomain, groupDomain, operatorDomain, unreachedDomain, type Facts } from "../src/facts.ts";

export type Domain = Readonly<Record<string, readonly (string | boolean)[]>>;

export const domains: readonly Domain[] = [unreachedDomain, directDomain, groupDomain, operatorDomain];

export const domainSize: number = domains
  .map((domain) => Object.values(domain).reduce((size, words) => size * words.length, 1))
  .reduce((a, b) => a + b);

/**
 * Visits every record of facts once, in the order of the checks. The record is reused between visits: copy it to keep it.
 * `visit` returns false to stop.
 */
export function everyFacts(visit: (facts: Facts) => boolean | void): void {
  for (const domain of domains) if (factsOf(domain, visit) === false) return;
}

/** The same for one domain, or for a part of one. */
export function factsOf(domain: Domain, visit: (facts: Facts) => boolean | void): boolean | void {
  return walk(domain, Object.keys(domain), 0, {}, visit);
}

function walk(
  domain: Domain,
  fields: readonly string[],
  at: number,
  facts: Record<string, string | boolean>,
  visit: (facts: Facts) => boolean | void,
): boolean | void {
  const field = fields[at];
  if (field === undefined) return visit(facts as unknown as Facts);
  for (const word of domain[field]!) {
    facts[field] = word;
    if (walk(domain, fields, at + 1, facts, visit) === false) return false;
  }
}
