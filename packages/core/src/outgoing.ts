/** Puts texts for a chat into the outbox, in pieces that its network takes. */
import { type InboundEvent, splitText } from "@clawd/provider-kit";
import type { OutboxMessage, Store } from "@clawd/store";
import type { Connections } from "./connections.ts";

/**
 * Stores an answer to the chat that the event came from. They are sent once the transaction around this is over. The same
 * `deliveryId` again changes nothing.
 */
export type Enqueue = (
  event: InboundEvent,
  text: string,
  message: Pick<OutboxMessage, "deliveryId" | "purpose" | "session" | "cause">,
) => void;

/** @param wake looks for messages to send, after the current work */
export function createEnqueue(ports: {
  readonly store: Pick<Store, "outbox">;
  readonly connections: Pick<Connections, "get">;
  readonly wake: () => void;
}): Enqueue {
  const { store, connections, wake } = ports;
  return (event, text, message) => {
    const limit = connections.get(event.provider, event.account)?.provider.capabilities.maxTextLength ?? 4000;
    for (const [index, piece] of splitText(text, limit).entries()) {
      store.outbox.enqueue({
        ...message,
        deliveryId: index === 0 ? message.deliveryId : `${message.deliveryId}:${index}`,
        provider: event.provider,
        account: event.account,
        chat: { kind: event.chat.kind, id: event.chat.id, thread: event.chat.thread },
        text: piece,
        replyToMessageId: index === 0 ? event.messageId : null,
      });
    }
    wake();
  };
}
