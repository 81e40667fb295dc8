/** Who can get to what. */
import type { Policy } from "../policy.ts";
import type { Reach, ReachOptions } from "./types.ts";

export function reach(_policy: Policy, _options: ReachOptions = {}): readonly Reach[] {
  throw new Error("Not written yet: only the signature stands.");
}

/** For people, one line for each entry. */
export function linesOfReach(_entries: readonly Reach[]): readonly string[] {
  throw new Error("Not written yet: only the signature stands.");
}
