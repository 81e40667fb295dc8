/** Examples that stand in the config, and hold or do not. */
import type { CompileOptions, Policy, PolicyIssue } from "../policy.ts";
import type { ExampleResult } from "./types.ts";

/** `examples`: the value of `access.examples`. */
export function checkExamples(_policy: Policy, _examples: unknown): readonly ExampleResult[] {
  throw new Error("Not written yet: only the signature stands.");
}

/** One error for each example of the config that does not hold; empty when the config makes no policy at all. */
export function exampleIssues(_config: unknown, _options: CompileOptions): readonly PolicyIssue[] {
  throw new Error("Not written yet: only the signature stands.");
}
