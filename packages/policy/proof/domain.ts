/** The whole domain of `core`: every combination of every fact. Nothing is sampled. */
import { directDomain, groupDomain, operatorDomain, unreachedDomain, type Facts } from "../src/facts.ts";

export type Domain = Readonly<Record<string, readonly (string | boolean)[]>>;

export const domains: readonly Domain[] = [unreachedDomain, directDomain, groupDomain, operatorDomain];

/** How many records of facts a domain has. */
export const sizeOf = (domain: Domain): number =>
  Object.values(domain).reduce((size, words) => size * words.length, 1);

/**
 * Visits every record of facts once, in the order of the checks. The record is reused between visits: copy it to keep it.
 * `visit` returns false to stop.
 */
export function everyFacts(visit: (facts: Facts) => boolean | void): void {
  for (const domain of domains) if (factsOf(domain, visit) === false) return;
}

/** The same for one domain, or for a part of one. */
export function factsOf(domain: Domain, visit: (facts: Facts) => boolean | void): boolean | void {
  return recordsOf(domain, visit);
}

/** Every record of a domain, whatever its facts are about. */
export function recordsOf<Record>(domain: Domain, visit: (record: Record) => boolean | void): boolean | void {
  return walk(domain, Object.keys(domain), 0, {}, visit as (record: unknown) => boolean | void);
}

/**
 * The same records, each once, in an order that goes through every part of the domain from the beginning: what breaks a law
 * is found early.
 */
export function scattered<Record>(domain: Domain, visit: (record: Record) => boolean | void): boolean | void {
  const fields = Object.entries(domain);
  const size = sizeOf(domain);
  const record: { [field: string]: string | boolean } = {};
  const step = coprimeTo(size, Math.floor(size * 0.6180339887) | 1);
  for (let count = 0, place = 0; count < size; count++, place = (place + step) % size) {
    let rest = place;
    for (const [field, words] of fields) {
      record[field] = words[rest % words.length]!;
      rest = Math.floor(rest / words.length);
    }
    if (visit(record as Record) === false) return false;
  }
}

function coprimeTo(size: number, candidate: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return divisor(size, candidate) === 1 ? candidate : coprimeTo(size, candidate + 2);
}

function walk(
  domain: Domain,
  fields: readonly string[],
  at: number,
  record: { [field: string]: string | boolean },
  visit: (record: unknown) => boolean | void,
): boolean | void {
  const field = fields[at];
  if (field === undefined) return visit(record);
  for (const word of domain[field]!) {
    record[field] = word;
    if (walk(domain, fields, at + 1, record, visit) === false) return false;
  }
}
