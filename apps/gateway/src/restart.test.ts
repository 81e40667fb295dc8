import type { PlacedCall } from "@clawd/core";
import { fakeClock, recordingLogger } from "@clawd/kernel/testing";
import { anEvent } from "@clawd/provider-kit/testing";
import { memoryStore } from "@clawd/store/testing";
import { expect, test } from "vitest";
import { createRestart } from "./restart.ts";

function start({ may = true, answered = new Set<string>() } = {}) {
  const clock = fakeClock();
  const { audit } = memoryStore({ clock });
  let begun = 0;
  const stopping = new AbortController();
  const begin = () => void begun++;
  const restart = createRestart({
    clock,
    logger: recordingLogger(),
    audit,
    answered,
    begin,
    signal: stopping.signal,
  });
  const call = (eventId: string) =>
    ({
      event: anEvent({ eventId }),
      agent: "main",
      session: "agent:main:main",
      mayCommand: () => may,
    }) as unknown as PlacedCall;
  const ask = (eventId = "1", delayMs = 2000) => restart.ask(call(eventId), { delayMs, reason: "why" });
  return {
    clock,
    ask,
    answered,
    stopping,
    begun: () => begun,
    asked: () => [...audit.list({ kind: "restart-asked" })],
  };
}

test("begins when its time has come, and is in the record", async () => {
  const { ask, clock, begun, asked } = start();
  expect(ask()).toMatchObject({ outcome: "done", text: expect.stringContaining("2000 ms") });
  await clock.advance(1999);
  expect(begun()).toBe(0);
  await clock.advance(1);
  expect(begun()).toBe(1);
  expect(asked()).toMatchObject([{ session: "agent:main:main", detail: { reason: "why", delayMs: 2000 } }]);
});

test("a message restarts once, also when its turn is taken up again by the next gateway", async () => {
  const first = start();
  first.ask("7", 0);
  const next = start({ answered: first.answered });
  expect(next.ask("7", 0)).toMatchObject({ outcome: "done", text: expect.stringContaining("already") });
  await next.clock.advance(1);
  expect([next.begun(), next.asked()]).toEqual([0, []]);
  next.ask("8", 0);
  await next.clock.advance(1);
  expect(next.begun()).toBe(1);
});

test("nobody restarts who may not give the command, and nothing begins once the gateway stops anyway", async () => {
  const refused = start({ may: false });
  expect(refused.ask()).toMatchObject({
    outcome: "switched-off",
    text: expect.stringContaining("commands.restart"),
  });
  const stopped = start();
  stopped.ask("1", 5);
  stopped.stopping.abort();
  for (const one of [refused, stopped]) {
    await one.clock.advance(10_000);
    expect(one.begun()).toBe(0);
  }
});
