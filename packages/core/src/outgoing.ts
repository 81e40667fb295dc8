/** Puts messages into the outbox, in pieces that their network takes, files with the first; what it has no buttons for is written out. */
import { buttonLimits, fitsButton, type InboundEvent, splitText, writtenOut } from "@clawd/provider-kit";
import type { OutboxMessage, Store } from "@clawd/store";
import type { Connections } from "./connections.ts";

/**
 * Stores a message with a text and buttons of any length. It is sent once the transaction around this is over. The same
 * `deliveryId` again changes nothing.
 */
export type Enqueue = (message: OutboxMessage) => void;

/** @param wake looks for messages to send, after the current work */
export function createEnqueue(ports: {
  readonly store: Pick<Store, "outbox">;
  readonly connections: Pick<Connections, "get">;
  readonly wake: () => void;
}): Enqueue {
  const { store, connections, wake } = ports;
  return ({ buttons = [], answersPress = false, files = [], ...message }) => {
    const capabilities = connections.get(message.provider, message.account)?.provider.capabilities;
    const isShown = new Set(
      capabilities?.buttons ? buttons.filter(fitsButton).slice(0, buttonLimits.count) : [],
    );
    const written = buttons.filter((button) => !isShown.has(button));
    const text = written.length === 0 ? message.text : `${message.text}\n${writtenOut(written)}`;
    const split = splitText(text, capabilities?.maxTextLength ?? 4000);
    const pieces = split.length === 0 && files.length > 0 ? [""] : split;
    for (const [index, piece] of pieces.entries()) {
      store.outbox.enqueue({
        ...message,
        deliveryId: index === 0 ? message.deliveryId : `${message.deliveryId}:${index}`,
        text: piece,
        replyToMessageId: index === 0 ? message.replyToMessageId : null,
        ...(index === 0 && answersPress && { answersPress }),
        ...(index === 0 && files.length > 0 && { files }),
        ...(index === pieces.length - 1 && isShown.size > 0 && { buttons: [...isShown] }),
      });
    }
    wake();
  };
}

/** Where an answer to the event goes. */
export function answerTo({ kind, provider, account, chat, messageId }: InboundEvent) {
  return {
    provider,
    account,
    chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
    replyToMessageId: messageId,
    ...(kind === "button" && { answersPress: true }),
  };
}
