import { startTelegramEmulator, type TelegramEmulator } from "@clawd/emulators/telegram";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MinimalGateway, startGateway } from "../src/gateway.ts";

let telegram: TelegramEmulator;
let gateway: MinimalGateway;
const group = -1_001_234_567_890;

beforeAll(async () => {
  telegram = await startTelegramEmulator();
  const { control } = telegram;
  control.addUser({ id: 42, firstName: "Ada" });
  control.addSupergroup({ id: group, title: "Friends", members: [42] });
  control.setReadsAllGroupMessages(true);
  const config = { botToken: telegram.token, apiRoot: telegram.url, groups: { [group]: {} } };
  gateway = await startGateway(config);
});

afterAll(async () => {
  await gateway?.stop();
  await telegram?.stop();
});

const sent = () => telegram.control.listSent({ method: "sendMessage" });

test("a stranger gets one code", async () => {
  telegram.control.say({ from: 42, text: "hello" });
  telegram.control.say({ from: 42, text: "hello?" });
  await telegram.control.waitForConfirmed();
  expect(sent().map(({ text }) => text)).toEqual([expect.stringMatching(/Pairing code: [A-Z2-9]{8}/)]);
});

test("once approved, they are answered", async () => {
  gateway.pairing.approve(gateway.pairing.list()[0]!.code);
  telegram.control.say({ from: 42, text: "hello" });
  const { text } = await telegram.control.waitForSent({ textIncludes: "Hello!" });
  expect(text).toContain("practice model");
});

test("in a group only a mention is answered", async () => {
  const before = sent().length;
  telegram.control.say({ from: 42, chat: group, text: "nice weather" });
  await telegram.control.waitForConfirmed();
  expect(sent()).toHaveLength(before);
  telegram.control.say({ from: 42, chat: group, text: `@${telegram.bot.username} is it?` });
  await telegram.control.waitForSent({ chatId: group, textIncludes: "is it?" });
});

test("a config that contradicts itself starts nothing", async () => {
  const open = { botToken: telegram.token, apiRoot: telegram.url, dmPolicy: "open" };
  await expect(startGateway(open)).rejects.toThrow(/dmPolicy/);
});
