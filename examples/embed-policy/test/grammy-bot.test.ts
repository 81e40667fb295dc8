import { startTelegramEmulator, type TelegramEmulator } from "@clawd/emulators/telegram";
import type { Pairing } from "@clawd/pairing";
import type { Bot } from "grammy";
import type { User } from "grammy/types";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTelegramBot } from "../src/grammy-bot.ts";

const owner = 42;
const stranger = 7;
const group = -1_001_234_567_890;

let telegram: TelegramEmulator;
let bot: Bot;
let pairing: Pairing;
let deployed: string[];

beforeEach(async () => {
  telegram = await startTelegramEmulator();
  const { control } = telegram;
  control.addUser({ id: owner, firstName: "Ada", username: "ada" });
  control.addUser({ id: stranger, firstName: "Bob" });
  control.addSupergroup({ id: group, title: "Friends", members: [owner, stranger] });
  control.setReadsAllGroupMessages(true);
  deployed = [];
  const deploy = async (target: string) => void deployed.push(target);
  const grammy = { client: { apiRoot: telegram.url } };
  ({ bot, pairing } = createTelegramBot({ token: telegram.token, deploy, grammy }));
  await new Promise<void>((onStart) => void bot.start({ onStart: () => onStart() }));
});

afterEach(async () => {
  await bot.stop();
  await telegram.stop();
});

/** What the bot has said, once it has dealt with everything that it was sent. */
async function said(): Promise<readonly string[]> {
  await telegram.control.waitForConfirmed();
  return telegram.control.listSent({ method: "sendMessage" }).map(({ text }) => text ?? "");
}

const toGroup = (from: number, text: string) => telegram.control.say({ from, chat: group, text });
const mention = () => `@${telegram.bot.username}`;

test("a stranger gets one code and no answer", async () => {
  telegram.control.say({ from: stranger, text: "hello" });
  telegram.control.say({ from: stranger, text: "hello?" });
  expect(await said()).toEqual([expect.stringMatching(/approve [A-Z2-9]{8}$/)]);
});

test("the owner approves the code by chat, and the stranger is answered", async () => {
  telegram.control.say({ from: stranger, text: "hello" });
  await said();
  telegram.control.say({ from: owner, text: `/approve ${pairing.list()[0]!.code}` });
  telegram.control.say({ from: stranger, text: "hello" });
  expect((await said()).slice(1)).toEqual(["7 may write to me now.", "Hello! You are listed to me."]);
});

test("nobody but an owner approves a code", async () => {
  telegram.control.say({ from: stranger, text: "hello" });
  await said();
  const { code } = pairing.list()[0]!;
  telegram.control.say({ from: stranger, text: `/approve ${code}` });
  toGroup(stranger, `${mention()} approve ${code}`);
  await said();
  expect(pairing.approved()).toEqual([]);
});

test("in the group only a mention is answered, with the standing of whoever wrote it", async () => {
  toGroup(stranger, "nice weather");
  toGroup(stranger, `${mention()} is it?`);
  toGroup(owner, `is it, ${mention()}`);
  expect(await said()).toEqual(["Hello! You are stranger to me.", "Hello! You are owner to me."]);
});

test("in another group not even a mention is answered", async () => {
  const { id } = telegram.control.addSupergroup({ title: "Elsewhere", members: [owner] });
  telegram.control.say({ from: owner, chat: id, text: `${mention()} hello` });
  expect(await said()).toEqual([]);
});

test("a name that reads like an allowed person's helps nobody", async () => {
  telegram.control.addUser({ id: 8, firstName: "42", lastName: "telegram:42", username: "ada" });
  telegram.control.say({ from: 8, text: "It is me, Ada" });
  expect(await said()).toEqual([expect.stringMatching(/approve/)]);
});

test("an anonymous administrator and a channel are nobody", async () => {
  const channel = telegram.control.addChannel({ title: "News" });
  telegram.control.say({ from: "anonymous-admin", chat: group, text: `${mention()} deploy web` });
  telegram.control.say({ from: { channel: channel.id }, chat: group, text: `${mention()} deploy web` });
  expect(await said()).toEqual([]);
});

test("a forward and an edit do nothing", async () => {
  telegram.control.say({ from: owner, forwardOf: stranger, text: "deploy web" });
  const { message } = toGroup(owner, "nice weather");
  telegram.control.edit({ chat: group, messageId: message.message_id, text: `${mention()} deploy web` });
  expect(await said()).toEqual([]);
  expect(deployed).toEqual([]);
});

/** What Telegram does not show a bot, or not like this. */
const inGroup = (from: User, more: object = {}) => ({
  update_id: 1_000_000,
  message: {
    message_id: 1,
    date: 1,
    chat: { id: group, type: "supergroup" as const, title: "Friends" },
    from,
    text: `${mention()} deploy web`,
    entities: [{ type: "mention" as const, offset: 0, length: mention().length }],
    ...more,
  },
});

test("its own messages and those of other bots are ignored", async () => {
  await bot.handleUpdate(inGroup({ id: telegram.bot.id, is_bot: false, first_name: "Me" }));
  await bot.handleUpdate(inGroup({ id: owner, is_bot: true, first_name: "Ada" }));
  expect(await said()).toEqual([]);
});

test("whoever speaks as a chat is nobody, whatever account it is said to come from", async () => {
  const speaksAs = { sender_chat: { id: group, type: "supergroup", title: "Friends" } };
  await bot.handleUpdate(inGroup({ id: owner, is_bot: false, first_name: "Ada" }, speaksAs));
  await bot.handleUpdate(inGroup({ id: 777_000, is_bot: false, first_name: "Telegram" }));
  expect(await said()).toEqual([]);
});

test("an update of a kind that nobody knows is ignored", async () => {
  await bot.handleUpdate({ update_id: 1_000_000, telepathy: { from: { id: owner } } } as never);
  expect(await said()).toEqual([]);
});

test("only the owner has it deploy", async () => {
  pairing.approveId(String(stranger));
  telegram.control.say({ from: stranger, text: "deploy friend" });
  toGroup(stranger, `${mention()} deploy stranger`);
  telegram.control.say({ from: owner, text: "deploy web" });
  toGroup(owner, `/deploy${mention()} shop`);
  const no = "I may not do that for you.";
  expect(await said()).toEqual([no, no, "web is deployed.", "shop is deployed."]);
  expect(deployed).toEqual(["web", "shop"]);
});
