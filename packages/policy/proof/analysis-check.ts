/** One config by chance, and everything that the analysis says of it held against decisions. */
import type { Policy } from "../src/index.ts";
import { compareCoverage } from "./analysis-coverage.ts";
import { compareDead } from "./analysis-dead.ts";
import { compareDiff, type Compared } from "./analysis-diff.ts";
import type { Parts } from "./analysis-parts.ts";
import { compareReach } from "./analysis-reach.ts";
import { neighbours, someMessages, someRuns } from "./analysis-universe.ts";
import { networks } from "./networks.ts";
import { spread } from "./product.ts";
import { chanceOf } from "./random.ts";
import { changedConfig, smallConfig } from "./random-configs.ts";
import type { Case } from "./scope.ts";

export const questions = ["diff", "reach", "dead", "coverage"] as const;
export type AnalysisQuestion = (typeof questions)[number];

/** Null for a seed whose config is refused. */
export function check(parts: Parts, question: AnalysisQuestion, seed: number): Compared | null {
  const chance = chanceOf(seed);
  const config = smallConfig(chance);
  const policyOf = (each: unknown): Policy | null => {
    const result = parts.compile(each, { networks });
    return result.ok ? result.policy : null;
  };
  const policy = policyOf(config);
  if (policy === null) return null;
  const around = (witnesses: readonly Case[]): readonly Case[] => [
    ...someMessages(chance),
    ...someRuns(chance),
    ...spread(witnesses, 20).flatMap((witness) => [witness, ...neighbours(witness, chance, 15)]),
  ];
  switch (question) {
    case "diff": {
      const after = policyOf(changedConfig(config, chance));
      return after === null ? null : compareDiff(parts, policy, after, around);
    }
    case "reach":
      return compareReach(parts, policy, chance, 10);
    case "dead":
      return compareDead(
        parts,
        config,
        policyOf,
        [...someMessages(chance), ...someRuns(chance)].slice(0, 300),
      );
    case "coverage":
      return compareCoverage(parts, policy, around);
  }
}
