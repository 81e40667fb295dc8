/**
 * Which browser is whose: one for each session, started when it is first used, ended when nobody used it for a while. One whose place
 * is another one by now, or whose session began anew, is ended before the next is started.
 */
import type { Clock, Logger } from "@clawd/kernel";
import type { Place } from "@clawd/sandbox";
import { browserFault } from "./fault.ts";
import { type BrowserStart, openBrowser, type OpenBrowser } from "./open-browser.ts";

/** What a call needs: decided before, nothing of it by the model. */
export interface BrowserNeed {
  /** Whose it is. */
  readonly key: string;
  /** Another one after a reset of the session: then the browser is another one too. */
  readonly generation: string;
  /** Where Chromium runs. */
  readonly place: Place;
  /** Makes ready what it is started with. */
  prepare(): Promise<Omit<BrowserStart, "place" | "clock">>;
}

export interface BrowsersOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds without a call until one is ended. Default 10 minutes. */
  readonly idleMs?: number;
  /** At once. Default 6. */
  readonly most?: number;
  /** For tests of the rules alone. */
  readonly open?: (start: BrowserStart) => Promise<OpenBrowser>;
}

export interface Browsers {
  /** Starts it when there is none. Calls of one key come one after the other. @throws what starting throws; CLAWD_BROWSER_CROWDED */
  use<Value>(need: BrowserNeed, work: (browser: OpenBrowser) => Promise<Value>): Promise<Value>;
  isRunning(key: string): boolean;
  /** Whether there was one. */
  stop(key: string): Promise<boolean>;
  /** Ends all, and starts none any more. Idempotent. */
  close(): Promise<void>;
}

interface Running {
  readonly browser: OpenBrowser;
  readonly need: BrowserNeed;
  usedAt: number;
  calls: number;
}

/** One that was used just now is not ended for somebody else's sake. */
const settledMs = 60_000;

export function createBrowsers(options: BrowsersOptions): Browsers {
  const { clock, logger, idleMs = 600_000, most = 6, open = openBrowser } = options;
  const all = new Map<string, Running>();
  const lanes = new Map<string, Promise<unknown>>();
  const stopped = new AbortController();
  let starting = 0;

  function inLane<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const before = lanes.get(key) ?? Promise.resolve();
    const after = before.then(work, work);
    lanes.set(key, after);
    const forget = () => {
      if (lanes.get(key) === after) lanes.delete(key);
    };
    after.then(forget, forget);
    return after;
  }

  async function end(key: string, running: Running, reason: string): Promise<void> {
    if (all.get(key) === running) all.delete(key);
    await running.browser.close();
    logger.info("browser ended", { session: key, reason });
  }

  /** Those that start are counted, whoever asks among them. */
  async function makeRoom(): Promise<void> {
    if (all.size + starting <= most) return;
    const [longest] = [...all]
      .filter(([, { calls, usedAt }]) => calls === 0 && clock.now() - usedAt >= settledMs)
      .toSorted(([, a], [, b]) => a.usedAt - b.usedAt);
    if (longest === undefined)
      throw browserFault("CLAWD_BROWSER_CROWDED", `There are ${most} browsers already.`);
    await end(...longest, "another conversation needs one");
  }

  async function start(need: BrowserNeed): Promise<Running> {
    const known = all.get(need.key);
    if (known !== undefined && known.need.place === need.place && known.need.generation === need.generation)
      return known;
    if (known !== undefined) await end(need.key, known, "its place or its session is another one");
    if (stopped.signal.aborted) throw browserFault("CLAWD_BROWSER_LOST", "No browser is started any more.");
    starting++;
    try {
      await makeRoom();
      const browser = await open({ ...(await need.prepare()), place: need.place, clock });
      const running: Running = { browser, need, usedAt: clock.now(), calls: 0 };
      all.set(need.key, running);
      logger.info("browser started", { session: need.key, place: need.place.receipt.place });
      void browser.lost.then(() => {
        if (all.get(need.key) !== running) return;
        all.delete(need.key);
        logger.warn("browser lost", { session: need.key });
      });
      void endWhenIdle(need.key, running);
      return running;
    } finally {
      starting--;
    }
  }

  async function endWhenIdle(key: string, running: Running): Promise<void> {
    while (all.get(key) === running) {
      await clock.sleep(Math.max(1000, running.usedAt + idleMs - clock.now()), stopped.signal);
      if (stopped.signal.aborted) return;
      if (running.calls > 0 || clock.now() - running.usedAt < idleMs) continue;
      return end(key, running, "nobody used it");
    }
  }

  return {
    isRunning: (key) => all.has(key),
    use: (need, work) =>
      inLane(need.key, async () => {
        const running = await start(need);
        running.calls++;
        try {
          return await work(running.browser);
        } finally {
          running.calls--;
          running.usedAt = clock.now();
        }
      }),
    stop: (key) =>
      inLane(key, async () => {
        const running = all.get(key);
        if (running === undefined) return false;
        await end(key, running, "it was asked to");
        return true;
      }),
    async close() {
      stopped.abort();
      await Promise.all([...all].map(([key, running]) => end(key, running, "the gateway stops")));
      await Promise.allSettled(lanes.values());
      await Promise.all([...all].map(([key, running]) => end(key, running, "the gateway stops")));
    },
  };
}
