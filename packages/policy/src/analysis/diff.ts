/** Every change of access between two policies. */
import type { Policy } from "../policy.ts";
import type { PolicyDiff } from "./types.ts";

export function diff(_before: Policy, _after: Policy): PolicyDiff {
  throw new Error("Not written yet: only the signature stands.");
}

/** For people, widenings first. */
export function linesOfDiff(_found: PolicyDiff): readonly string[] {
  throw new Error("Not written yet: only the signature stands.");
}
