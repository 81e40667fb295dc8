import { afterEach, beforeEach, expect, test } from "vitest";
import { Bot } from "grammy";
import { startTelegramEmulator, type TelegramEmulator } from "../telegram.ts";

let telegram: TelegramEmulator;
let bots: Bot[];

beforeEach(async () => {
  bots = [];
  telegram = await startTelegramEmulator();
  telegram.control.addUser({ id: 42, firstName: "Ada", username: "ada" });
});
afterEach(async () => {
  await Promise.all(bots.map((bot) => bot.stop()));
  await telegram.stop();
});

function aBot(): Bot {
  const bot = new Bot(telegram.token, { client: { apiRoot: telegram.url } });
  bot.catch(() => {});
  bots.push(bot);
  return bot;
}

test("the real grammY hears a person and answers them", async () => {
  const bot = aBot();
  bot.on("message:text", (context) => context.reply(`You said: ${context.message.text}`));
  void bot.start();
  telegram.control.say({ from: 42, text: "hello" });
  const answer = await telegram.control.waitForSent({ chatId: 42 });
  expect(answer).toMatchObject({ method: "sendMessage", text: "You said: hello", threadId: null });
  expect(answer.messageId).toBe(2);
});
