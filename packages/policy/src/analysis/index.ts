export { diff } from "./diff.ts";
export { linesOfDiff } from "./diff-lines.ts";
export { explain, type Explanation, type Remedy } from "./explain.ts";
export { meanings } from "./meanings.ts";
export { reach } from "./reach.ts";
export { linesOfReach } from "./reach-lines.ts";
export { lint, type LintSource } from "./lint.ts";
export { linesOfLint } from "./lint-lines.ts";
export { checkExamples, exampleIssues } from "./examples.ts";
export { coverage } from "./coverage.ts";
export { requestFromWords, type RequestFromWords, type Words } from "./request-from-words.ts";
export {
  capabilities,
  type Answer,
  type Capability,
  type Change,
  type ChatPlace,
  type Conditions,
  type Direction,
  type ExampleResult,
  type Finding,
  type PolicyDiff,
  type Reach,
  type ReachOptions,
  type RuleCoverage,
  type Senders,
  type Severity,
  type WitnessStep,
} from "./types.ts";
