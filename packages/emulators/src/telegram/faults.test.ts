import { fakeClock } from "@clawd/kernel/testing";
import { HttpError } from "grammy";
import { expect, test } from "vitest";
import { connectTelegramControl } from "../telegram.ts";
import { ada, aTelegram, bob, refusalOf } from "../../test/a-telegram.ts";

test("a failure before the effect leaves no message, one after it leaves the message", async () => {
  const { control, api } = await aTelegram();
  control.failNext({ method: "sendMessage", status: 500 });
  expect(await refusalOf(api.sendMessage(ada, "lost"))).toMatchObject({ error_code: 500 });
  expect(control.messages(ada)).toEqual([]);
  control.failNext({ method: "sendMessage", status: 502, when: "after" });
  expect(await refusalOf(api.sendMessage(ada, "kept"))).toMatchObject({ error_code: 502 });
  expect(control.messages(ada)).toMatchObject([{ text: "kept" }]);
  expect(control.calls.map(({ status }) => status)).toEqual([500, 502]);
});

test("a socket cut after the effect looks like an outage and leaves the message", async () => {
  const { control, api } = await aTelegram();
  control.failNext({ method: "sendMessage", cutSocket: true, when: "after" });
  await expect(api.sendMessage(ada, "kept")).rejects.toBeInstanceOf(HttpError);
  expect(control.sent).toMatchObject([{ text: "kept" }]);
});

test("failures are met in order and as often as planned, by the method they name", async () => {
  const { control, api } = await aTelegram();
  control.failNext({ method: "sendMessage", status: 429, retryAfter: 7, times: 2 });
  control.failNext({ method: "sendMessage", status: 403 });
  expect(await api.getMe()).toMatchObject({ is_bot: true });
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await refusalOf(api.sendMessage(ada, "x"))).toMatchObject({
      error_code: 429,
      description: "Too Many Requests: retry after 7",
      parameters: { retry_after: 7 },
    });
  }
  expect((await refusalOf(api.sendMessage(ada, "x"))).description).toBe(
    "Forbidden: bot was blocked by the user",
  );
  expect(await api.sendMessage(ada, "x")).toMatchObject({ text: "x" });
});

test("an outage cuts open polls and new calls, the control goes on, and nothing is lost", async () => {
  const { telegram, control, api, aBot } = await aTelegram();
  const remote = connectTelegramControl(telegram.url);
  const poll = expect(api.getUpdates({ timeout: 30 })).rejects.toBeInstanceOf(HttpError);
  while (control.countPolls() === 0) await new Promise((resolve) => setImmediate(resolve));
  await remote.down();
  await poll;
  await expect(api.getMe()).rejects.toBeInstanceOf(HttpError);
  await remote.say({ from: ada, text: "anybody?" });
  await remote.up();
  const bot = aBot();
  bot.on("message", (context) => context.reply("here"));
  void bot.start();
  expect(await remote.waitForSent({ text: "here" })).toMatchObject({ chatId: ada });
  control.down({ mode: "error" });
  expect(await refusalOf(api.getMe())).toMatchObject({ error_code: 502 });
  control.up();
});

test("a delayed method answers later, the others at once", async () => {
  const clock = fakeClock();
  const { control, api } = await aTelegram({ clock });
  control.delay({ method: "sendMessage", milliseconds: 5000 });
  let done = false;
  const slow = api.sendMessage(ada, "slow").finally(() => (done = true));
  await api.getMe();
  while (control.sent.length === 0) {
    expect(done).toBe(false);
    await clock.advance(1000);
  }
  expect(await slow).toMatchObject({ text: "slow" });
});

test("limits like the real ones: a burst of three, then one a second; twenty a minute in a group", async () => {
  const clock = fakeClock();
  const { control, api } = await aTelegram({ clock, limits: "real" });
  for (let count = 0; count < 3; count++) await api.sendMessage(ada, "x");
  const refusal = await refusalOf(api.sendMessage(ada, "x"));
  expect(refusal).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
  control.say({ from: bob, text: "hello" });
  await api.sendMessage(bob, "another chat has its own limit");
  await clock.advance(3000);
  await api.sendMessage(ada, "x");
  const group = control.addGroup({ title: "Friends" });
  for (let count = 0; count < 20; count++) {
    await api.sendMessage(group.id, "x");
    await clock.advance(1001);
  }
  const perMinute = await refusalOf(api.sendMessage(group.id, "x"));
  expect(perMinute.parameters.retry_after).toBeGreaterThan(30);
  control.setLimits(null);
  await api.sendMessage(group.id, "x");
});

test("thirty a second in all", async () => {
  const clock = fakeClock();
  const { control, api } = await aTelegram({ clock, limits: "real" });
  const people = Array.from({ length: 31 }, () => control.addUser({ firstName: "P", started: true }).id);
  for (const person of people.slice(1)) await api.sendMessage(person, "x");
  expect(await refusalOf(api.sendMessage(people[0]!, "x"))).toMatchObject({ error_code: 429 });
});

test("waiting for a message that does not come says what came", async () => {
  const { control, api } = await aTelegram();
  await api.sendMessage(ada, "something else");
  await expect(control.waitForSent({ text: "x" }, 1)).rejects.toThrow("something else");
});

test("the control says what a test did wrong", async () => {
  const { telegram, control } = await aTelegram();
  expect(() => control.say({ from: 4711, text: "x" })).toThrow("no chat 4711");
  const remote = connectTelegramControl(telegram.url);
  await expect(remote.say({ from: 4711, text: "x" })).rejects.toThrow("no chat 4711");
  await expect((remote as unknown as { hack(): Promise<void> }).hack()).rejects.toThrow(
    `no control named "hack"`,
  );
});
