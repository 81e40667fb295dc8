/** Asks the policy about an event, with the state it needs. The one place where an event's standing is found out. */
import { pairingFacts } from "@clawd/pairing";
import type { Decision, Policy, StateFacts } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import { messageRequest, type PatternMention } from "./request.ts";

export interface JudgePorts {
  /** The policy in force now. */
  readonly policy: () => Policy;
  /**
   * What the sender is approved as in the pairing store of this provider and account, now; undefined when they are not.
   * Throws when that cannot be read.
   */
  readonly grant: (
    provider: string,
    account: string,
    sender: string,
  ) => { readonly profile: string | null } | undefined;
  /** The activation that an owner set for the session. */
  readonly activation: (agent: string, session: string) => "mention" | "always" | null;
  /** The owner's own mention patterns of the agent, tried on the text. */
  readonly matchMention: (agent: string, text: string) => PatternMention;
}

const noPattern: PatternMention = { matched: false, available: false };

/**
 * Total. INVARIANT: when the pairing store cannot be read, nobody counts as paired and nobody has a profile that exists
 * (judge.test.ts). A group asks twice, since the patterns and the activation belong to the agent that the first answer names.
 */
export function judge(event: InboundEvent, ports: JudgePorts): Decision {
  const policy = ports.policy();
  const state = stateOf(event, ports);
  const first = policy.decide(messageRequest(event, noPattern), state);
  if (event.chat.kind === "dm" || first.agent === null || first.session === null) return first;
  const pattern = ports.matchMention(first.agent, event.text);
  const activation = ports.activation(first.agent, first.session);
  if (!pattern.matched && !pattern.available && activation === null) return first;
  const request = messageRequest(event, pattern);
  return policy.decide(request, { ...state, activation });
}

/** Also for groups, where an approval admits nobody: what its profile takes from its holder it takes there too. */
function stateOf({ chat, sender, provider, account }: InboundEvent, ports: JudgePorts): StateFacts {
  const { id } = sender;
  return id === null ? {} : pairingFacts(chat.kind === "dm", () => ports.grant(provider, account, id));
}
