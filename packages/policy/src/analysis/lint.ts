/** Rules that decide nothing, contradictions, and what is dangerous. */
import type { Plan } from "../plan.ts";
import type { Policy } from "../policy.ts";
import { alikeUnder } from "./alike.ts";
import { inOrder, type LintSource } from "./finding.ts";
import { landscapeOf } from "./landscape.ts";
import { contradictions } from "./lint-contradictions.ts";
import { dangerous, dangers } from "./lint-dangers.ts";
import { deadFindings } from "./lint-dead.ts";
import { reachUnder } from "./reach.ts";
import type { Finding } from "./types.ts";
import { whereSomebodyWrites } from "./where-somebody-writes.ts";

export type { LintSource } from "./finding.ts";

/**
 * Danger first. With the source that the policy was compiled from, every entry of every list is examined as well: one that
 * is reported as dead could be left out without any request being answered otherwise, and of the rest none could.
 * @throws TypeError for a policy that `compile` did not make
 */
export function lint(policy: Policy, source?: LintSource): readonly Finding[] {
  const landscape = landscapeOf([policy]);
  const [plan] = landscape.plans as readonly [Plan];
  const alike = alikeUnder(landscape);
  const runs = whereSomebodyWrites(alike.everyone().runs);
  return inOrder([
    ...dangers(plan, reachUnder(policy, runs, dangerous)),
    ...contradictions(runs, source),
    ...(source === undefined ? [] : deadFindings(source, landscape, alike)),
  ]);
}
