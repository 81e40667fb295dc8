/** One running Chromium: a command of a place, and the thread that drives it. What ends either ends both. */
import type { Clock } from "@clawd/kernel";
import type { Command, Place } from "@clawd/sandbox";
import { deferred } from "./deferred.ts";
import { type DriverThread, startDriver } from "./driver-thread.ts";
import type { DriverAnswer, UploadFile } from "./driver/protocol.ts";
import { browserFault } from "./fault.ts";
import { createMessages, createVoice } from "./messages.ts";
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

/** @throws CLAWD_BROWSER_START with the end of what Chromium said; CLAWD_COMMAND_START, CLAWD_PLACE_LOST */
export async function openBrowser(start: BrowserStart): Promise<OpenBrowser> {
  const { clock } = start;
  const command = await startChromium(start);
  const over = new AbortController();
  const lost = deferred();
  let ending: Promise<void> | undefined;
  const end = (reason: string) => (ending ??= finish(reason));
  const driver = startDriver({
    say: createVoice(
      (bytes) => command.write(bytes),
      () => void end("it hears no more."),
    ),
    onEnd: (reason) => void end(reason),
  });

  async function finish(reason: string): Promise<void> {
    over.abort();
    command.kill();
    await Promise.all([driver.end(reason), command.exit.catch(() => undefined)]);
    await start.clean().catch(() => undefined);
    lost.resolve();
  }

  let isDriven = false;
  listen(command, driver).then(end, () => end("its place is gone."));
  void clock.sleep(startMs, over.signal).then(() => {
    if (!isDriven) void end(`it could not be driven within ${startMs} ms.`);
  });
  await driver.ready.catch(async (fault: unknown) => {
    await end("it did not start.");
    throw fault;
  });
  isDriven = true;

  return {
    lost: lost.promise,
    close: () => end("it was stopped."),
    async call(input, files, timeoutMs, signal) {
      signal.throwIfAborted();
      if (over.signal.aborted) throw browserFault("CLAWD_BROWSER_LOST", "The browser has ended.");
      const done = new AbortController();
      void clock.sleep(timeoutMs + graceMs, done.signal).then(() => {
        if (!done.signal.aborted) void end("it does not answer.");
      });
      try {
        return await Promise.race([driver.call(input, files, timeoutMs), aborted(signal, done.signal)]);
      } finally {
        done.abort();
      }
    },
  };
}

async function startChromium(start: BrowserStart): Promise<Command> {
  const { place, argv } = start;
  try {
    return await place.start({ argv, cwd: place.home, environment: place.environment.base, input: "pipe" });
  } catch (fault) {
    await start.clean().catch(() => undefined);
    throw fault;
  }
}

/** Until Chromium says no more; resolves to why, as far as it said so itself. */
async function listen(command: Command, driver: DriverThread): Promise<string> {
  const messages = createMessages();
  let errors = "";
  for await (const { stream, bytes } of command.output) {
    if (stream === "stderr") {
      errors = (errors + Buffer.from(bytes).toString("utf8")).slice(-2000);
      continue;
    }
    const whole = messages.take(bytes);
    if (whole === null) return "it said more than is listened to.";
    await driver.hear(whole);
  }
  // Its chatter has nothing of a page in it; the last lines are why it ended.
  const last = errors.trim().split("\n").slice(-3).join(" ").slice(0, 500);
  return last === "" ? "it ended by itself." : last;
}

function aborted(signal: AbortSignal, until: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { signal: until });
  });
}
