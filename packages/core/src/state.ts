/** What the config does not hold of a sender: approval, profile, budget. Looked up anew for every decision. */
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

/** The profile of the least rights that a config always has. */
const leastProfile = "stranger";

/**
 * INVARIANT: when the pairing store cannot be read, nobody counts as paired, and whoever is no owner has a stranger's rights,
 * since a profile might have narrowed theirs (judge.test.ts). Whom the config lists is still heard.
 */
export function stateOf(event: Whose, { grant }: Pick<StatePorts, "grant">): StateFacts {
  const { id } = event.sender;
  if (id === null) return {};
  try {
    const held = grant(event.provider, event.account, id);
    return { isPaired: event.chat.kind === "dm" && held !== undefined, profile: held?.profile ?? null };
  } catch {
    return { isPaired: false, profile: leastProfile };
  }
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
