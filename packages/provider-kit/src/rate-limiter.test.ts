import { fakeClock } from "@clawd/kernel/testing";
import { describe, expect, test } from "vitest";
import { createRateLimiter, type RateLimiter, type RateLimiterOptions } from "./rate-limiter.ts";

function aLimiter(options: Partial<RateLimiterOptions> = {}) {
  const clock = fakeClock(0);
  const limiter = createRateLimiter({
    clock,
    perChat: { burst: 1, perSecond: 1 },
    overall: { burst: 30, perSecond: 30 },
    ...options,
  });
  const passed: { readonly name: string; readonly at: number }[] = [];
  const send = (chat: string, name = chat, signal?: AbortSignal) =>
    limiter.take(chat, signal).then(() => passed.push({ name, at: clock.now() }));
  return { clock, limiter, passed, send };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "passed",
    (error: { code: string; outcome: string }) => `${error.code} ${error.outcome}`,
  );

describe("createRateLimiter", () => {
  test("lets a burst through at once, then keeps the rate of the chat", async () => {
    const { clock, passed, send } = aLimiter({ perChat: { burst: 2, perSecond: 1 } });
    const all = [1, 2, 3, 4].map((number) => send("a", `a${number}`));
    await clock.advance(0);
    await clock.advance(10_000);
    await Promise.all(all);
    expect(passed.map(({ at }) => at)).toEqual([0, 0, 1000, 2000]);
    expect(passed.map(({ name }) => name)).toEqual(["a1", "a2", "a3", "a4"]);
  });

  test("a chat that waits does not hold up another", async () => {
    const { clock, passed, send } = aLimiter();
    const first = [send("a"), send("a")];
    await clock.advance(0);
    await send("b");
    expect(passed.map(({ name }) => name)).toEqual(["a", "b"]);
    await clock.advance(1000);
    await Promise.all(first);
  });

  test("chats take turns when the overall rate is what holds them up", async () => {
    const { clock, passed, send } = aLimiter({
      perChat: { burst: 100, perSecond: 100 },
      overall: { burst: 1, perSecond: 1 },
    });
    const all = ["a", "a", "a", "b", "c"].map((chat) => send(chat));
    await clock.advance(10_000);
    await Promise.all(all);
    expect(passed.map(({ name }) => name).join("")).toBe("aabca");
    expect(passed.at(-1)?.at).toBe(4000);
  });

  test("never passes more than the rates allow, however the sends arrive", async () => {
    const { clock, passed, send } = aLimiter({ overall: { burst: 3, perSecond: 2 } });
    const all: Promise<unknown>[] = [];
    for (let index = 0; index < 40; index++) {
      all.push(send(`chat-${index % 7}`));
      await clock.advance((index * 37) % 211);
    }
    await clock.advance(60_000);
    await Promise.all(all);
    for (const { at } of passed) {
      const window = passed.filter((other) => other.at >= at && other.at < at + 1000);
      expect(window.length).toBeLessThanOrEqual(5);
      expect(new Set(window.map(({ name }) => name)).size).toBe(window.length);
    }
  });

  test("pauses one chat, or all, for as long as the network asked", async () => {
    const { clock, limiter, passed, send } = aLimiter();
    limiter.pause(5000, "a");
    const a = send("a");
    await send("b");
    limiter.pause(9000);
    limiter.pause(1000);
    const c = send("c");
    await clock.advance(20_000);
    await Promise.all([a, c]);
    expect(passed).toEqual([
      { name: "b", at: 0 },
      { name: "a", at: 9000 },
      { name: "c", at: 9000 },
    ]);
  });

  test("a withdrawn message takes no turn", async () => {
    const { clock, passed, send } = aLimiter();
    await send("a", "first");
    const controller = new AbortController();
    const withdrawn = codeOf(send("a", "withdrawn", controller.signal));
    const second = send("a", "second");
    controller.abort();
    expect(await withdrawn).toBe("CLAWD_SEND_ABORTED not-sent");
    await clock.advance(1000);
    await second;
    expect(passed.at(-1)).toEqual({ name: "second", at: 1000 });
    expect(await codeOf(send("b", "late", controller.signal))).toBe("CLAWD_SEND_ABORTED not-sent");
  });

  test("the queue is bounded", async () => {
    const { limiter, send } = aLimiter({ maxWaiting: 2 });
    await send("a");
    const waiting = [codeOf(send("a")), codeOf(send("a"))];
    expect(await codeOf(send("a"))).toBe("CLAWD_SEND_QUEUE_FULL not-sent");
    limiter.stop();
    expect(await Promise.all(waiting)).toEqual(Array(2).fill("CLAWD_PROVIDER_STOPPED not-sent"));
    expect(await codeOf(send("b"))).toBe("CLAWD_PROVIDER_STOPPED not-sent");
  });

  test("remembers a bounded number of chats, and the busy ones among them", async () => {
    const { clock, limiter } = aLimiter({
      perChat: { burst: 1, perSecond: 0.001 },
      overall: { burst: 1_000_000, perSecond: 1 },
    });
    for (let chat = 0; chat < 10_050; chat++) await limiter.take(String(chat));
    let hasPassed = false;
    const second = codeOf(limiter.take("10049").then(() => (hasPassed = true)));
    await clock.advance(10);
    expect(hasPassed).toBe(false);
    await limiter.take("0");
    limiter.stop();
    expect(await second).toBe("CLAWD_PROVIDER_STOPPED not-sent");
  }, 20_000);

  test("a clock that is set back does not stop the sending", async () => {
    let now = 1_000_000;
    let wake: (() => void) | undefined;
    const clock = {
      now: () => now,
      sleep: () => new Promise<void>((resolve) => (wake = resolve)),
    };
    const limiter: RateLimiter = createRateLimiter({
      clock,
      perChat: { burst: 1, perSecond: 1 },
      overall: { burst: 9, perSecond: 9 },
    });
    await limiter.take("a");
    limiter.pause(2000, "a");
    now = 0;
    let hasPassed = false;
    const second = limiter.take("a").then(() => (hasPassed = true));
    for (; now < 5000; now += 500) {
      wake?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    limiter.stop();
    expect(hasPassed).toBe(true);
    await second;
  });

  test("leaves no timer behind when nobody waits", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const { systemClock } = await import("@clawd/kernel");
    const before = timers();
    const limiter = createRateLimiter({
      clock: systemClock,
      perChat: { burst: 1, perSecond: 0.01 },
      overall: { burst: 9, perSecond: 9 },
    });
    const controller = new AbortController();
    await limiter.take("a");
    const waiting = codeOf(limiter.take("a", controller.signal));
    expect(timers()).toBe(before + 1);
    controller.abort();
    await waiting;
    expect(timers()).toBe(before);
  });
});
