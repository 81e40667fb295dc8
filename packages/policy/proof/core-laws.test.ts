/** INVARIANT: every law of messages holds for every record of facts. A proof by exhaustion, not a sample. */
import { expect, test } from "vitest";
import { core } from "../src/core.ts";
import { direct, group, identity, operator, type Outcome } from "../src/outcome.ts";
import { messageProofs } from "./cores.ts";
import { answersIn } from "./exhaust.ts";
import { prove } from "./prove.ts";

test(
  "every law of messages holds on the whole domain, and every answer is given",
  { timeout: 120_000 },
  () => {
    const given = new Set<Outcome>();
    for (const proof of messageProofs) for (const outcome of prove(proof, core)) given.add(outcome);
    // Every answer that the engine has is one that it gives: no dead rule.
    expect(given).toEqual(new Set(answersIn({ direct, group, identity, operator })));
  },
);
