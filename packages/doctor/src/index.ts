export { examine } from "./examine.ts";
export { inspectPath, type PathFacts } from "./inspect-path.ts";
export { inspectState, type StatePlaces } from "./inspect-state.ts";
export {
  accountFacts,
  type AccountFactsPorts,
  type ExaminedNetwork,
  type ExaminedStanding,
} from "./account-facts.ts";
export { planRepairs, repair, sentenceOf, type Repair, type RepairPorts } from "./repair.ts";
export { printReport } from "./print.ts";
export type { AccountFacts, Facts, FileFacts, FileRole } from "./facts.ts";
export type { Finding, Fix, Report, Severity } from "./finding.ts";
export type { EngineFacts, ImageFacts, SandboxedAgent, SandboxFacts } from "./sandbox-facts.ts";
