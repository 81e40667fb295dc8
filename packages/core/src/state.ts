/** What the config does not hold of a sender: approval, profile, budget. Looked up anew for every decision. */
import { pairingFacts } from "@clawd/pairing";
import type { Budget, Decision, StateFacts } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Usage, Used } from "@clawd/store";

export interface StatePorts {
  /** The sender's approval in the pairing store of this provider and account; throws when that cannot be read. */
  readonly grant: (
    provider: string,
    account: string,
    sender: string,
  ) => { readonly profile: string | null } | undefined;
  readonly usage: Pick<Usage, "read">;
}

/** The facts of an event that its sender's state hangs on. */
export interface Whose extends Pick<InboundEvent, "provider" | "account"> {
  readonly chat: Pick<InboundEvent["chat"], "kind">;
  readonly sender: Pick<InboundEvent["sender"], "id">;
}

/** INVARIANT: a pairing store that cannot be read approves nobody and takes rights away (judge.test.ts; `pairingFacts`). */
export function stateOf(event: Whose, { grant }: Pick<StatePorts, "grant">): StateFacts {
  const { id } = event.sender;
  return id === null ? {} : pairingFacts(event.chat, () => grant(event.provider, event.account, id));
}

/** Who a budget is counted for: one person at one network, under whichever account they write to. */
export const budgetSubject = ({ provider, sender }: InboundEvent): string => `${provider}:${sender.id ?? ""}`;

/** Names the turn that an event starts for good, also after the runtime state was deleted. */
export const turnOf = ({ provider, account, eventId }: InboundEvent): string =>
  JSON.stringify([provider, account, eventId]);

/**
 * Decides as if something were left of the budget, and where the decision counts against one that is spent, decides again
 * without that.
 */
export function decideWithinBudget(
  decide: (isWithinBudget: boolean) => Decision,
  used: () => Used,
): Decision {
  const decision = decide(true);
  const budgets = decision.obligations.filter((obligation) => obligation.kind === "count-against-budget");
  if (budgets.length === 0) return decision;
  const soFar = used();
  return budgets.every(({ budget }) => isLeft(budget, soFar)) ? decision : decide(false);
}

function isLeft({ turnsPerHour, turnsPerDay, tokensPerDay }: Budget, used: Used): boolean {
  return (
    used.turnsThisHour < (turnsPerHour ?? Number.POSITIVE_INFINITY) &&
    used.turnsToday < (turnsPerDay ?? Number.POSITIVE_INFINITY) &&
    used.tokensToday < (tokensPerDay ?? Number.POSITIVE_INFINITY)
  );
}
