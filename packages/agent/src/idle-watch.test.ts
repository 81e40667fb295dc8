import { fakeClock } from "@clawd/kernel/testing";
import { expect, test } from "vitest";
import { createIdleWatch } from "./idle-watch.ts";

test("a watch that is touched in time goes on, one that is left alone ends", async () => {
  const clock = fakeClock();
  const watch = createIdleWatch(clock, 1000);
  for (let event = 0; event < 5; event++) {
    await clock.advance(999);
    expect(watch.signal.aborted).toBe(false);
    watch.touch();
  }
  await clock.advance(1000);
  expect(watch.signal.aborted).toBe(true);
});

test("a stopped watch says nothing more", async () => {
  const clock = fakeClock();
  const watch = createIdleWatch(clock, 1000);
  watch.stop();
  await clock.advance(5000);
  expect(watch.signal.aborted).toBe(false);
});
