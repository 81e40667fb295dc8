/**
 * What docs/decisions/006 says of a call, sentence by sentence: each refusal alone, in the order in which they are given, and
 * the place of whatever is not refused. The laws compare the core with this.
 */
import type { DecisionCode, Place } from "../src/decision.ts";
import type { ToolFacts } from "../src/tool-facts.ts";

/** `mode` is `all`, or `non-main` and the session is not the owner's own, which only a turn has. */
export function isSandboxed({ mode, isMain, run }: ToolFacts): boolean {
  return mode === "all" || (mode === "non-main" && (!isMain || run !== "turn"));
}

export const worksInGateway = ({ kind }: ToolFacts): boolean => kind === "gateway" || kind === "admin";

/** All the gates at once: the call asks for it, every switch and list agrees, a person of standing wrote, in this turn. */
export const isElevated = ({ elevated, kind, standing, run }: ToolFacts): boolean =>
  elevated === "open" && kind === "exec" && run === "turn" && (standing === "listed" || standing === "owner");

/** Where the call works, if it works at all. */
export function placeOf(facts: ToolFacts): Place {
  if (worksInGateway(facts)) return "gateway";
  return isSandboxed(facts) && !isElevated(facts) ? "sandbox" : "host";
}

export const ownersOwnSession = ({ standing, isMain, run }: ToolFacts): boolean =>
  standing === "owner" && isMain && run === "turn";

/** An owner is asked first. */
export function asksOwner(facts: ToolFacts): boolean {
  const place = placeOf(facts);
  if (place === "sandbox") return false;
  return facts.asks || (place === "host" && facts.kind === "exec" && !ownersOwnSession(facts));
}

const mayUse = (facts: ToolFacts): Readonly<Record<Place, boolean>> => ({
  sandbox: facts.mayUseSandbox,
  host: facts.mayUseHost,
  gateway: facts.mayUseGateway,
});

/** Every refusal with what it depends on. The first that applies is the one that is told. */
export const refusals: readonly (readonly [DecisionCode, (facts: ToolFacts) => boolean])[] = [
  ["bad-request", ({ standing }) => standing === "refused"],
  ["profile-unknown", ({ profile }) => profile === "unknown"],
  ["agent-not-allowed", ({ agent }) => agent === "withheld"],
  ["tool-not-allowed", ({ lists }) => lists === "refuses"],
  [
    "owner-only-tool",
    ({ kind, standing, run }) => kind === "admin" && (standing !== "owner" || run !== "turn"),
  ],
  ["tool-not-in-sandbox", (facts) => isSandboxed(facts) && facts.sandboxLists === "refuses"],
  [
    "tool-not-in-sandbox",
    (facts) =>
      isSandboxed(facts) && facts.sandboxLists === "unlisted" && !(worksInGateway(facts) && facts.isNamed),
  ],
  ["elevated-not-allowed", (facts) => facts.elevated !== "no" && !isElevated(facts)],
  [
    "workspace-read-only",
    (facts) => placeOf(facts) === "sandbox" && facts.kind === "write" && facts.workspaceAccess === "ro",
  ],
  ["host-not-allowed", (facts) => placeOf(facts) === "host" && facts.standing === "stranger"],
  ["place-not-allowed", (facts) => !mayUse(facts)[placeOf(facts)]],
];

/** Null: the call is granted. */
export function refusalOf(facts: ToolFacts): DecisionCode | null {
  return refusals.find(([, applies]) => applies(facts))?.[0] ?? null;
}
