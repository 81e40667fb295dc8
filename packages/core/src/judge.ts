/** Asks the policy about an event, with the state it needs. The one place where an event's standing is found out. */
import type { Decision, Policy, StateFacts } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import { messageRequest, type PatternMention } from "./request.ts";
import { budgetSubject, decideWithinBudget, stateOf, type StatePorts, turnOf } from "./state.ts";

export interface JudgePorts extends StatePorts {
  /** The policy in force now. */
  readonly policy: () => Policy;
  /** The activation that an owner set for the session. */
  readonly activation: (agent: string, session: string) => "mention" | "always" | null;
  /** The owner's own mention patterns of the agent, tried on the text. */
  readonly matchMention: (agent: string, text: string) => PatternMention;
}

const noPattern: PatternMention = { matched: false, available: false };

/** Total. A group asks twice, since the patterns and the activation belong to the agent that the first answer names. */
export function judge(event: InboundEvent, ports: JudgePorts): Decision {
  const policy = ports.policy();
  const known = stateOf(event, ports);
  const decide = (pattern: PatternMention, more: StateFacts = {}): Decision =>
    decideWithinBudget(
      (isWithinBudget) =>
        policy.decide(messageRequest(event, pattern), { ...known, ...more, isWithinBudget }),
      () => ports.usage.read(budgetSubject(event), turnOf(event)),
    );
  const first = decide(noPattern);
  if (event.chat.kind === "dm" || first.agent === null || first.session === null) return first;
  const pattern = ports.matchMention(first.agent, event.text);
  const activation = ports.activation(first.agent, first.session);
  if (!pattern.matched && !pattern.available && activation === null) return first;
  return decide(pattern, { activation });
}
