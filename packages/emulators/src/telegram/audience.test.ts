import { describe, expect, test } from "vitest";
import { ada, aTelegram, bob } from "../../test/a-telegram.ts";

const me = 100_000_001;

async function aGroup() {
  const scene = await aTelegram();
  const group = scene.control.addSupergroup({ title: "Friends", members: [ada, bob] });
  const hears = (text: string, more: object = {}) =>
    scene.control.say({ from: ada, chat: group.id, text, ...more }).update !== null;
  return { ...scene, group, hears };
}

describe("privacy mode", () => {
  test.each([
    ["plain talk", "hello all", false],
    ["a mention", "hello @clawd_test_bot!", true],
    ["a mention in other letters", "hello @Clawd_Test_Bot", true],
    ["a mention of a longer name", "hello @clawd_test_bot2", false],
    ["the name inside an address", "mail me@clawd_test_bot.org", false],
    ["a command for nobody", "/status", true],
    ["a command for this bot", "/status@clawd_test_bot", true],
    ["a command for another bot", "/status@other_bot", false],
    ["a command in the middle", "use /status here", false],
  ])("%s", async (_, text, heard) => {
    const { hears } = await aGroup();
    expect(hears(text)).toBe(heard);
  });

  test("a mention inside code mentions nobody", async () => {
    const { hears } = await aGroup();
    const entities = [{ type: "code", offset: 0, length: 15 }];
    expect(hears("@clawd_test_bot", { entities })).toBe(false);
  });

  test("a text mention of the bot is heard, of somebody else not", async () => {
    const { hears, control } = await aGroup();
    const mention = (id: number) => [
      { type: "text_mention", offset: 0, length: 3, user: control.addUser({ id, firstName: "X" }) },
    ];
    expect(hears("you there", { entities: mention(77) })).toBe(false);
    const user = { id: me, is_bot: true, first_name: "Clawd" };
    expect(hears("you there", { entities: [{ type: "text_mention", offset: 0, length: 3, user }] })).toBe(
      true,
    );
  });

  test("a reply to the bot is heard, a reply to somebody else is not", async () => {
    const { hears, group, api, control } = await aGroup();
    const own = await api.sendMessage(group.id, "hello");
    expect(hears("thanks", { replyTo: own.message_id })).toBe(true);
    const { message } = control.say({ from: bob, chat: group.id, text: "hi" });
    expect(hears("thanks", { replyTo: message.message_id })).toBe(false);
  });

  test("an administrator bot hears everything, and so does one without privacy mode", async () => {
    const { hears, group, control } = await aGroup();
    control.setMember({ chat: group.id, user: me, status: "administrator", by: ada });
    expect(hears("hello all")).toBe(true);
    control.setMember({ chat: group.id, user: me, status: "member", by: ada });
    expect(hears("hello all")).toBe(false);
    control.setReadsAllGroupMessages(true);
    expect(hears("hello all")).toBe(true);
  });
});

test("bots do not hear bots, and a bot that has left hears nothing", async () => {
  const { hears, group, control } = await aGroup();
  const robot = control.addUser({ firstName: "Robot", username: "other_bot", isBot: true });
  expect(hears("@clawd_test_bot", { from: robot.id })).toBe(false);
  control.setMember({ chat: group.id, user: me, status: "left" });
  expect(hears("@clawd_test_bot")).toBe(false);
});

describe("who speaks", () => {
  test("an anonymous administrator speaks as the group, with the id that all of them share", async () => {
    const { control, group } = await aGroup();
    const { update } = control.say({ from: "anonymous-admin", chat: group.id, text: "/status" });
    expect(update?.message).toMatchObject({
      from: { id: 1087968824, is_bot: true, username: "GroupAnonymousBot" },
      sender_chat: { id: group.id, type: "supergroup" },
    });
  });

  test("somebody may speak as a channel", async () => {
    const { control, group } = await aGroup();
    const channel = control.addChannel({ title: "News", bot: "left" });
    const { update } = control.say({ from: { channel: channel.id }, chat: group.id, text: "/status" });
    expect(update?.message).toMatchObject({ from: { id: 136817688 }, sender_chat: { id: channel.id } });
  });

  test("a channel's post has no sender, and its linked group gets it from 777000", async () => {
    const { control, api } = await aTelegram();
    control.setReadsAllGroupMessages(true);
    const group = control.addSupergroup({ title: "Talk", members: [ada] });
    const channel = control.addChannel({ title: "News", linkedGroup: group.id });
    control.post({ channel: channel.id, text: "/status" });
    const [post, forward] = await api.getUpdates();
    expect(post?.channel_post).toMatchObject({ chat: { id: channel.id }, sender_chat: { id: channel.id } });
    expect(post?.channel_post).not.toHaveProperty("from");
    expect(forward?.message).toMatchObject({
      from: { id: 777000 },
      sender_chat: { id: channel.id },
      is_automatic_forward: true,
    });
  });

  test("a button pressed by an anonymous administrator carries the real id", async () => {
    const { control, api, group } = await aGroup();
    const reply_markup = { inline_keyboard: [[{ text: "Yes", callback_data: "yes" }]] };
    const { message_id: messageId } = await api.sendMessage(group.id, "Sure?", { reply_markup });
    const update = control.press({ from: ada, chat: group.id, messageId, data: "yes" });
    expect(update?.callback_query?.from.id).toBe(ada);
  });
});

describe("members", () => {
  test("the bot's own standing comes as my_chat_member", async () => {
    const { control } = await aTelegram();
    const group = control.addGroup({ title: "New", bot: "left", members: [ada] });
    const updates = control.setMember({ chat: group.id, user: me, status: "member", by: ada });
    expect(updates[0]).toMatchObject({
      my_chat_member: {
        from: { id: ada },
        old_chat_member: { status: "left" },
        new_chat_member: { status: "member", user: { id: me } },
      },
    });
    expect(updates[1]).toMatchObject({ message: { new_chat_members: [{ id: me }] } });
  });

  test("being blocked and unblocked comes as my_chat_member of the private chat", async () => {
    const { control } = await aTelegram();
    expect(control.block(ada)).toMatchObject({ my_chat_member: { new_chat_member: { status: "kicked" } } });
    expect(control.unblock(ada)).toMatchObject({ my_chat_member: { new_chat_member: { status: "member" } } });
  });

  test("others' standing comes to an administrator that asked", async () => {
    const { control, api } = await aTelegram();
    const group = control.addSupergroup({ title: "Friends", members: [ada], bot: "administrator" });
    await api.getUpdates({ allowed_updates: ["chat_member"] });
    const updates = control.setMember({ chat: group.id, user: bob, status: "administrator", by: ada });
    expect(updates).toMatchObject([{ chat_member: { new_chat_member: { status: "administrator" } } }]);
  });
});

describe("traps of threads", () => {
  test("a message in a topic seems to answer the message that made the topic", async () => {
    const { control } = await aTelegram();
    const forum = control.addSupergroup({ title: "Forum", forum: true, members: [ada] });
    const thread = control.addTopic({ chat: forum.id, name: "Ours" });
    const { message, update } = control.say({ from: ada, chat: forum.id, thread, text: "hello" });
    expect(message).toMatchObject({
      message_thread_id: thread,
      is_topic_message: true,
      reply_to_message: { message_id: thread, from: { id: me }, forum_topic_created: { name: "Ours" } },
    });
    expect(update).not.toBeNull();
  });

  test("a reply in a supergroup without topics carries a thread id and is no topic message", async () => {
    const { control, group } = await aGroup();
    const first = control.say({ from: bob, chat: group.id, text: "first" }).message;
    const second = control.say({ from: ada, chat: group.id, text: "second", replyTo: first.message_id });
    expect(second.message.message_thread_id).toBe(first.message_id);
    expect(second.message.is_topic_message).toBeUndefined();
    const quoted = {
      from: bob,
      chat: group.id,
      text: "third",
      replyTo: second.message.message_id,
      quote: "sec",
    };
    expect(control.say(quoted).message).toMatchObject({
      message_thread_id: first.message_id,
      quote: { text: "sec" },
    });
  });
});
