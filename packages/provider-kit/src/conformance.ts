export { providerConformance, type ProviderConformanceOptions } from "./conformance/provider-conformance.ts";
export { networkConformance, type NetworkConformanceOptions } from "./conformance/network-conformance.ts";
export type {
  ConformanceHarness,
  CreateHarness,
  Disturbance,
  Expected,
  Happening,
  Press,
  SentFile,
  ShownMessage,
} from "./conformance/harness.ts";
export type { Runner, Skip, TestFunction } from "./conformance/runner.ts";
