import { InlineKeyboard } from "grammy";
import { expect, test } from "vitest";
import { ada, aTelegram, bob, refusalOf } from "../../../test/a-telegram.ts";

const refusal = async (call: Promise<unknown>) => (await refusalOf(call)).description;

test("the bot edits its own message; an edit that changes nothing is refused in the real words", async () => {
  const { control, api } = await aTelegram();
  const { message_id: id } = await api.sendMessage(ada, "draft");
  expect(await api.editMessageText(ada, id, "final")).toMatchObject({ text: "final", message_id: id });
  expect(await refusal(api.editMessageText(ada, id, "final"))).toBe(
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
  );
  expect(control.messages(ada).map(({ text }) => text)).toEqual(["final"]);
  expect(control.sent.map(({ method }) => method)).toEqual(["sendMessage", "editMessageText"]);
});

test("a message that is not there, and one of somebody else, cannot be edited", async () => {
  const { control, api } = await aTelegram();
  const { message } = control.say({ from: ada, text: "mine" });
  expect(await refusal(api.editMessageText(ada, 4711, "x"))).toBe("Bad Request: message to edit not found");
  expect(await refusal(api.editMessageText(ada, message.message_id, "x"))).toBe(
    "Bad Request: message can't be edited",
  );
});

test("a keyboard can be taken away, once", async () => {
  const { api } = await aTelegram();
  const reply_markup = new InlineKeyboard().text("Yes", "yes");
  const { message_id: id } = await api.sendMessage(ada, "Sure?", { reply_markup });
  const edited = await api.editMessageReplyMarkup(ada, id);
  expect(edited).not.toHaveProperty("reply_markup");
  expect(await refusal(api.editMessageReplyMarkup(ada, id))).toContain("message is not modified");
});

test("a bot deletes its own messages, and others' where it may", async () => {
  const { control, api } = await aTelegram();
  const group = control.addSupergroup({ title: "Friends", members: [ada] });
  const { message } = control.say({ from: ada, chat: group.id, text: "hello" });
  expect(await refusal(api.deleteMessage(group.id, message.message_id))).toBe(
    "Bad Request: message can't be deleted",
  );
  expect(await api.deleteMessage(group.id, (await api.sendMessage(group.id, "x")).message_id)).toBe(true);
  control.setMember({ chat: group.id, user: 100_000_001, status: "administrator", by: ada });
  expect(await api.deleteMessage(group.id, message.message_id)).toBe(true);
  expect(await refusal(api.deleteMessage(group.id, message.message_id))).toBe(
    "Bad Request: message to delete not found",
  );
});

test("the bot reacts with one known emoji", async () => {
  const { control, api } = await aTelegram();
  const { message } = control.say({ from: ada, text: "hello" });
  const id = message.message_id;
  expect(await api.setMessageReaction(ada, id, [{ type: "emoji", emoji: "👀" }])).toBe(true);
  expect(await refusal(api.setMessageReaction(ada, id, [{ type: "emoji", emoji: "🦞" as "👀" }]))).toBe(
    "Bad Request: REACTION_INVALID",
  );
  expect(await refusal(api.setMessageReaction(ada, 4711, []))).toBe(
    "Bad Request: message to react not found",
  );
});

test("grammY hears a pressed button and answers it, once", async () => {
  const { control, api, aBot } = await aTelegram();
  const bot = aBot();
  bot.callbackQuery("yes", (context) => context.answerCallbackQuery("Thank you"));
  void bot.start();
  const reply_markup = new InlineKeyboard().text("Yes", "yes");
  const { message_id: messageId } = await api.sendMessage(ada, "Sure?", { reply_markup });
  const update = control.press({ from: ada, chat: ada, messageId, data: "yes" });
  await control.waitForConfirmed();
  const id = update!.callback_query!.id;
  while (control.answerTo(id) === null) await new Promise((resolve) => setImmediate(resolve));
  expect(control.answerTo(id)).toEqual({ text: "Thank you" });
  expect(await refusal(api.answerCallbackQuery(id))).toBe(
    "Bad Request: query is too old and response timeout expired or query ID is invalid",
  );
  expect(() => control.press({ from: ada, chat: ada, messageId, data: "no" })).toThrow("no button");
  const forged = control.press({ from: ada, chat: ada, messageId, data: "no", isForged: true });
  expect(forged?.callback_query?.data).toBe("no");
});

test("a person's edit comes as one, with the time of the edit", async () => {
  const { control, api } = await aTelegram();
  const { message } = control.say({ from: ada, text: "/stop" });
  control.edit({ chat: ada, messageId: message.message_id, text: "/start" });
  const [, edited] = await api.getUpdates();
  expect(edited?.edited_message).toMatchObject({
    message_id: message.message_id,
    text: "/start",
    entities: [{ type: "bot_command", offset: 0, length: 6 }],
  });
  expect(edited?.edited_message?.edit_date).toBeTypeOf("number");
});

test("looking up chats and members", async () => {
  const { control, api } = await aTelegram();
  const group = control.addSupergroup({ title: "Friends", members: [ada], bot: "administrator" });
  expect(await api.getChat(group.id)).toMatchObject({ title: "Friends", type: "supergroup" });
  expect(await api.getChatMember(group.id, ada)).toMatchObject({ status: "member", user: { id: ada } });
  expect(await api.getChatMember(group.id, bob)).toMatchObject({ status: "left" });
  expect(await refusal(api.getChatMember(group.id, 4711))).toBe("Bad Request: invalid user_id specified");
  expect(await api.getChatAdministrators(group.id)).toHaveLength(1);
  expect(await api.getChatMemberCount(group.id)).toBe(2);
});

test("commands are kept, and refused when Telegram would refuse them", async () => {
  const { api } = await aTelegram();
  const commands = [{ command: "status", description: "How it goes" }];
  expect(await api.setMyCommands(commands)).toBe(true);
  expect(await api.getMyCommands()).toEqual(commands);
  expect(await refusal(api.setMyCommands([{ command: "No Way", description: "x" }]))).toBe(
    "Bad Request: BOT_COMMAND_INVALID",
  );
});
