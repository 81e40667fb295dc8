/** The thread that drives one browser, from outside: what Chromium says goes in, what is to be said to it comes out, calls are answered. */
import { Worker } from "node:worker_threads";
import type { ClawdError } from "@clawd/kernel";
import type { DriverAnswer, FromDriver, ToDriver, UploadFile } from "./driver/protocol.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { browserFault } from "./fault.ts";
import type { BrowserInput } from "./parameters.ts";

export interface DriverThread {
  /** Resolves when the browser can be driven. @throws CLAWD_BROWSER_START when it ends before */
  readonly ready: Promise<void>;
  /** What Chromium said; resolves when the thread has taken enough of it. */
  hear(messages: readonly string[]): Promise<void>;
  /** @throws CLAWD_BROWSER_LOST when it ends before it answers */
  call(input: BrowserInput, files: readonly UploadFile[], timeoutMs: number): Promise<DriverAnswer>;
  /** Whoever waits is told this reason. Idempotent. */
  end(reason: string): Promise<void>;
}

export interface DriverThreadPorts {
  /** One message for Chromium. */
  readonly say: (message: string) => void;
  /** It ended by itself. */
  readonly onEnd: (reason: string) => void;
}

/** Characters that the thread has not looked at yet. */
const mostWaiting = 32 * 1024 * 1024;
/** Megabytes of the thread's heap. */
const heap = 512;

interface Waiting {
  resolve(answer: DriverAnswer): void;
  reject(fault: ClawdError): void;
}

export function startDriver({ say, onEnd }: DriverThreadPorts): DriverThread {
  const resourceLimits = { maxOldGenerationSizeMb: heap };
  const worker = new Worker(driverFile(), { env: {}, name: "browser", resourceLimits });
  const pending = new Map<number, Waiting>();
  const ready = deferred();
  ready.promise.catch(() => undefined);
  let count = 0;
  let unread = 0;
  let room: Deferred | undefined;
  let hasEnded = false;
  const tell = (message: ToDriver) => worker.postMessage(message);

  worker.on("message", (message: FromDriver) => {
    switch (message.kind) {
      case "cdp":
        return say(message.text);
      case "took":
        unread -= message.size;
        return room?.resolve();
      case "ready":
        return ready.resolve();
      case "failed":
        return onEnd(message.reason.slice(0, 300));
      case "answer":
        pending.get(message.id)?.resolve(message.answer);
        pending.delete(message.id);
    }
  });
  worker.on("error", (fault) => onEnd(`its driver failed (${fault.message.slice(0, 200)}).`));
  worker.on("exit", () => onEnd("its driver ended."));

  return {
    ready: ready.promise,
    async hear(messages) {
      for (const text of messages) {
        unread += text.length;
        tell({ kind: "cdp", text });
      }
      while (unread > mostWaiting && !hasEnded) {
        room = deferred();
        await room.promise;
      }
    },
    call: (input, files, timeoutMs) =>
      new Promise((resolve, reject) => {
        const id = ++count;
        pending.set(id, { resolve, reject });
        tell({ kind: "call", id, input, timeoutMs, files });
      }),
    async end(reason) {
      hasEnded = true;
      room?.resolve();
      ready.reject(browserFault("CLAWD_BROWSER_START", `The browser did not start: ${reason}`));
      for (const waiting of pending.values())
        waiting.reject(browserFault("CLAWD_BROWSER_LOST", `The browser ended: ${reason}`));
      pending.clear();
      await worker.terminate();
    },
  };
}

/** Beside the code where it was bundled. */
function driverFile(): URL {
  const isSource = import.meta.url.endsWith(".ts");
  return new URL(isSource ? "./driver/main.ts" : "./browser-driver.js", import.meta.url);
}
