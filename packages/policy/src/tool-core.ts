/**
 * What a run may touch, and where. Pure and total over finite facts, like `core.ts`.
 * INVARIANT: whatever is not plainly granted is denied, a value outside the domain included (proof/tool-laws.test.ts).
 */
import type { ToolFacts } from "./tool-facts.ts";
import { tool, type ToolOutcome } from "./tool-outcome.ts";

export function toolCore(facts: ToolFacts): ToolOutcome {
  if (!isPerson(facts)) return tool.notAdmitted;
  if (facts.profile !== "fits") return tool.unknownProfile;
  if (facts.agent !== "granted") return tool.agentWithheld;
  if (facts.lists !== "pass") return tool.unlisted;
  if (facts.kind === "admin" && (facts.standing !== "owner" || facts.run !== "turn")) return tool.forOwners;
  const isSandboxed = worksInSandbox(facts);
  if (isSandboxed && !passesSandboxLists(facts)) return tool.notInSandbox;
  if (facts.kind === "gateway" || facts.kind === "admin") return inGateway(facts);
  if (facts.elevated === "no") return isSandboxed ? inSandbox(facts) : onHost(facts);
  return mayBeElevated(facts) ? onHost(facts) : tool.notElevated;
}

const isPerson = ({ standing }: ToolFacts): boolean =>
  standing === "stranger" || standing === "listed" || standing === "owner";

/** Everything but what the config takes out of the sandbox: a mode that is none of the known ones takes out nothing. */
export function worksInSandbox({ mode, run, isMain }: Pick<ToolFacts, "mode" | "run" | "isMain">): boolean {
  if (mode === "off") return false;
  return !(mode === "non-main" && run === "turn" && isMain === true);
}

/** The built-in allow list gives way to an agent that names a tool which runs nothing. No deny list does. */
function passesSandboxLists({ sandboxLists, kind, isNamed }: ToolFacts): boolean {
  if (sandboxLists === "pass") return true;
  const runsNothing = kind === "gateway" || kind === "admin";
  return sandboxLists === "unlisted" && runsNothing && isNamed === true;
}

function inGateway(facts: ToolFacts): ToolOutcome {
  if (facts.elevated !== "no") return tool.notElevated;
  if (facts.mayUseGateway !== true) return tool.placeWithheld.gateway;
  return facts.asks === false ? tool.inGateway : tool.inGatewayAsking;
}

function inSandbox(facts: ToolFacts): ToolOutcome {
  if (facts.kind !== "exec" && facts.kind !== "session" && facts.kind !== "write") return tool.unlisted;
  if (facts.kind === "write" && facts.workspaceAccess !== "none" && facts.workspaceAccess !== "rw")
    return tool.readOnly;
  return facts.mayUseSandbox === true ? tool.inSandbox : tool.placeWithheld.sandbox;
}

/** Strangers never get here, and every command waits for an owner unless it is the owner's own session that gives it. */
function onHost(facts: ToolFacts): ToolOutcome {
  if (facts.standing === "stranger") return tool.hostForStranger;
  if (facts.kind !== "exec" && facts.kind !== "session" && facts.kind !== "write") return tool.unlisted;
  if (facts.mayUseHost !== true) return tool.placeWithheld.host;
  const isAtHome = facts.isMain === true && facts.run === "turn" && facts.standing === "owner";
  const asks = facts.asks !== false || (facts.kind === "exec" && !isAtHome);
  return asks ? tool.onHostAsking : tool.onHost;
}

function mayBeElevated({ elevated, kind, run, standing }: ToolFacts): boolean {
  return elevated === "open" && kind === "exec" && run === "turn" && standing !== "stranger";
}
