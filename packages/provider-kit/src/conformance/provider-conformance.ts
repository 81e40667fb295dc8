/** The suite that every provider passes, ours and a stranger's alike. */
import type { ProviderCapabilities } from "../provider.ts";
import { buttonCases } from "./button-cases.ts";
import { fetchingCases } from "./fetching-cases.ts";
import { fileCases } from "./file-cases.ts";
import { intakeCases } from "./intake-cases.ts";
import { lifecycleCases } from "./lifecycle-cases.ts";
import { declareCases, skipFault, type Runner, type Skip } from "./runner.ts";
import { sendingCases } from "./sending-cases.ts";
import { inWorld, type WorldOptions } from "./world.ts";

export interface ProviderConformanceOptions<Settings> extends WorldOptions<Settings> {
  /** Shown in the names of the tests. */
  readonly name: string;
  /** What this network cannot, each with its reason. A test that is not named here runs, and fails where something is missing. */
  readonly skip: readonly Skip[];
}

/** The test that proves a capability; who claims the one cannot skip the other. */
const proofs: Readonly<Partial<Record<keyof ProviderCapabilities, string>>> = {
  threads: "facts-thread",
  edits: "edits",
  reactions: "reactions",
  buttons: "button-press",
  typing: "typing",
  idempotentSend: "idempotent-send",
};

/** What the provider's own declaration leaves out; it is printed like every skip. */
function withoutFiles({ send, receive }: ProviderCapabilities["files"]): readonly Skip[] {
  const skipped = (cases: readonly { readonly id: string }[], reason: string) =>
    cases.map(({ id }) => ({ test: id, reason }));
  return [
    ...(receive ? [] : skipped(fetchingCases, "it declares that it receives no files")),
    ...(send ? [] : skipped(fileCases, "it declares that it sends no files")),
  ];
}

/**
 * Declares the tests. They need `node:assert` and `process`, and no particular test runner:
 * `providerConformance({ … }, { describe, test })`.
 * @throws CLAWD_CONFORMANCE_SKIP when a skip is wrong, or hides a capability that the provider claims.
 */
export function providerConformance<Settings>(
  options: ProviderConformanceOptions<Settings>,
  runner: Runner,
): void {
  const { name, provider, skip } = options;
  for (const [capability, test] of Object.entries(proofs)) {
    const isClaimed = provider.capabilities[capability as keyof ProviderCapabilities] === true;
    if (isClaimed && skip.some((candidate) => candidate.test === test)) {
      throw skipFault(
        `${name} claims "${capability}" and skips "${test}", the test that proves it.`,
        "Remove the skip, or the claim.",
      );
    }
  }
  checkFileSkips(name, provider.capabilities.files, skip);
  const cases = [
    ...lifecycleCases,
    ...intakeCases,
    ...sendingCases,
    ...(provider.capabilities.buttons ? buttonCases : []),
    ...fetchingCases,
    ...fileCases,
  ];
  const skips = [...skip, ...withoutFiles(provider.capabilities.files)];
  declareCases(`provider conformance: ${name}`, cases, skips, runner, (body) => inWorld(options, body));
}

/** Whether files come and go is said in the capabilities, whole; only what a network has no notion of can be skipped. */
function checkFileSkips(
  name: string,
  { send, receive }: ProviderCapabilities["files"],
  skips: readonly Skip[],
): void {
  const proofOf = { "file-facts": receive, "file-send": send };
  for (const [test, isClaimed] of Object.entries(proofOf)) {
    if (isClaimed && skips.some((skip) => skip.test === test)) {
      throw skipFault(
        `${name} claims "files" and skips "${test}", the test that proves it.`,
        "Remove the skip, or the claim.",
      );
    }
  }
}
