// The least a Telegram bot in Node can be: grammY with long polling. "echo" answers, "ignore" looks the sender up and does nothing.
import { Bot } from "grammy";

const [url, token, mode] = process.argv.slice(2);
const bot = new Bot(token, { client: { apiRoot: url } });
const friends = new Set([1]);
bot.on("message:text", async (context) => {
  if (mode === "ignore" && !friends.has(context.from.id)) return;
  await context.api.sendMessage(context.chat.id, context.message.text);
});
process.once("SIGTERM", () => process.exit(0));
await bot.start({ onStart: () => console.log("started") });
