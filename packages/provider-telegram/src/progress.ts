/** How much of a message that needs several calls is sent. Docs: decisions/004-answered-once-on-telegram.md. */
import { createLru, type OutboundMessage } from "@clawd/provider-kit";

type Delivery = Pick<OutboundMessage, "deliveryId">;

export interface Progress {
  /** How many of its parts have arrived, as far as is known. */
  readonly done: (message: Delivery) => number;
  readonly note: (message: Delivery, parts: number) => void;
}

export function createProgress(): Progress {
  const known = createLru<string, number>(1000);
  return {
    done: ({ deliveryId }) => known.get(deliveryId) ?? 0,
    note: ({ deliveryId }, parts) => known.set(deliveryId, parts),
  };
}
