import { expect } from "vitest";
import { sizeOf } from "./domain.ts";
import { exhaust, strayWords, type Proof } from "./exhaust.ts";
import type { Core } from "./law.ts";

/**
 * Expects every law to hold for every record of facts, and a word from outside never to be better than the worst inside.
 * What comes back is every answer that was given.
 */
export function prove<Facts extends object, Outcome>(
  { domain, laws, strays }: Proof<Facts, Outcome>,
  core: Core<Facts, Outcome>,
): ReadonlySet<Outcome> {
  const { broken, outcomes, visited } = exhaust(domain, laws, core);
  expect(broken).toEqual({});
  expect(visited).toBe(sizeOf(domain));
  expect(strayWords(domain, core, strays)).toEqual([]);
  return outcomes;
}
