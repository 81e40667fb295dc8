/** Example at work for one account. Nothing is acknowledged before `receive` has stored it. */
import {
  checkButtons,
  createRateLimiter,
  readFiles,
  type OutboundMessage,
  type ProviderConnection,
  type ProviderPorts,
  type RateLimiter,
} from "@clawd/provider-kit";
import { fetchFile, fileCapabilities } from "./files.ts";
import { notStarted, sendErrorOf, stateOf } from "./faults.ts";
import { eventOf, type Self } from "./translate.ts";
import { WireError, type Wire } from "./wire.ts";

/** Milliseconds between two tries to reach the network. */
const retryDelay = 1000;

interface Run {
  readonly abort: AbortController;
  readonly limiter: RateLimiter;
  readonly intake: Promise<void>;
}

export function createConnection(wire: Wire, ports: ProviderPorts): ProviderConnection {
  let run: Run | null = null;

  async function takeIn(signal: AbortSignal): Promise<void> {
    let self: Self | null = null;
    let acknowledged = 0;
    while (!signal.aborted) {
      try {
        if (self === null) {
          self = await wire.whoAmI();
          if (!signal.aborted) ports.report({ state: "connected" });
        }
        const updates = await wire.poll(acknowledged, signal);
        const account = self;
        const events = updates.map((update) => eventOf(update, ports.account, account));
        if (updates.length > 0) await ports.receive(events.filter((event) => event !== null));
        acknowledged = updates.at(-1)?.number ?? acknowledged;
      } catch (thrown) {
        if (signal.aborted) return;
        // A full inbox is no fault of the network: then the same updates are simply polled again.
        if (thrown instanceof WireError) {
          self = null;
          ports.report(stateOf(thrown));
        }
        await ports.clock.sleep(retryDelay, signal);
      }
    }
  }

  async function post(message: OutboundMessage, { limiter }: Run, signal: AbortSignal): Promise<string> {
    const { chat, text, deliveryId: key, buttons = [], replyToMessageId } = message;
    checkButtons(buttons);
    const read = await readFiles(message.files, fileCapabilities);
    const files = read.map(({ name, mimeType, bytes }) => ({ name, type: mimeType, bytes }));
    const says = buttons.map(({ label, command }) => ({ label, says: command }));
    for (;;) {
      await limiter.take(chat.id, signal);
      try {
        const { id } = await wire.post({ chat: chat.id, text, buttons: says, files, key });
        // The answer has arrived: that an old button stays is no reason to send it again.
        if (message.answersPress && replyToMessageId !== null)
          await wire.clear(chat.id, replyToMessageId).catch(() => {});
        return id;
      } catch (thrown) {
        if (!(thrown instanceof WireError && thrown.reason === "slow-down")) throw thrown;
        limiter.pause(thrown.waitMs);
      }
    }
  }

  return {
    async start() {
      if (run !== null) return;
      const abort = new AbortController();
      const limiter = createRateLimiter({
        clock: ports.clock,
        perChat: { burst: 1, perSecond: 1 },
        overall: { burst: 20, perSecond: 20 },
      });
      ports.report({ state: "starting" });
      run = { abort, limiter, intake: takeIn(abort.signal) };
    },
    async stop() {
      if (run === null) return;
      const { abort, limiter, intake } = run;
      run = null;
      abort.abort();
      limiter.stop();
      await intake;
      ports.report({ state: "stopped" });
    },
    async send(message, signal) {
      if (run === null) throw notStarted();
      const either = AbortSignal.any([run.abort.signal, ...(signal === undefined ? [] : [signal])]);
      try {
        return { messageId: await post(message, run, either) };
      } catch (thrown) {
        throw sendErrorOf(thrown);
      }
    },
    async fetch(reference, limit, signal) {
      if (run === null) throw notStarted();
      const either = AbortSignal.any([run.abort.signal, signal]);
      return fetchFile(reference, limit, { wire, clock: ports.clock, signal: either });
    },
  };
}
