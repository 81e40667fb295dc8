/** INVARIANT: every law holds for every record of facts. A proof by exhaustion, not a sample. */
import { expect, test } from "vitest";
import { core } from "../src/core.ts";
import type { Facts } from "../src/facts.ts";
import { direct, group, identity, operator, type Outcome } from "../src/outcome.ts";
import { domains, domainSize, everyFacts, factsOf } from "./domain.ts";
import { laws } from "./laws.ts";

test("every law holds on the whole domain", { timeout: 120_000 }, () => {
  const broken = new Map<string, Facts>();
  const outcomes = new Set<Outcome>();
  let visited = 0;
  everyFacts((facts) => {
    visited++;
    const outcome = core(facts);
    outcomes.add(outcome);
    for (const law of laws) {
      if (!law.holds(facts, outcome, core) && !broken.has(law.name)) broken.set(law.name, { ...facts });
    }
  });
  expect(Object.fromEntries(broken)).toEqual({});
  expect(visited).toBe(domainSize);
  // Every answer that the engine has is one that it gives: no dead rule.
  expect(
    [...answers({ direct, group, identity, operator })].filter((answer) => !outcomes.has(answer)),
  ).toEqual([]);
});

test("unknown-enum-denies: a value outside the domain is never better than the worst inside it", () => {
  const broken: unknown[] = [];
  for (const domain of domains) {
    for (const field of Object.keys(domain)) {
      factsOf({ ...domain, [field]: ["constructor"] }, (facts) => {
        const rank = ranks[core(facts).deed];
        if (rank === 0) return;
        const worst = Math.min(
          ...domain[field]!.map((word) => ranks[core({ ...facts, [field]: word } as Facts).deed]),
        );
        if (rank > worst) broken.push({ ...facts });
      });
    }
  }
  expect(broken.slice(0, 3)).toEqual([]);
});

const ranks = { silence: 0, "pairing-code": 0, "budget-notice": 0, context: 1, turn: 2, command: 2 } as const;

function* answers(table: object): Generator<Outcome> {
  for (const value of Object.values(table) as object[]) {
    if ("effect" in value) yield value as Outcome;
    else yield* answers(value);
  }
}
