/** Which rules decide anything. */
import type { Policy } from "../policy.ts";
import type { RuleCoverage } from "./types.ts";

export function coverage(_policy: Policy): readonly RuleCoverage[] {
  throw new Error("Not written yet: only the signature stands.");
}
