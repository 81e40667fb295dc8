/** An update far larger than the network allows: a stranger's costs a decision, a friend's gets an answer, and both end there. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";

let world: World;
const megabyte = 1024 * 1024;
beforeAll(async () => {
  world = await aWorld();
  for (const id of [42, 666]) world.telegram.control.addUser({ id, firstName: `Person ${id}` });
  world.home.configure(world.config({ dmPolicy: "allowlist", allowFrom: ["42"] }));
  await world.start();
}, 60_000);
afterAll(() => world.close());

const stored = () =>
  ["gateway.sqlite", "gateway.sqlite-wal"]
    .map((name) => statSync(join(world.home.stateDir, "state", name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);

test("ten megabytes of a stranger: nothing is stored, nobody is asked", async () => {
  const { control } = world.telegram;
  const before = stored();
  control.say({ from: 666, text: "x".repeat(10 * megabyte) });
  await control.waitForConfirmed(20_000);
  expect(stored() - before).toBeLessThan(megabyte);
  expect(world.anthropic.control.requests).toEqual([]);
  expect(world.texts(666)).toEqual([]);
}, 60_000);

test("ten megabytes of a friend get an answer, and so does what comes after them", async () => {
  const { control } = world.telegram;
  control.say({ from: 42, text: "long ".repeat(2 * megabyte) });
  const answer = await control.waitForSent({ method: "sendMessage", chatId: 42 }, 30_000);
  expect(answer.text).not.toBe("");
  control.say({ from: 42, text: "/new" });
  control.say({ from: 42, text: "a short one" });
  await control.waitForSent({ method: "sendMessage", textIncludes: "a short one" }, 30_000);
  expect(await world.stop()).toBe(0);
}, 60_000);
