/** Rules that decide nothing, contradictions, and what is dangerous. */
import type { CompileOptions, Policy } from "../policy.ts";
import type { Finding } from "./types.ts";

/** What a policy was compiled from. With it, every entry of every list is examined, and findings say its line. */
export interface LintSource {
  readonly config: unknown;
  readonly options: CompileOptions;
}

export function lint(_policy: Policy, _source?: LintSource): readonly Finding[] {
  throw new Error("Not written yet: only the signature stands.");
}

/** For people: danger first. */
export function linesOfLint(_findings: readonly Finding[]): readonly string[] {
  throw new Error("Not written yet: only the signature stands.");
}
