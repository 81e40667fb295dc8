/**
 * The first half of the road: stored, decided and recorded in one step, before the network is told "received".
 * Of an event that goes no further only its key is kept, none of its words.
 */
import type { Clock } from "@clawd/kernel";
import { commandRights, type Decision, type Obligation } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Store } from "@clawd/store";
import { decisionRecord } from "./decision-record.ts";

export interface Accepted {
  /** Inbox id. */
  readonly id: number;
  readonly event: InboundEvent;
}

export interface IntakePorts {
  readonly clock: Clock;
  readonly store: Pick<Store, "inbox" | "audit" | "refusals" | "transaction">;
  readonly judge: (event: InboundEvent) => Decision;
  /** Keeps the text as context of its group. */
  readonly remember: (session: string, event: InboundEvent) => void;
  /** Keeps what the provider of the event must know after a restart; called inside the transaction. */
  readonly keepNote: (event: InboundEvent) => void;
  /** Asks for pairing; called inside the transaction, so it may enqueue. False when that has to wait. Never throws. */
  readonly challenge: (event: InboundEvent) => boolean;
  /** Says that the sender's budget is spent; called inside the transaction, so it may enqueue. */
  readonly tellSpent: (event: InboundEvent) => void;
}

/**
 * Stores and decides a batch. Returns what must be acted on.
 * @throws what the store throws (CLAWD_DISK_FULL, …): then nothing of the batch was stored, and it must be delivered again.
 */
export function takeIn(events: readonly InboundEvent[], ports: IntakePorts): readonly Accepted[] {
  const remembered: (() => void)[] = [];
  const accepted = ports.store.transaction(() => {
    for (const event of onePerAccount(events)) ports.keepNote(event);
    return events.flatMap((event) => {
      const decision = ports.judge(event);
      const isChallenged = has(decision, "send-pairing-code");
      const isPending = actsOn(decision) || isChallenged;
      const { outcome, id } = ports.store.inbox.put({
        provider: event.provider,
        account: event.account,
        eventId: event.eventId,
        receivedAt: ports.clock.now(),
        body: isPending ? JSON.stringify(event) : null,
        state: isPending ? "pending" : "finished",
      });
      if (outcome === "duplicate") return [];
      const record = decisionRecord(event, decision, "received");
      // Whoever starts nothing must not make the record grow at their pace.
      if (decision.effect === "allow") ports.store.audit.append(record);
      else ports.store.refusals.record(record, kindOf(event));
      const { session } = decision;
      if (has(decision, "remember-as-context") && session !== null)
        remembered.push(() => ports.remember(session, event));
      if (has(decision, "tell-budget-spent")) ports.tellSpent(event);
      if (isChallenged && ports.challenge(event)) {
        ports.store.inbox.finish(id);
        return [];
      }
      return isPending ? [{ id, event }] : [];
    });
  });
  for (const remember of remembered) remember();
  return accepted;
}

function onePerAccount(events: readonly InboundEvent[]): Iterable<InboundEvent> {
  if (events.length < 2) return events;
  return new Map(events.map((event) => [`${event.provider}:${event.account}`, event])).values();
}

const known: ReadonlySet<string> = new Set<Obligation["kind"]>([
  "send-pairing-code",
  "remember-as-context",
  "start-turn",
  "run-command",
  "stay-silent",
  "tell-budget-spent",
  "count-against-budget",
]);

/** INVARIANT: an effect needs `allow`, an obligation that names it, and no obligation that is unknown here (intake.test.ts). */
export function actsOn(decision: Decision): boolean {
  if (decision.effect !== "allow" || decision.obligations.some(({ kind }) => !known.has(kind))) return false;
  return has(decision, "start-turn") || has(decision, "run-command");
}

function has(decision: Decision, kind: Obligation["kind"]): boolean {
  return decision.obligations.some((obligation) => obligation.kind === kind);
}

/** Commands are told apart, as far as there are any of that name: whoever makes names up makes no kinds. */
function kindOf({ kind, command }: InboundEvent): string {
  return command !== null && Object.hasOwn(commandRights, command.name) ? `${kind} /${command.name}` : kind;
}
