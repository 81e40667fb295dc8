/** INVARIANT: a profile only takes away, from every message, whatever it says. */
import { expect, test } from "vitest";
import { limited, limitOf } from "../src/rights.ts";
import { rightsProof } from "./cores.ts";
import { wronglyLimited } from "./limited.ts";
import { prove } from "./prove.ts";

test("every law of rights holds on the whole domain, and every limit is reached", () => {
  const limits = prove(rightsProof, (facts) => limitOf(facts, facts.deed));
  expect(new Set([...limits].map((limit) => limit?.check))).toEqual(
    new Set(["profile", "agent", "command", "budget", undefined]),
  );
});

test("only-takes-away: what is left of any message is a denial by the key that took it", () => {
  const { asked, wrong } = wronglyLimited({ limitOf, limited });
  expect(asked).toBeGreaterThan(1_000);
  expect(wrong).toEqual([]);
});
