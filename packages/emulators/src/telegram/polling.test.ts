import { setImmediate as turn } from "node:timers/promises";
import { GrammyError } from "grammy";
import { fakeClock } from "@clawd/kernel/testing";
import { expect, test } from "vitest";
import { ada, aTelegram, bob, refusalOf } from "../../test/a-telegram.ts";

test("the real grammY hears a person and answers them", async () => {
  const { control, aBot } = await aTelegram();
  const bot = aBot();
  bot.on("message:text", (context) => context.reply(`You said: ${context.message.text}`));
  void bot.start();
  control.say({ from: ada, text: "hello" });
  const answer = await control.waitForSent({ chatId: ada });
  expect(answer).toMatchObject({
    method: "sendMessage",
    text: "You said: hello",
    messageId: 2,
    threadId: null,
  });
});

test("a clean stop of grammY confirms what it has handled", async () => {
  const { control, aBot } = await aTelegram();
  const bot = aBot();
  bot.on("message:text", (context) => context.reply("done"));
  void bot.start();
  control.say({ from: ada, text: "hello" });
  await control.waitForSent({ text: "done" });
  await bot.stop();
  expect(control.countPending()).toBe(0);
});

test("an update comes again until a later offset confirms it, over any number of restarts", async () => {
  const { control, api } = await aTelegram();
  const { update } = control.say({ from: ada, text: "one" });
  control.say({ from: ada, text: "two" });
  for (let restart = 0; restart < 3; restart++) {
    const updates = await api.getUpdates({ offset: 0 });
    expect(updates.map(({ message }) => message?.text)).toEqual(["one", "two"]);
  }
  const rest = await api.getUpdates({ offset: update!.update_id + 1 });
  expect(rest.map(({ message }) => message?.text)).toEqual(["two"]);
  expect(control.countPending()).toBe(1);
});

test("a poll that was cut by a crash confirms nothing", async () => {
  const { control, api } = await aTelegram();
  control.say({ from: ada, text: "one" });
  control.failNext({ method: "getUpdates", when: "after", cutSocket: true });
  await expect(api.getUpdates()).rejects.toThrow("Network request");
  expect(await api.getUpdates()).toHaveLength(1);
});

test("update ids rise by one, and limit and a negative offset choose among them", async () => {
  const { control, api } = await aTelegram();
  for (const text of ["one", "two", "three"]) control.say({ from: ada, text });
  const updates = await api.getUpdates();
  const [first] = updates;
  expect(updates.map(({ update_id: id }) => id - first!.update_id)).toEqual([0, 1, 2]);
  expect(await api.getUpdates({ limit: 1 })).toEqual([first]);
  const last = await api.getUpdates({ offset: -1 });
  expect(last.map(({ message }) => message?.text)).toEqual(["three"]);
  expect(control.countPending()).toBe(1);
});

test("a long poll waits for an update, and for no longer than it said", async () => {
  const clock = fakeClock();
  const { control, api } = await aTelegram({ clock });
  const woken = api.getUpdates({ timeout: 30 });
  await untilPolling(control);
  control.say({ from: ada, text: "hello" });
  expect(await woken).toHaveLength(1);
  await api.getUpdates({ offset: -1 });
  const confirmed = (await api.getUpdates())[0]!.update_id + 1;
  let done = false;
  const expired = api.getUpdates({ offset: confirmed, timeout: 30 }).finally(() => (done = true));
  await control.waitForConfirmed();
  await clock.advance(29_999);
  expect(done).toBe(false);
  await clock.advance(1);
  expect(await expired).toEqual([]);
});

async function untilPolling(control: { countPolls(): number }): Promise<void> {
  while (control.countPolls() === 0) await turn();
}

test("the older of two pollers gets the conflict", async () => {
  const { control, api } = await aTelegram();
  const older = refusalOf(api.getUpdates({ timeout: 30 }));
  await untilPolling(control);
  const newer = api.getUpdates({ timeout: 30 });
  expect(await older).toMatchObject({
    error_code: 409,
    description:
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  });
  control.say({ from: ada, text: "hello" });
  expect(await newer).toHaveLength(1);
});

test("grammY's own poller stops with the conflict when a second one comes", async () => {
  const { control, api, aBot } = await aTelegram();
  const bot = aBot();
  const ended = bot.start().then(
    () => undefined,
    (fault: unknown) => fault,
  );
  await untilPolling(control);
  await api.getUpdates({ timeout: 0 });
  expect(await ended).toBeInstanceOf(GrammyError);
  expect(await ended).toMatchObject({ error_code: 409 });
});

test("reactions and member changes come only when they were asked for, and the wish is kept", async () => {
  const { control, api } = await aTelegram();
  const group = control.addSupergroup({ title: "Friends", members: [ada, bob], bot: "administrator" });
  const { message } = control.say({ from: ada, chat: group.id, text: "hello" });
  const like = { from: bob, chat: group.id, messageId: message.message_id };
  expect(control.react({ ...like, emoji: ["👍"] })).toBeNull();
  await api.getUpdates({ allowed_updates: ["message_reaction", "chat_member"] });
  expect(control.react({ ...like, emoji: ["🔥"] })).toMatchObject({
    message_reaction: {
      user: { id: bob },
      old_reaction: [{ emoji: "👍" }],
      new_reaction: [{ emoji: "🔥" }],
    },
  });
  control.setMember({ chat: group.id, user: 100_000_001, status: "member", by: ada });
  expect(control.react({ ...like, emoji: ["👀"] })).toBeNull();
  expect(control.say({ from: ada, text: "not asked for" }).update).toBeNull();
  await api.getUpdates({ allowed_updates: [] });
  expect(control.say({ from: ada, text: "asked for again" }).update).not.toBeNull();
});

test.each([
  ["a wrong token", 401, "Unauthorized"],
  ["an unknown method", 404, "Not Found: method not found"],
])("%s is answered %i", async (what, status, description) => {
  const { telegram } = await aTelegram();
  const token = what === "a wrong token" ? `${telegram.bot.id}:wrong` : telegram.token;
  const response = await fetch(`${telegram.url}/bot${token}/getYou`);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ ok: false, error_code: status, description });
});

test("a revoked token is refused until it is restored", async () => {
  const { control, api } = await aTelegram();
  control.revokeToken();
  expect(await refusalOf(api.getMe())).toMatchObject({ error_code: 401, description: "Unauthorized" });
  control.restoreToken();
  expect(await api.getMe()).toMatchObject({ is_bot: true, can_read_all_group_messages: false });
});
