/** Tells whoever has used up a budget so: once an hour for each person, who keeps writing is not answered each time. */
import type { Clock } from "@clawd/kernel";
import type { InboundEvent } from "@clawd/provider-kit";
import { answerTo, type Enqueue } from "./outgoing.ts";
import { budgetSubject } from "./state.ts";

const hour = 3_600_000;
/** People who are told in one hour; a crowd of fresh ids is not answered one by one. */
const mostTold = 1000;
const text = "You have used up what you may use for now. Please write again later.";

export function createSpentNotice(ports: { readonly clock: Clock; readonly enqueue: Enqueue }) {
  /** When each person last heard it. */
  const told = new Map<string, number>();

  return (event: InboundEvent): void => {
    const subject = budgetSubject(event);
    const now = ports.clock.now();
    if (now - (told.get(subject) ?? Number.NEGATIVE_INFINITY) < hour) return;
    for (const [known, at] of told) if (now - at >= hour) told.delete(known);
    if (told.size >= mostTold) return;
    told.set(subject, now);
    ports.enqueue({
      ...answerTo(event),
      text,
      deliveryId: `budget:${event.provider}:${event.account}:${event.eventId}`,
      purpose: "reply",
      session: null,
      cause: null,
    });
  };
}
