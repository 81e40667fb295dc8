import { silentLogger } from "@clawd/kernel";
import { fakeClock } from "@clawd/kernel/testing";
import type { Place } from "@clawd/sandbox";
import { expect, test } from "vitest";
import { type BrowserNeed, type Browsers, createBrowsers } from "./browsers.ts";
import { browserFault } from "./fault.ts";
import type { OpenBrowser } from "./open-browser.ts";

interface Opened {
  readonly place: Place;
  isOpen: boolean;
  /** Ends by itself. */
  crash(): void;
}

const minute = 60_000;

function aWorld(options: { readonly most?: number; readonly fails?: () => boolean } = {}) {
  const clock = fakeClock(0);
  const opened: Opened[] = [];
  const browsers: Browsers = createBrowsers({
    clock,
    logger: silentLogger,
    idleMs: 10 * minute,
    ...(options.most !== undefined && { most: options.most }),
    async open({ place }): Promise<OpenBrowser> {
      if (options.fails?.() === true) throw browserFault("CLAWD_BROWSER_START", "no");
      let end!: () => void;
      const lost = new Promise<void>((resolve) => (end = resolve));
      const one: Opened = {
        place,
        isOpen: true,
        crash() {
          one.isOpen = false;
          end();
        },
      };
      opened.push(one);
      return {
        lost,
        close: async () => one.crash(),
        call: () => Promise.resolve({ isError: false, text: "" }),
      };
    },
  });
  const here = aPlace();
  const need = (key = "a", more: Partial<BrowserNeed> = {}): BrowserNeed => ({
    key,
    generation: "1",
    place: here,
    prepare: () => Promise.resolve({ argv: ["chromium"], clean: async () => undefined }),
    ...more,
  });
  const use = (...of: Parameters<typeof need>) =>
    browsers.use(need(...of), (browser) => Promise.resolve(browser));
  return { clock, opened, browsers, need, use, open: () => opened.filter(({ isOpen }) => isOpen).length };
}

const aPlace = () => ({ receipt: { place: "host", uid: 1 } }) as Place;

test("a session has one, and another session another one", async () => {
  const { use, opened } = aWorld();
  const first = await use("a");
  expect(await use("a")).toBe(first);
  expect(await use("b")).not.toBe(first);
  expect(opened.length).toBe(2);
});

test("one that nobody used for a while is ended; one that works is not", async () => {
  const { clock, use, browsers, need, open } = aWorld();
  await use("a");
  let finish!: () => void;
  const working = browsers.use(need("b"), () => new Promise<void>((resolve) => (finish = resolve)));
  await clock.advance(9 * minute);
  await use("a");
  await clock.advance(9 * minute);
  expect(open()).toBe(2);
  await clock.advance(2 * minute);
  expect([open(), browsers.isRunning("a"), browsers.isRunning("b")]).toEqual([1, false, true]);
  finish();
  await working;
  await clock.advance(11 * minute);
  expect(open()).toBe(0);
});

test("after a reset of the session, and in another place, it is another one, and the old one is over", async () => {
  const { use, opened, open } = aWorld();
  await use("a");
  await use("a", { generation: "2" });
  await use("a", { generation: "2", place: aPlace() });
  expect([opened.length, open(), opened.at(-1)!.isOpen]).toEqual([3, 1, true]);
});

test("one that crashed is gone, and the next call has a new one", async () => {
  const { use, opened, browsers } = aWorld();
  await use("a");
  opened[0]!.crash();
  await Promise.resolve();
  expect(browsers.isRunning("a")).toBe(false);
  await use("a");
  expect(opened.length).toBe(2);
});

test("one that does not start is told, and the next call tries again", async () => {
  let isBroken = true;
  const { use, opened } = aWorld({ fails: () => isBroken });
  await expect(use("a")).rejects.toMatchObject({ code: "CLAWD_BROWSER_START" });
  isBroken = false;
  await use("a");
  expect(opened.length).toBe(1);
});

test("there are only so many: the one that was left for longest makes room, one that was just used does not", async () => {
  const { clock, use, opened, browsers } = aWorld({ most: 2 });
  await use("a");
  await clock.advance(minute);
  await use("b");
  await use("c");
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, true, true]);
  await expect(use("d")).rejects.toMatchObject({ code: "CLAWD_BROWSER_CROWDED" });
  expect([browsers.isRunning("b"), browsers.isRunning("c")]).toEqual([true, true]);
});

test("those that start at the same time, or wait for one to make room, count too", async () => {
  const { clock, use, open } = aWorld({ most: 2 });
  await Promise.allSettled([use("a"), use("b"), use("c")]);
  expect(open()).toBe(2);
  await clock.advance(2 * minute);
  await Promise.allSettled([use("d"), use("e"), use("f")]);
  expect(open()).toBe(2);
});

test("calls of one session come one after the other, also when one of them fails", async () => {
  const { browsers, need } = aWorld();
  const seen: string[] = [];
  const step = (name: string, fails = false) =>
    browsers.use(need(), async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  await Promise.allSettled([step("one"), step("two", true), step("three")]);
  expect(seen).toEqual(["one begins", "one ends", "two begins", "two ends", "three begins", "three ends"]);
});

test("stopped it is over; closed, all are, and none begins any more", async () => {
  const { use, browsers, open } = aWorld();
  await use("a");
  expect(await browsers.stop("a")).toBe(true);
  expect(await browsers.stop("a")).toBe(false);
  await use("a");
  await use("b");
  await browsers.close();
  expect(open()).toBe(0);
  await expect(use("c")).rejects.toMatchObject({ code: "CLAWD_BROWSER_LOST" });
});
