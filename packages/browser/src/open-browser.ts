/** One running Chromium: a command of a place, and the thread that drives it. What ends either ends both. */
import { Worker } from "node:worker_threads";
import type { ClawdError, Clock } from "@clawd/kernel";
import type { Command, Place } from "@clawd/sandbox";
import type { DriverAnswer, FromDriver, ToDriver, UploadFile } from "./driver/protocol.ts";
import { browserFault } from "./fault.ts";
import { createMessages } from "./messages.ts";
import type { BrowserInput } from "./parameters.ts";

export interface BrowserStart {
  readonly place: Place;
  readonly argv: readonly [string, ...string[]];
  readonly clock: Clock;
  /** Removes what it wrote; called once, when nothing of it runs any more. */
  clean(): Promise<void>;
}

export interface OpenBrowser {
  /** @throws CLAWD_BROWSER_LOST when it ends meanwhile; the signal's reason */
  call(
    input: BrowserInput,
    files: readonly UploadFile[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<DriverAnswer>;
  /** Resolves when it is over, by whomever. */
  readonly lost: Promise<void>;
  /** Kills it; resolves when nothing is left. Idempotent, never throws. */
  close(): Promise<void>;
}

/** Milliseconds until it can be driven. */
const startMs = 40_000;
/** After an action's own time. Then the thread itself hangs. */
const graceMs = 10_000;
/** Characters that the thread has not looked at yet. */
const mostWaiting = 32 * 1024 * 1024;
/** Megabytes of the thread's heap. */
const heap = 512;

/** @throws CLAWD_BROWSER_START with the end of what Chromium said; CLAWD_COMMAND_START, CLAWD_PLACE_LOST */
export async function openBrowser(start: BrowserStart): Promise<OpenBrowser> {
  const { place, argv, clock } = start;
  const clean = () => start.clean().catch(() => undefined);
  let command: Command;
  try {
    const environment = place.environment.base;
    command = await place.start({ argv, cwd: place.home, environment, input: "pipe" });
  } catch (fault) {
    await clean();
    throw fault;
  }
  const worker = new Worker(driverFile(), {
    env: {},
    name: "browser",
    resourceLimits: { maxOldGenerationSizeMb: heap },
  });
  const over = new AbortController();
  const pending = new Map<number, { resolve(answer: DriverAnswer): void; reject(fault: ClawdError): void }>();
  let count = 0;
  let errors = "";
  let waiting = 0;
  let goOn: (() => void) | undefined;
  let ending: Promise<void> | undefined;
  let settleLost!: () => void;
  const lost = new Promise<void>((resolve) => (settleLost = resolve));
  let settleReady!: { resolve(): void; reject(fault: ClawdError): void };
  const ready = new Promise<void>((resolve, reject) => (settleReady = { resolve, reject }));
  ready.catch(() => undefined);

  const say = (message: ToDriver) => worker.postMessage(message);

  function end(reason: string): Promise<void> {
    return (ending ??= finish(reason));
  }

  async function finish(reason: string): Promise<void> {
    over.abort();
    goOn?.();
    settleReady.reject(browserFault("CLAWD_BROWSER_START", `The browser did not start: ${reason}`));
    for (const call of pending.values())
      call.reject(browserFault("CLAWD_BROWSER_LOST", `The browser ended: ${reason}`));
    pending.clear();
    command.kill();
    await Promise.all([worker.terminate(), command.exit.catch(() => undefined)]);
    await clean();
    settleLost();
  }

  async function read(): Promise<void> {
    const messages = createMessages();
    for await (const { stream, bytes } of command.output) {
      if (over.signal.aborted) return;
      if (stream === "stderr") {
        errors = (errors + Buffer.from(bytes).toString("utf8")).slice(-2000);
        continue;
      }
      const whole = messages.take(bytes);
      if (whole === null) return void end("it said more than is listened to.");
      for (const text of whole) {
        waiting += text.length;
        say({ kind: "cdp", text });
      }
      while (waiting > mostWaiting && !over.signal.aborted)
        await new Promise<void>((resolve) => (goOn = resolve));
    }
  }

  const hear = (message: FromDriver) => {
    switch (message.kind) {
      case "cdp":
        command.write(Buffer.from(`${message.text}\0`)).catch(() => void end(lastWords(errors)));
        return;
      case "took":
        waiting -= message.size;
        return goOn?.();
      case "ready":
        return settleReady.resolve();
      case "failed":
        return void end(`${message.reason.slice(0, 300)} ${errors}`.trim());
      case "answer":
        pending.get(message.id)?.resolve(message.answer);
        pending.delete(message.id);
    }
  };
  worker.on("message", hear);
  worker.on("error", (fault) => void end(`its driver failed (${fault.message.slice(0, 200)}).`));
  worker.on("exit", () => void end("its driver ended."));
  read().then(
    () => end(lastWords(errors)),
    () => end("its place is gone."),
  );
  void clock.sleep(startMs, over.signal).then(() => settleReady.reject(late()));

  const close = () => end("it was stopped.");
  try {
    await ready;
  } catch (fault) {
    await close();
    throw fault;
  }

  return {
    lost,
    close,
    async call(input, files, timeoutMs, signal) {
      signal.throwIfAborted();
      if (over.signal.aborted) throw browserFault("CLAWD_BROWSER_LOST", "The browser has ended.");
      const id = ++count;
      const done = new AbortController();
      try {
        return await new Promise<DriverAnswer>((resolve, reject) => {
          pending.set(id, { resolve, reject });
          signal.addEventListener("abort", () => reject(signal.reason as Error), { signal: done.signal });
          void clock.sleep(timeoutMs + graceMs, done.signal).then(() => {
            if (!done.signal.aborted) void end("it does not answer.");
          });
          say({ kind: "call", id, input, timeoutMs, files });
        });
      } finally {
        done.abort();
        pending.delete(id);
      }
    },
  };
}

/** Its chatter has nothing of a page in it; the last line is why it ended. */
const lastWords = (errors: string): string =>
  errors.trim() === "" ? "it ended by itself." : errors.trim().split("\n").slice(-3).join(" ").slice(0, 500);

const late = () =>
  browserFault("CLAWD_BROWSER_START", `The browser could not be driven within ${startMs} ms.`);

/** Beside the code where it was bundled. */
function driverFile(): URL {
  const isSource = import.meta.url.endsWith(".ts");
  return new URL(isSource ? "./driver/main.ts" : "./browser-driver.js", import.meta.url);
}
