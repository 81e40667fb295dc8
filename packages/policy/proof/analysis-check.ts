/** One config by chance, and everything that the analysis says of it held against decisions. */
import type { Policy } from "../src/index.ts";
import { compareCoverage } from "./analysis-coverage.ts";
import { compareDead } from "./analysis-dead.ts";
import { compareDiff, type Compared } from "./analysis-diff.ts";
import type { Parts } from "./analysis-parts.ts";
import { compareReach } from "./analysis-reach.ts";
import { models, neighbours, someMessages, someRuns, universeOf } from "./analysis-universe.ts";
import { networks as all } from "./networks.ts";
import { spread } from "./product.ts";
import { chanceOf, type Chance } from "./random.ts";
import { changedConfig, smallConfig } from "./random-configs.ts";
import type { Case } from "./scope.ts";
import { tinyConfig, type Tiny } from "./tiny-configs.ts";

export const questions = ["diff", "reach", "dead", "coverage"] as const;
export type AnalysisQuestion = (typeof questions)[number];

/** `tiny`: of one network or two. `small`: of all of them. */
export type Size = "tiny" | "small";

/** Null for a seed whose config is refused. */
export function check(parts: Parts, question: AnalysisQuestion, seed: number, size: Size): Compared | null {
  const chance = chanceOf(seed);
  const { config, networks, changed } = size === "tiny" ? tinyConfig(chance) : smallOf(chance);
  const policyOf = (each: unknown): Policy | null => {
    const result = parts.compile(each, { networks });
    return result.ok ? result.policy : null;
  };
  const policy = policyOf(config);
  if (policy === null) return null;
  const universe = universeOf(networks);
  const share = size === "tiny" ? 1 / 4 : 1;
  const around = (witnesses: readonly Case[]): readonly Case[] => [
    ...someMessages(universe, chance, share),
    ...someRuns(universe, chance, share),
    ...spread(witnesses, 20 * share).flatMap((witness) => [
      witness,
      ...neighbours(universe, witness, chance, 15),
    ]),
  ];
  switch (question) {
    case "diff": {
      const after = policyOf(changed(chance));
      return after === null ? null : compareDiff(parts, policy, after, around);
    }
    case "reach": {
      // Where no list is of a model, one that nobody names stands for all.
      const isOfModels = JSON.stringify(config).includes("byProvider");
      return compareReach(
        parts,
        policy,
        universe,
        isOfModels ? models : models.slice(0, 1),
        chance,
        size === "tiny" ? 8 : 16,
      );
    }
    case "dead": {
      const cases = [...someMessages(universe, chance, share), ...someRuns(universe, chance, share)];
      return compareDead(parts, { config, networks }, policyOf, cases, (entries) =>
        size === "tiny" ? chance.some(entries, Math.min(1, 5 / entries.length)) : entries,
      );
    }
    case "coverage":
      return compareCoverage(parts, policy, around);
  }
}

function smallOf(chance: Chance): Tiny {
  const config = smallConfig(chance);
  return { config, networks: all, changed: (by) => changedConfig(config, by) };
}
