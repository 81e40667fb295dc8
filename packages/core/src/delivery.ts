/**
 * The outbox at work: each message goes to its network once, in order within its chat. Waits for the disk are shared: what was
 * sent is recorded together with what comes next, and nothing leaves before the commit that says so.
 * INVARIANT: a message whose sending was cut off is sent again only when the network shows that it never arrived
 * (delivery.test.ts); when that cannot be told, it is not repeated, and the audit record says so.
 */
import { type Clock, isClawdError, type Logger, messageOf } from "@clawd/kernel";
import { type OutboundMessage, SendError } from "@clawd/provider-kit";
import type { Media, OutboxEntry, Store } from "@clawd/store";
import type { Connections } from "./connections.ts";
import { createFilesAtOnce } from "./files/files-at-once.ts";
import { keepNote } from "./provider-note.ts";
import { outboundFile, withWholeFiles } from "./files/whole-files.ts";

export interface DeliveryPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Pick<Store, "outbox" | "audit" | "notes" | "transaction">;
  readonly connections: Pick<Connections, "get">;
  readonly media: Pick<Media, "read">;
  /** Told of each message that is settled. */
  readonly onSettled: (entry: OutboxEntry, outcome: "sent" | "rejected") => void;
}

export interface Delivery {
  /**
   * Runs `work` in a transaction; what it enqueues is on its way once that is stored, without a second wait for the disk.
   * @throws what `work` or the store throws: then nothing was stored and nothing is sent.
   */
  commit<Value>(work: () => Value): Value;
  /** Looks for messages to send, after the current work: call it with each `enqueue` and when a provider comes back. */
  wake(): void;
  /** Takes nothing new and waits for what is being sent, at most `graceMilliseconds`. */
  stop(graceMilliseconds: number): Promise<void>;
}

interface Settled {
  readonly entry: OutboxEntry;
  readonly outcome: "sent" | "rejected";
  /** The network's id of the message, or why it was not sent. */
  readonly detail: string;
}

interface Begun {
  readonly entry: OutboxEntry;
  readonly message: OutboundMessage;
}

/** Milliseconds before the next try of a message that was not sent; the last repeats. */
const retryPauses = [500, 1000, 2000, 5000, 15_000, 60_000];
/** A message that could not be sent in a day is given up. */
const giveUpAfterMilliseconds = 24 * 60 * 60 * 1000;

export function createDelivery(ports: DeliveryPorts): Delivery {
  const { clock, logger, store, connections, media, onSettled } = ports;
  const { outbox } = store;
  const inFlight = new Map<number, Promise<void>>();
  const files = createFilesAtOnce();
  const stopping = new AbortController();
  let timer: { readonly at: number; readonly cancel: AbortController } | undefined;
  /** Known here, and not yet in the store. */
  const settled: Settled[] = [];
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
        for (const entry of files.fitting(unsettled.filter(isReady))) track(entry, settle);
      }
      if (settled.length > 0 || sendable().length > 0) commit(() => {});
      schedule();
    } catch (fault) {
      logger.error("the outbox cannot be used", { code: codeOf(fault), reason: messageOf(fault) });
      void clock.sleep(retryPauses.at(-1)!, stopping.signal).then(wake);
    }
  }

  function commit<Value>(work: () => Value): Value {
    const recorded = [...settled];
    const { value, begun } = store.transaction(() => {
      for (const one of recorded) record(one);
      const result = work();
      return { value: result, begun: closed ? [] : sendable().map(begin) };
    });
    settled.splice(0, recorded.length);
    for (const { entry, outcome, detail } of recorded) {
      if (outcome === "rejected") logger.error("message rejected", { ...fieldsOf(entry), reason: detail });
      tell(entry, outcome);
    }
    for (const one of begun) track(one.entry, () => send(one));
    return value;
  }

  /** The message is settled, whatever the listener makes of it. */
  function tell(entry: OutboxEntry, outcome: "sent" | "rejected"): void {
    try {
      onSettled(entry, outcome);
    } catch (fault) {
      logger.error("a settled message was not heard of", {
        ...fieldsOf(entry),
        code: codeOf(fault),
        reason: messageOf(fault),
      });
    }
  }

  /** What stays unrecorded is looked for at the network at the next start. */
  function recordLast(): void {
    try {
      if (settled.length > 0) commit(() => {});
    } catch (fault) {
      logger.error("what was sent last is not recorded", { code: codeOf(fault), reason: messageOf(fault) });
    }
  }

  function record({ entry, outcome, detail }: Settled): void {
    if (outcome === "sent") {
      outbox.sent(entry.id, detail);
      keepNote(entry, { store, connections });
    } else {
      outbox.reject(entry.id, detail);
      store.audit.append(rejection(entry, detail));
    }
  }

  function sendable(): readonly OutboxEntry[] {
    return files.fitting(outbox.due(clock.now()).filter(isReady));
  }

  function isReady(entry: OutboxEntry): boolean {
    const isAtWork = inFlight.has(entry.id) || settled.some((one) => one.entry.id === entry.id);
    return !isAtWork && connectionOf(entry)?.state.state === "connected";
  }

  function begin(entry: OutboxEntry): Begun {
    const message = messageFrom(entry, media);
    outbox.beginSend(entry.id, connectionOf(entry)!.link.attempt(message));
    return { entry, message };
  }

  function track(entry: OutboxEntry, work: (entry: OutboxEntry) => Promise<void>): void {
    const task = files
      .during(entry, () => work(entry))
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
        // Later than a wake: messages that were sent in the same moment are recorded together.
        setImmediate(wake);
      });
    inFlight.set(entry.id, task);
  }

  function connectionOf(entry: OutboxEntry) {
    return connections.get(entry.provider, entry.account);
  }

  async function send({ entry, message }: Begun): Promise<void> {
    try {
      const whole = await withWholeFiles(message);
      const { messageId } = await connectionOf(entry)!.link.send(whole, stopping.signal);
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
      if (!stopping.signal.aborted) await files.during(entry, () => settle(entry));
    });
    inFlight.set(
      entry.id,
      task.catch(() => {}).finally(() => (inFlight.delete(entry.id), wake())),
    );
  }

  async function settle(entry: OutboxEntry): Promise<void> {
    const connection = connectionOf(entry)!;
    const message = messageFrom(entry, media);
    if (connection.provider.capabilities.idempotentSend) return outbox.retryAt(entry.id, 0, "cut-off");
    const answer = await connection.link.confirm(message, entry.attempt ?? "");
    logger.info("a message whose sending was cut off is", { ...fieldsOf(entry), answer });
    if (answer === "sent") finish(entry, "sent", "");
    else if (answer === "not-sent") outbox.retryAt(entry.id, 0, "cut-off");
    else finish(entry, "rejected", "delivery-unknown");
  }

  function finish(entry: OutboxEntry, outcome: "sent" | "rejected", detail: string): void {
    settled.push({ entry, outcome, detail });
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
    commit,
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
      recordLast();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function messageFrom(entry: OutboxEntry, media: Pick<Media, "read">): OutboundMessage {
  return {
    deliveryId: entry.deliveryId,
    chat: entry.chat as OutboundMessage["chat"],
    text: entry.text,
    replyToMessageId: entry.replyToMessageId,
    ...(entry.buttons !== undefined && { buttons: entry.buttons }),
    ...(entry.answersPress !== undefined && { answersPress: entry.answersPress }),
    ...(entry.files !== undefined && {
      files: entry.files.map((file) => outboundFile(file, media)),
    }),
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
