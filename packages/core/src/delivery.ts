/**
 * The outbox at work: each message goes to its network once, in order within its chat.
 * INVARIANT: a message whose sending was cut off is sent again only when the network shows that it never arrived
 * (delivery.test.ts); when that cannot be told, it is not repeated, and the audit record says so.
 */
import { type Clock, isClawdError, type Logger, messageOf } from "@clawd/kernel";
import { type OutboundMessage, SendError } from "@clawd/provider-kit";
import type { OutboxEntry, Store } from "@clawd/store";
import type { Connections } from "./connections.ts";
import { keepNote } from "./provider-note.ts";

export interface DeliveryPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Pick<Store, "outbox" | "audit" | "notes" | "transaction">;
  readonly connections: Pick<Connections, "get">;
  /** Told of each message that is settled. */
  readonly onSettled: (entry: OutboxEntry, outcome: "sent" | "rejected") => void;
}

export interface Delivery {
  /** Looks for messages to send, after the current work: call it with each `enqueue` and when a provider comes back. */
  wake(): void;
  /** Takes nothing new and waits for what is being sent, at most `graceMilliseconds`. */
  stop(graceMilliseconds: number): Promise<void>;
}

/** Milliseconds before the next try of a message that was not sent; the last repeats. */
const retryPauses = [500, 1000, 2000, 5000, 15_000, 60_000];
/** A message that could not be sent in a day is given up. */
const giveUpAfterMilliseconds = 24 * 60 * 60 * 1000;

export function createDelivery({ clock, logger, store, connections, onSettled }: DeliveryPorts): Delivery {
  const { outbox } = store;
  const inFlight = new Map<number, Promise<void>>();
  const stopping = new AbortController();
  let timer: { readonly at: number; readonly cancel: AbortController } | undefined;
  let woken = false;
  let closed = false;
  /** Only an earlier process leaves such messages behind. */
  let hasUnsettled = true;

  function wake(): void {
    if (woken || closed) return;
    woken = true;
    queueMicrotask(() => {
      woken = false;
      if (!closed) look();
    });
  }

  function look(): void {
    try {
      if (hasUnsettled) {
        const unsettled = outbox.unsettled();
        hasUnsettled = unsettled.length > 0;
        for (const entry of unsettled) track(entry, settle);
      }
      for (const entry of outbox.due(clock.now())) track(entry, send);
      schedule();
    } catch (fault) {
      logger.error("the outbox cannot be read", { code: codeOf(fault), reason: messageOf(fault) });
      void clock.sleep(retryPauses.at(-1)!, stopping.signal).then(wake);
    }
  }

  function track(entry: OutboxEntry, work: (entry: OutboxEntry) => Promise<void>): void {
    if (inFlight.has(entry.id) || connectionOf(entry)?.state.state !== "connected") return;
    const task = work(entry)
      .catch((fault: unknown) => {
        // The store itself failed: the row stays as it is, and the next start settles it.
        logger.error("delivery failed", {
          ...fieldsOf(entry),
          code: codeOf(fault),
          reason: messageOf(fault),
        });
      })
      .finally(() => {
        inFlight.delete(entry.id);
        wake();
      });
    inFlight.set(entry.id, task);
  }

  function connectionOf(entry: OutboxEntry) {
    return connections.get(entry.provider, entry.account);
  }

  async function send(entry: OutboxEntry): Promise<void> {
    const link = connectionOf(entry)!.link;
    const message = messageFrom(entry);
    outbox.beginSend(entry.id, link.attempt(message));
    try {
      const { messageId } = await link.send(message, stopping.signal);
      finish(entry, "sent", messageId);
    } catch (fault) {
      failed(entry, fault);
    }
  }

  function failed(entry: OutboxEntry, fault: unknown): void {
    const outcome = fault instanceof SendError ? fault.outcome : "unknown";
    const idempotent = connectionOf(entry)?.provider.capabilities.idempotentSend === true;
    if (outcome === "rejected") return finish(entry, "rejected", codeOf(fault));
    if (outcome === "unknown" && !idempotent) return leaveUnsettled(entry, fault);
    if (clock.now() - entry.enqueuedAt > giveUpAfterMilliseconds) return finish(entry, "rejected", "gave-up");
    const asked = fault instanceof SendError ? fault.retryAfterMs : undefined;
    const pause = asked ?? retryPauses[Math.min(entry.attempts, retryPauses.length - 1)]!;
    logger.warn("message not sent; trying again", { ...fieldsOf(entry), code: codeOf(fault), pause });
    outbox.retryAt(entry.id, clock.now() + pause, codeOf(fault));
  }

  /** The answer was lost: asks the network, after a pause, whether the message is there. */
  function leaveUnsettled(entry: OutboxEntry, fault: unknown): void {
    logger.warn("message may have been sent; checking", { ...fieldsOf(entry), code: codeOf(fault) });
    const task = clock.sleep(retryPauses[0]!, stopping.signal).then(async () => {
      if (!stopping.signal.aborted) await settle(entry);
    });
    inFlight.set(
      entry.id,
      task.catch(() => {}).finally(() => (inFlight.delete(entry.id), wake())),
    );
  }

  async function settle(entry: OutboxEntry): Promise<void> {
    const connection = connectionOf(entry)!;
    const message = messageFrom(entry);
    if (connection.provider.capabilities.idempotentSend) return outbox.retryAt(entry.id, 0, "cut-off");
    const answer = await connection.link.confirm(message, entry.attempt ?? "");
    logger.info("a message whose sending was cut off is", { ...fieldsOf(entry), answer });
    if (answer === "sent") finish(entry, "sent", "");
    else if (answer === "not-sent") outbox.retryAt(entry.id, 0, "cut-off");
    else finish(entry, "rejected", "delivery-unknown");
  }

  function finish(entry: OutboxEntry, outcome: "sent" | "rejected", detail: string): void {
    store.transaction(() => {
      if (outcome === "sent") outbox.sent(entry.id, detail);
      if (outcome === "sent") keepNote(entry, { store, connections });
      else outbox.reject(entry.id, detail);
      if (outcome === "rejected") store.audit.append(rejection(entry, detail));
    });
    if (outcome === "rejected") logger.error("message rejected", { ...fieldsOf(entry), reason: detail });
    onSettled(entry, outcome);
  }

  function schedule(): void {
    const at = outbox.nextDueAt();
    if (at === null || at <= clock.now() || timer?.at === at) return;
    timer?.cancel.abort();
    const cancel = new AbortController();
    timer = { at, cancel };
    void clock.sleep(at - clock.now(), AbortSignal.any([cancel.signal, stopping.signal])).then(() => {
      if (timer?.cancel === cancel) timer = undefined;
      if (!cancel.signal.aborted) wake();
    });
  }

  return {
    wake,
    async stop(graceMilliseconds) {
      closed = true;
      timer?.cancel.abort();
      const cut = setTimeout(() => stopping.abort(), graceMilliseconds);
      while (inFlight.size > 0 && !stopping.signal.aborted) {
        await Promise.race([Promise.allSettled(inFlight.values()), aborted(stopping.signal)]);
      }
      clearTimeout(cut);
      stopping.abort();
      // A provider that does not heed the signal is left behind: its message is settled at the next start.
      await Promise.race([
        Promise.allSettled(inFlight.values()),
        new Promise((resolve) => setTimeout(resolve, 200)),
      ]);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function messageFrom(entry: OutboxEntry): OutboundMessage {
  return {
    deliveryId: entry.deliveryId,
    chat: entry.chat as OutboundMessage["chat"],
    text: entry.text,
    replyToMessageId: entry.replyToMessageId,
  };
}

function codeOf(fault: unknown): string {
  return isClawdError(fault) ? fault.code : "CLAWD_PROVIDER_CRASHED";
}

function fieldsOf(entry: OutboxEntry) {
  return {
    provider: entry.provider,
    account: entry.account,
    delivery: entry.deliveryId,
    purpose: entry.purpose,
  };
}

function rejection(entry: OutboxEntry, reason: string) {
  return {
    kind: "message-rejected",
    provider: entry.provider,
    account: entry.account,
    chat: entry.chat,
    session: entry.session,
    detail: { delivery: entry.deliveryId, purpose: entry.purpose, reason },
  };
}
