import { InlineKeyboard } from "grammy";
import { describe, expect, test } from "vitest";
import { ada, aTelegram, bob, refusalOf, type Scene } from "../../../test/a-telegram.ts";

const refusal = async (call: Promise<unknown>) => (await refusalOf(call)).description;

describe("where the bot may write", () => {
  test.each<[string, string, (scene: Scene) => number | string]>([
    ["an id that nobody has", "Bad Request: chat not found", () => 999],
    ["a person it never met", "Bad Request: chat not found", () => bob],
    [
      "a person it knows from a group only",
      "Forbidden: bot can't initiate conversation with a user",
      ({ control }) => {
        control.addGroup({ title: "Friends", members: [bob] });
        return bob;
      },
    ],
    [
      "a person who blocked it",
      "Forbidden: bot was blocked by the user",
      ({ control }) => {
        control.block(ada);
        return ada;
      },
    ],
    [
      "another bot",
      "Forbidden: bot can't send messages to bots",
      ({ control }) => control.addUser({ firstName: "Robot", isBot: true, started: true }).id,
    ],
    [
      "a supergroup that threw it out",
      "Forbidden: bot was kicked from the supergroup chat",
      ({ control }) => control.addSupergroup({ title: "Foes", bot: "kicked" }).id,
    ],
    [
      "a channel it is not in",
      "Forbidden: bot is not a member of the channel chat",
      ({ control }) => control.addChannel({ title: "News", bot: "left" }).id,
    ],
    [
      "a group that silenced it",
      "Bad Request: not enough rights to send text messages to the chat",
      ({ control }) => control.addSupergroup({ title: "Quiet", bot: "restricted" }).id,
    ],
    ["a name that nobody has", "Bad Request: chat not found", () => "@nobody_at_all"],
    ["a word", "Bad Request: chat not found", () => "somewhere"],
    ["nothing", "Bad Request: chat_id is empty", () => ""],
  ])("not to %s", async (_, description, target) => {
    const scene = await aTelegram();
    expect(await refusal(scene.api.sendMessage(target(scene), "hello"))).toBe(description);
    expect(scene.control.sent).toEqual([]);
  });

  test("a group that became a supergroup names its successor", async () => {
    const { control, api } = await aTelegram();
    const group = control.addGroup({ title: "Growing", members: [ada] });
    const successor = control.migrate(group.id);
    expect(await refusalOf(api.sendMessage(group.id, "hello"))).toMatchObject({
      description: "Bad Request: group chat was upgraded to a supergroup chat",
      parameters: { migrate_to_chat_id: successor.id },
    });
    expect(await api.sendMessage(successor.id, "hello")).toMatchObject({ chat: { type: "supergroup" } });
  });

  test("a public supergroup can be named", async () => {
    const { control, api } = await aTelegram();
    const group = control.addSupergroup({ title: "Open", username: "open_group" });
    expect((await api.sendMessage("@Open_Group", "hello")).chat.id).toBe(group.id);
  });
});

describe("text", () => {
  test.each([
    ["empty", "", "Bad Request: message text is empty"],
    ["only spaces", " \n ", "Bad Request: text must be non-empty"],
    ["4097 characters", "x".repeat(4097), "Bad Request: message is too long"],
    ["2049 emoji, each two code units", "🦞".repeat(2049), "Bad Request: message is too long"],
    ["a lone surrogate", "\ud83e", "Bad Request: strings must be encoded in UTF-8"],
  ])("%s is refused", async (_, text, description) => {
    const { api } = await aTelegram();
    expect(await refusal(api.sendMessage(ada, text))).toBe(description);
  });

  test("4096 code units are taken", async () => {
    const { api } = await aTelegram();
    expect((await api.sendMessage(ada, "🦞".repeat(2048))).text).toHaveLength(4096);
  });

  test("HTML becomes text and entities, counted after the tags are gone", async () => {
    const { api } = await aTelegram();
    const html = `<b>Hi</b> &lt;you&gt; <a href="https://example.org">there</a>`;
    expect(await api.sendMessage(ada, html, { parse_mode: "HTML" })).toMatchObject({
      text: "Hi <you> there",
      entities: [
        { type: "bold", offset: 0, length: 2 },
        { type: "text_link", offset: 9, length: 5, url: "https://example.org" },
      ],
    });
  });

  test.each([
    ["<b>Hi", `can't parse entities: Can't find end tag corresponding to start tag "b"`],
    ["ü<script>", `can't parse entities: Unsupported start tag "script" at byte offset 2`],
    ["</b>", "can't parse entities: Unexpected end tag at byte offset 0"],
    [
      "<b><i>x</b></i>",
      `can't parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`,
    ],
    ["a < b", `can't parse entities: Unsupported start tag "" at byte offset 2`],
  ])("broken HTML %s is refused", async (html, reason) => {
    const { api } = await aTelegram();
    expect(await refusal(api.sendMessage(ada, html, { parse_mode: "HTML" }))).toBe(`Bad Request: ${reason}`);
  });
});

describe("threads and replies", () => {
  test("a topic's messages carry its id; General, id 1, is written to without one", async () => {
    const { control, api } = await aTelegram();
    const forum = control.addSupergroup({ title: "Forum", forum: true, members: [ada] });
    const thread = control.addTopic({ chat: forum.id, name: "Lobsters", by: ada });
    expect(await api.sendMessage(forum.id, "in it", { message_thread_id: thread })).toMatchObject({
      message_thread_id: thread,
      is_topic_message: true,
    });
    expect((await api.sendMessage(forum.id, "in General")).message_thread_id).toBeUndefined();
    for (const wrong of [1, 4711]) {
      const call = api.sendMessage(forum.id, "nowhere", { message_thread_id: wrong });
      expect(await refusal(call)).toBe("Bad Request: message thread not found");
    }
    control.closeTopic({ chat: forum.id, thread });
    expect(await refusal(api.sendMessage(forum.id, "late", { message_thread_id: thread }))).toBe(
      "Bad Request: TOPIC_CLOSED",
    );
    expect(await api.sendChatAction(forum.id, "typing", { message_thread_id: 1 })).toBe(true);
  });

  test("a reply shows the message it answers, and none of what that one answered", async () => {
    const { control, api } = await aTelegram();
    const { message } = control.say({ from: ada, text: "first" });
    const second = await api.sendMessage(ada, "second", {
      reply_parameters: { message_id: message.message_id },
    });
    const third = await api.sendMessage(ada, "third", {
      reply_parameters: { message_id: second.message_id },
    });
    expect(third.reply_to_message?.text).toBe("second");
    expect(third.reply_to_message?.reply_to_message).toBeUndefined();
  });

  test("a reply to nothing is refused, or sent without when that is allowed", async () => {
    const { api } = await aTelegram();
    const missing = { message_id: 4711 };
    expect(await refusal(api.sendMessage(ada, "x", { reply_parameters: missing }))).toBe(
      "Bad Request: message to be replied not found",
    );
    const forgiving = { ...missing, allow_sending_without_reply: true };
    expect(
      (await api.sendMessage(ada, "x", { reply_parameters: forgiving })).reply_to_message,
    ).toBeUndefined();
  });

  test("message ids: one sequence for private chats and basic groups, one for each supergroup", async () => {
    const { control, api } = await aTelegram();
    const group = control.addGroup({ title: "Small", members: [ada] });
    const large = control.addSupergroup({ title: "Large", members: [ada] });
    const ids = [];
    for (const chat of [ada, group.id, large.id, ada, large.id]) {
      ids.push((await api.sendMessage(chat, "hello")).message_id);
    }
    expect(ids).toEqual([1, 2, 1, 3, 2]);
  });
});

describe("shapes", () => {
  test.each([
    ["an unknown parameter", { chat_id: ada, text: "x", txet: "y" }],
    ["a number for a text", { chat_id: ada, text: 5 }],
    ["a word for a thread", { chat_id: ada, text: "x", message_thread_id: "first" }],
    ["a word for a flag", { chat_id: ada, text: "x", disable_notification: "maybe" }],
    ["a list for an object", { chat_id: ada, text: "x", reply_parameters: [1] }],
    ["an unknown member", { chat_id: ada, text: "x", reply_parameters: { message_id: 1, id: 1 } }],
    [
      "a button of no kind",
      { chat_id: ada, text: "x", reply_markup: { inline_keyboard: [[{ text: "x" }]] } },
    ],
    ["an unknown parse mode", { chat_id: ada, text: "x", parse_mode: "rtf" }],
  ])("%s is answered 400", async (_, body) => {
    const { telegram } = await aTelegram();
    const response = await fetch(`${telegram.url}/bot${telegram.token}/sendMessage`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ ok: false, error_code: 400 });
  });

  test.each(["[]", "{", "7"])("a body that is %s is answered 400", async (body) => {
    const { telegram } = await aTelegram();
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", headers, body };
    expect((await fetch(`${telegram.url}/bot${telegram.token}/getMe`, request)).status).toBe(400);
  });

  test("parameters may come in the query or a form, and method names in any case", async () => {
    const { telegram } = await aTelegram();
    const url = `${telegram.url}/bot${telegram.token}/SENDMESSAGE`;
    const query = await fetch(`${url}?chat_id=${ada}&text=hello&disable_notification=true`);
    expect(await query.json()).toMatchObject({ ok: true, result: { text: "hello" } });
    const body = new URLSearchParams({
      chat_id: String(ada),
      text: "x",
      reply_parameters: `{"message_id":1}`,
    });
    const form = await fetch(url, { method: "POST", body });
    expect(await form.json()).toMatchObject({ ok: true, result: { reply_to_message: { text: "hello" } } });
  });

  test("callback data longer than 64 bytes is refused", async () => {
    const { api } = await aTelegram();
    const reply_markup = new InlineKeyboard().text("Yes", "ü".repeat(33));
    expect(await refusal(api.sendMessage(ada, "?", { reply_markup }))).toBe(
      "Bad Request: BUTTON_DATA_INVALID",
    );
  });

  test("an unknown chat action is refused", async () => {
    const { api } = await aTelegram();
    expect(await refusal(api.sendChatAction(ada, "dancing" as "typing"))).toBe(
      "Bad Request: wrong parameter action in request",
    );
  });
});
