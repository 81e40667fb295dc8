/** Known faults of decisions about tools, sendings, sessions and profiles, as in `mutants.ts`. */
import type { Mutant } from "./mutants.ts";

export const mutantsOfRuns: readonly Mutant[] = [];
