/** A decision as a line of the audit record: identities and rules, no words of anybody. */
import type { Decision } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { AuditEntry } from "@clawd/store";

/** @param stage `received`: on arrival; `started`: again, right before the effect, because it waited in between. */
export function decisionRecord(
  event: InboundEvent,
  decision: Decision,
  stage: "received" | "started",
): AuditEntry {
  const { chat } = event;
  return {
    kind: "access-decision",
    provider: event.provider,
    account: event.account,
    chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
    sender: event.sender.id,
    session: decision.session,
    agent: decision.agent,
    effect: decision.effect,
    code: decision.code,
    rules: decision.rules,
    policy: decision.policy,
    detail: { event: event.kind, eventId: event.eventId, stage },
  };
}
