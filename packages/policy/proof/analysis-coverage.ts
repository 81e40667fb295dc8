/** `coverage` against the rules of decisions. */
import type { Policy } from "../src/index.ts";
import type { Compared } from "./analysis-diff.ts";
import type { Parts } from "./analysis-parts.ts";
import type { Case } from "./scope.ts";

/** `make`: requests to ask, given one for each rule that decides. `changed`: how many rules decide nothing. */
export function compareCoverage(
  { coverage }: Parts,
  policy: Policy,
  make: (witnesses: readonly Case[]) => readonly Case[],
): Compared {
  const found = coverage(policy);
  const rulesOf = ({ request, state }: Case) => policy.decide(request, state).rules.map(({ path }) => path);
  const lying = found.find(({ rule, witness }) => witness !== null && !rulesOf(witness).includes(rule.path));
  const covered = new Set(found.filter(({ witness }) => witness !== null).map(({ rule }) => rule.path));
  const cases = make(found.flatMap(({ witness }) => witness ?? []));
  const missed = cases.find((each) => rulesOf(each).some((path) => !covered.has(path)));
  return {
    requests: cases.length,
    changed: found.length - covered.size,
    wrong: lying === undefined && missed === undefined ? null : JSON.stringify({ lying, missed }),
  };
}
