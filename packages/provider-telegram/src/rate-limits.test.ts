import { fakeClock } from "@clawd/kernel/testing";
import type { OutboundMessage } from "@clawd/provider-kit";
import { describe, expect, test } from "vitest";
import { createPace } from "./rate-limits.ts";

type Chat = OutboundMessage["chat"];

/** When each of many messages, all there at once, may go; `step` milliseconds exact. */
async function times(chats: readonly Chat[], step: number): Promise<number[]> {
  const clock = fakeClock(0);
  const pace = createPace(clock);
  const at: number[] = [];
  for (const chat of chats) void pace.take(chat).then(() => at.push(clock.now()));
  await new Promise(setImmediate);
  while (at.length < chats.length) await clock.advance(step);
  pace.stop();
  return at;
}

const mostIn = (window: number, at: readonly number[]) =>
  Math.max(...at.map((start) => at.filter((time) => time >= start && time < start + window).length));

const dm = (id: number): Chat => ({ kind: "dm", id: String(id), thread: null });
const group = (id: number): Chat => ({ kind: "group", id: String(-id), thread: null });

describe("messages", () => {
  test("to one person: three at once, then one a second", async () => {
    const at = await times(Array(10).fill(dm(1)), 100);
    expect(at).toEqual([0, 0, 0, 1000, 2000, 3000, 4000, 5000, 6000, 7000]);
  });

  test("to one group: never more than twenty in a minute", async () => {
    const at = await times(Array(60).fill(group(1)), 1000);
    expect(mostIn(60_000, at)).toBeLessThanOrEqual(20);
    expect(mostIn(60_000, at)).toBeGreaterThanOrEqual(15);
  });

  test("to everybody: never more than thirty in a second, with room for two that were held up", async () => {
    const at = await times(
      Array.from({ length: 200 }, (_, i) => (i % 2 ? dm(i) : group(i + 1))),
      10,
    );
    expect(mostIn(1000, at)).toBeLessThanOrEqual(28);
    expect(mostIn(1000, at)).toBeGreaterThanOrEqual(25);
  });
});
