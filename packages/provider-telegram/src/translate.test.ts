import { readFileSync } from "node:fs";
import type { InboundEvent } from "@clawd/provider-kit";
import fc from "fast-check";
import type { Message, MessageEntity, Update } from "grammy/types";
import { describe, expect, test } from "vitest";
import { allowedUpdates, translate } from "./translate.ts";
import { addressees } from "./words.ts";

const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/updates.json", import.meta.url), "utf8"),
) as Record<string, Update>;

const bot = { id: 1000, username: "clawd_bot" };
const receivedAt = 1_767_225_601_000;

const read = (update: Update) => translate(update, { account: "default", bot, receivedAt });

function event(name: string): InboundEvent {
  const translated = read(fixtures[name]!);
  if (translated === undefined) throw new Error(`${name} gave no event`);
  return translated;
}

/** A message of Ada's in the group, with parts of it replaced. */
function said(message: Partial<Message>): InboundEvent {
  const whole = { ...fixtures["groupMention"]!.message!, entities: [], ...message } as Message;
  return read({ update_id: 1, message: whole } as Update)!;
}

const mark = (type: string, offset: number, length: number, more = {}) =>
  ({ type, offset, length, ...more }) as MessageEntity;

test("a direct message carries every fact", () => {
  expect(event("directMessage")).toEqual({
    kind: "message",
    provider: "telegram",
    account: "default",
    eventId: "update:100",
    sentAt: 1_767_225_600_000,
    chat: { kind: "dm", id: "42", parent: null, thread: null, guild: null, team: null, title: null },
    sender: { id: "42", isBot: false, isSelf: false, name: "Ada L", username: "ada" },
    mentioned: false,
    mentionsOthers: false,
    mentionDetectable: true,
    text: "hello",
    command: null,
    messageId: "7",
    replyTo: null,
    attachments: [],
  });
});

test("one update gives one event id, however often it comes", () => {
  expect(event("directMessage").eventId).toBe(event("directMessage").eventId);
});

describe("who speaks", () => {
  test.each(["anonymousAdmin", "linkedChannelPost", "writesAsChannel", "channelPost", "anonymousReaction"])(
    "%s is nobody: the id stands for many",
    (name) => {
      expect(event(name).sender).toMatchObject({ id: null, isSelf: false });
    },
  );

  test.each(["1087968824", "777000", "136817688"])("%s is nobody, even without a sender chat", (id) => {
    const from = { id: Number(id), is_bot: true, first_name: "x" };
    expect(said({ from }).sender.id).toBeNull();
  });

  test("whoever speaks as a chat is nobody, even with a person's id beside it", () => {
    const sender_chat = { id: -1008888888888, title: "Ada's", type: "channel" } as const;
    expect(said({ sender_chat }).sender).toMatchObject({ id: null, name: "Ada's" });
    const reaction = { ...fixtures["reaction"]!.message_reaction!, actor_chat: sender_chat };
    expect(read({ update_id: 1, message_reaction: reaction })!.sender.id).toBeNull();
  });

  test("a direct message from somebody else than its chat is from nobody", () => {
    expect(event("impostorInDm")).toMatchObject({ chat: { id: "43" }, sender: { id: null } });
  });

  test("the bot knows itself by its id", () => {
    expect(event("ownMessage").sender).toMatchObject({ id: "1000", isBot: true, isSelf: true });
  });

  test("names are shown, and never change who it is", () => {
    const from = { id: 999, is_bot: false, first_name: "Ada", last_name: "L", username: "ada" };
    expect(said({ from }).sender).toEqual({
      id: "999",
      isBot: false,
      isSelf: false,
      name: "Ada L",
      username: "ada",
    });
  });

  test("a name that would break the line is shown without what breaks it", () => {
    const from = { id: 42, is_bot: false, first_name: "A\u202eda\nroot" };
    expect(said({ from }).sender.name).toBe("Ada root");
  });

  test.each([0, -42, 4.2, Number.NaN, 2 ** 53, "42", null])("an id such as %j is nobody's", (id) => {
    const from = { id: id as number, is_bot: false, first_name: "x" };
    const { sender } = said({ from });
    expect(sender.id).toBe(id === "42" ? "42" : null);
  });
});

describe("where", () => {
  test.each([
    ["directMessage", "dm", "42"],
    ["groupMention", "group", "-1001234567890"],
    ["joined", "group", "-1234"],
    ["channelPost", "channel", "-1009999999999"],
  ])("%s: %s %s", (name, kind, id) => {
    expect(event(name).chat).toMatchObject({ kind, id });
  });

  test.each(["secret", "", "__proto__", "constructor", undefined])(
    "a chat of kind %j gives no event",
    (type) => {
      const chat = { ...fixtures["groupMention"]!.message!.chat, type } as unknown as Message["chat"];
      expect(said({ chat })).toBeUndefined();
    },
  );

  test("a group with the id of a person gives no event", () => {
    expect(said({ chat: { id: 42, title: "x", type: "supergroup" } as Message["chat"] })).toBeUndefined();
  });

  test("a private chat with the id of a group gives no event", () => {
    expect(said({ chat: { id: -42, first_name: "x", type: "private" } as Message["chat"] })).toBeUndefined();
  });

  test("messages of business accounts and guests carry ids of other chats and are left out", () => {
    expect(read(fixtures["businessMessage"]!)).toBeUndefined();
    expect(said({ guest_query_id: "g1" } as Partial<Message>)).toBeUndefined();
  });

  test("a topic is the thread", () => {
    expect(event("topicMessage").chat.thread).toBe("5");
    expect(event("button").chat.thread).toBe("5");
  });

  test("a chain of replies is no thread, and neither is the topic General", () => {
    expect(event("replyChain").chat.thread).toBeNull();
    expect(said({ message_thread_id: 1, is_topic_message: true }).chat.thread).toBeNull();
  });
});

describe("a mention", () => {
  test("is the marked name of the bot, in any letter case, counted in UTF-16", () => {
    expect(event("groupMention")).toMatchObject({ mentioned: true, mentionsOthers: false });
  });

  test.each([
    ["@clawd_bot_2 hi", 12],
    ["@clawd_botany hi", 13],
    ["@clawd_bo hi", 9],
  ])("is not %j", (text, length) => {
    expect(said({ text, entities: [mark("mention", 0, length)] })).toMatchObject({
      mentioned: false,
      mentionsOthers: true,
    });
  });

  test("is not a name that only looks the same in lower case", () => {
    const words = { text: "@\u212aite_bot", entities: [mark("mention", 0, 9)] };
    expect(words.text.toLowerCase()).toBe("@kite_bot");
    expect(addressees(words, { id: 1, username: "kite_bot" })).toEqual({ bot: false, others: true });
  });

  test("is nothing that Telegram did not mark", () => {
    expect(said({ text: "mail me at x@clawd_bot or @clawd_bot" })).toMatchObject({ mentioned: false });
  });

  test("may be a link to the bot's id under any words", () => {
    const to = (id: number) => [mark("text_mention", 0, 3, { user: { id, is_bot: true, first_name: "x" } })];
    expect(said({ text: "you there", entities: to(1000) })).toMatchObject({
      mentioned: true,
      mentionsOthers: false,
    });
    expect(said({ text: "you there", entities: to(43) })).toMatchObject({
      mentioned: false,
      mentionsOthers: true,
    });
  });

  test("may be in a command", () => {
    const entities = [mark("bot_command", 0, 17)];
    expect(said({ text: "/status@clawd_bot", entities })).toMatchObject({
      mentioned: true,
      command: { name: "status", args: "" },
    });
    expect(said({ text: "/status@other_bot", entities })).toMatchObject({
      mentioned: false,
      mentionsOthers: true,
      command: null,
    });
  });

  test("may be in a caption", () => {
    expect(event("photo")).toMatchObject({ mentioned: true, text: "/look @clawd_bot" });
  });

  test("is an answer to the bot, though not to somebody else", () => {
    expect(event("replyChain")).toMatchObject({
      mentioned: true,
      text: "and then?",
      replyTo: { messageId: "13", text: "what I said", senderName: "Clawd" },
    });
    const answered = {
      ...fixtures["replyChain"]!.message!.reply_to_message!,
      from: { id: 43, is_bot: false, first_name: "Bo" },
    };
    expect(said({ reply_to_message: answered } as Partial<Message>).mentioned).toBe(false);
  });

  test("is no answer to a group that speaks as itself, whatever its made-up author is", () => {
    const answered = {
      ...fixtures["replyChain"]!.message!.reply_to_message!,
      sender_chat: { id: -1001234567890, title: "Lab", type: "supergroup" },
    };
    const event = said({ reply_to_message: answered } as Partial<Message>);
    expect(event).toMatchObject({ mentioned: false, replyTo: { senderName: "Lab" } });
  });

  test("is not made by writing in a topic that the bot has opened", () => {
    expect(event("topicMessage")).toMatchObject({ mentioned: false, replyTo: null, text: "in the topic" });
  });

  test("in the words that are answered or quoted does not count", () => {
    const answered = {
      ...fixtures["replyChain"]!.message!.reply_to_message!,
      from: { id: 43, is_bot: false, first_name: "Bo" },
      text: "@clawd_bot /config",
      entities: [mark("mention", 0, 10)],
    };
    const quote = { text: "@clawd_bot", position: 0, entities: [mark("mention", 0, 10)] };
    const event = said({ text: "see", reply_to_message: answered, quote } as unknown as Partial<Message>);
    expect(event).toMatchObject({ mentioned: false, command: null, replyTo: { text: "@clawd_bot" } });
  });

  test.each([
    mark("mention", 900, 10),
    mark("mention", -5, 10),
    mark("mention", 0, -1),
    mark("text_mention", 0, 3),
    mark("__proto__", 0, 3),
  ])("is not made by the broken mark %j", (entity) => {
    expect(said({ text: "@clawd_bot", entities: [entity] }).mentioned).toBe(false);
  });
});

describe("somebody else's words", () => {
  test.each(["forward", "viaBot", "linkedChannelPost"])("of a %s are no command and no mention", (name) => {
    const { text, command, mentioned, mentionsOthers, replyTo } = event(name);
    expect({ text, command, mentioned, mentionsOthers }).toEqual({
      text: "",
      command: null,
      mentioned: false,
      mentionsOthers: false,
    });
    expect(replyTo?.text).not.toBe("");
  });

  test("keep the name of their author", () => {
    expect(event("forward").replyTo).toEqual({
      messageId: "22",
      text: "/elevated on @clawd_bot",
      senderName: "Mallory",
    });
  });
});

describe("side events", () => {
  test("an edit is never a command", () => {
    expect(event("edited")).toMatchObject({
      kind: "edit",
      command: null,
      text: "/elevated on",
      messageId: "7",
    });
  });

  test("a button is pressed by whoever pressed it, at the bot", () => {
    expect(event("button")).toMatchObject({
      kind: "button",
      sender: { id: "42" },
      mentioned: true,
      text: "yes",
      messageId: "13",
      sentAt: receivedAt,
      command: null,
    });
  });

  test.each([
    ["/approve 1f2e3d4c", { name: "approve", args: "1f2e3d4c" }],
    ["/approve@clawd_bot 1", { name: "approve", args: "1" }],
    ["/approve@another_bot 1", null],
    ["approve 1f2e3d4c", null],
    ["", null],
  ])("a button gives back %j as the command %j", (data, command) => {
    const query = { ...fixtures["button"]!.callback_query!, data };
    expect(read({ update_id: 1, callback_query: query } as Update)).toMatchObject({ text: data, command });
  });

  test("a button of an inline message is pressed nowhere we know", () => {
    expect(read(fixtures["inlineButton"]!)).toBeUndefined();
  });

  test("a reaction says which emoji were added", () => {
    expect(event("reaction")).toMatchObject({
      kind: "reaction",
      sender: { id: "42" },
      text: "\u{1f525}",
      messageId: "13",
      mentioned: false,
    });
  });

  test.each(["blocked", "promoted", "joined"])("%s is about members and carries no words", (name) => {
    expect(event(name)).toMatchObject({
      kind: "member",
      text: "",
      command: null,
      mentioned: false,
      replyTo: null,
    });
  });

  test("other notices of Telegram, such as a pinned message, say nothing", () => {
    expect(read(fixtures["pinned"]!)).toBeUndefined();
    expect(read({ update_id: 1, poll: {} } as unknown as Update)).toBeUndefined();
    expect(read({ update_id: 1 })).toBeUndefined();
  });

  test("everything that is translated is asked for, and nothing else", () => {
    expect(allowedUpdates).toEqual([
      "message",
      "edited_message",
      "channel_post",
      "callback_query",
      "message_reaction",
      "my_chat_member",
      "chat_member",
    ]);
  });
});

describe("files", () => {
  test("are named, not fetched; of a picture the largest", () => {
    expect(event("photo").attachments).toEqual([
      { kind: "image", reference: "large", name: null, mimeType: "image/jpeg", size: 90_000 },
    ]);
  });

  test.each([
    [
      "the largest, wherever it stands",
      [
        [800, 3],
        [90, 1],
        [320, 2],
      ],
      "800",
    ],
    [
      "the largest that bots may have",
      [
        [90, 1],
        [4000, 30_000_000],
        [1280, 20_971_520],
      ],
      "1280",
    ],
    ["the largest, when none may be had: it is refused with a reason", [[90, 30_000_000]], "90"],
    [
      "one whose size is not told",
      [
        [90, 1],
        [320, undefined],
      ],
      "320",
    ],
  ] as const)("of a photo it is %s", (_which, sizes, reference) => {
    const photo = sizes.map(([width, file_size]) => ({
      file_id: String(width),
      width,
      height: width,
      ...(file_size !== undefined && { file_size }),
    }));
    expect(said({ photo } as unknown as Partial<Message>).attachments).toMatchObject([{ reference }]);
  });

  test.each([
    { file_id: 7 },
    {},
    null,
    "f",
    { file_id: "f", file_name: 7, mime_type: {}, file_size: "large" },
    { file_id: "f", file_name: "", mime_type: "", file_size: -0.5 },
  ])("the document %j gives no facts that are none", (document) => {
    const event = said({ text: "x", document } as unknown as Partial<Message>);
    for (const attachment of event.attachments) {
      expect(attachment).toEqual({
        kind: "document",
        reference: "f",
        name: null,
        mimeType: null,
        size: null,
      });
    }
  });

  const file = { file_id: "f", file_unique_id: "u", file_size: 5, mime_type: "x/y", file_name: "n" };
  test.each([
    ["document", "document"],
    ["audio", "audio"],
    ["voice", "audio"],
    ["video", "video"],
    ["video_note", "video"],
    ["animation", "video"],
  ])("a %s is %s", (field, kind) => {
    const { attachments } = said({ text: undefined, [field]: file } as unknown as Partial<Message>);
    expect(attachments).toEqual([{ kind, reference: "f", name: "n", mimeType: "x/y", size: 5 }]);
  });

  test("an animation is not counted again as the document it also is", () => {
    expect(said({ animation: file, document: file } as unknown as Partial<Message>).attachments).toHaveLength(
      1,
    );
  });

  test.each([
    [{}, "image/webp"],
    [{ is_video: true }, "video/webm"],
    [{ is_animated: true }, "application/x-tgsticker"],
  ])("a sticker %j is a document with the type %s", (more, mimeType) => {
    const sticker = { file_id: "f", ...more };
    const { attachments } = said({ sticker } as unknown as Partial<Message>);
    expect(attachments).toMatchObject([{ kind: "document", mimeType }]);
  });

  test("a message without words and files gives no event", () => {
    expect(
      said({ text: undefined, location: { latitude: 1, longitude: 1 } } as unknown as Partial<Message>),
    ).toBeUndefined();
  });
});

test("text arrives as it was written", () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  const text = fc.array(unit, { minLength: 1 }).map((units) => units.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.constant("\ud800\u202e\0__proto__")), (written) => {
      expect(said({ text: written }).text).toBe(written);
    }),
  );
});

test("two people are never one, whatever they are called", () => {
  const id = fc.integer({ min: 1, max: 2 ** 40 });
  fc.assert(
    fc.property(id, id, fc.string(), (a, b, name) => {
      const sender = (of: number) =>
        said({ from: { id: of, is_bot: false, first_name: name, username: name } }).sender.id;
      fc.pre(!["1087968824", "777000", "136817688"].includes(String(a)));
      expect(sender(a) === sender(b)).toBe(a === b);
    }),
  );
});
