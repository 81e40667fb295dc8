/**
 * Whether a run may write to a chat. Pure and total over finite facts.
 * INVARIANT: whatever is not plainly granted is denied, a value outside the domain included (proof/run-laws.test.ts).
 */
import type { SendFacts } from "./tool-facts.ts";
import { send, type RunOutcome } from "./tool-outcome.ts";
import type { SendCheck } from "./tool-facts.ts";

export function sendCore(facts: SendFacts): RunOutcome<SendCheck> {
  if (facts.call !== "allowed") return send.denied;
  if (facts.target === "here") return send.here;
  const mayGoElsewhere = facts.standing === "listed" || facts.standing === "owner";
  if (!mayGoElsewhere || facts.sends !== "accepted") return send.withheld;
  return facts.target === "accepted" ? send.elsewhere : send.refused;
}
