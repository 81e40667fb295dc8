/**
 * Whether a run may reach another session, or have another agent work for it. Pure and total over finite facts.
 * INVARIANT: whatever is not plainly granted is denied, a value outside the domain included (proof/run-laws.test.ts).
 */
import type { SessionCheck, SessionFacts } from "./tool-facts.ts";
import { session, type RunOutcome } from "./tool-outcome.ts";

export function sessionCore(facts: SessionFacts): RunOutcome<SessionCheck> {
  if (facts.call !== "allowed") return session.denied;
  if (facts.operation === "spawn") return spawnCore(facts);
  if (facts.operation !== "list" && facts.operation !== "read" && facts.operation !== "send")
    return session.denied;
  if (facts.target === "own" || facts.target === "spawned") return session.own;
  if (facts.run !== "turn") return session.outsideRun;
  const isTrusted = facts.standing === "listed" || facts.standing === "owner";
  if (!isTrusted || facts.sessions !== "agent") return session.ofAnother;
  if (facts.isSandboxed !== false && facts.visibility !== "all") return session.notVisible;
  if (facts.target === "same-agent" || (facts.target === "other-agent" && facts.isReachable === true))
    return session.others;
  return session.notReachable;
}

/** A child inherits the origin, so what it may do as that agent is decided at each of its own calls. */
function spawnCore(facts: SessionFacts): RunOutcome<SessionCheck> {
  if (facts.isReachable !== true) return session.notReachable;
  return facts.isLessConfined === false ? session.others : session.lessConfined;
}
