import { createServer } from "node:net";
import { SendError, splitText } from "@clawd/provider-kit";
import { describe, expect, onTestFinished, test } from "vitest";
import { advanceUntil, aMessage, bench, type Bench } from "../test/harness.ts";
import { telegram } from "./index.ts";

/** What `send` fails with. */
async function failure(sending: Promise<unknown>): Promise<SendError> {
  const thrown: unknown = await sending.catch((error: unknown) => error);
  if (!(thrown instanceof SendError)) throw new Error(`no SendError but ${String(thrown)}`);
  return thrown;
}

async function started(...parameters: Parameters<typeof bench>): Promise<Bench> {
  const set = await bench(...parameters);
  await set.connection.start();
  return set;
}

const texts = ({ control }: Bench) => control.sent.map(({ text }) => text);

describe("what is sent", () => {
  test("is plain text without a preview, to the chat it is for", async () => {
    const { connection, control, ada } = await started();
    const text = "*not bold* <b>nor this</b> https://example.com/?q=1";
    const { messageId } = await connection.send(aMessage({ id: String(ada) }, { text }));
    expect(control.sent).toMatchObject([{ chatId: ada, text, messageId: Number(messageId) }]);
    const { parameters } = control.sent[0]!;
    expect(parameters).not.toHaveProperty("parse_mode");
    expect(parameters["link_preview_options"]).toEqual({ is_disabled: true });
  });

  test("goes to the topic, except to General, which Telegram wants without its id", async () => {
    const { connection, control, ada } = await started();
    const forum = control.addSupergroup({ title: "Forum", forum: true, members: [ada] }).id;
    const topic = control.addTopic({ chat: forum, name: "Ideas" });
    for (const thread of [String(topic), "1", null]) {
      await connection.send(aMessage({ kind: "group", id: String(forum), thread }));
    }
    expect(control.sent.map(({ threadId }) => threadId)).toEqual([topic, null, null]);
    expect(control.sent.map(({ parameters }) => parameters["message_thread_id"])).toEqual([
      topic,
      undefined,
      undefined,
    ]);
  });

  test("may contain half characters, which Telegram would refuse", async () => {
    const { connection, control, ada } = await started();
    await connection.send(aMessage({ id: String(ada) }, { text: "a\ud800b \u{1f600}" }));
    expect(control.sent[0]!.text).toBe("a\ufffdb \u{1f600}");
  });

  test("arrives whole when it is long, but for white space where it was cut, which Telegram drops", async () => {
    const set = await started();
    const { maxTextLength } = telegram.capabilities;
    const text = "A sentence with words. \u{1f99e}\n".repeat(400) + "x".repeat(maxTextLength * 2);
    const pieces = splitText(text, maxTextLength);
    const all = pieces.map((piece) =>
      set.connection.send(aMessage({ id: String(set.ada) }, { text: piece })),
    );
    await advanceUntil(set.ports.clock, 1000, () => set.control.sent.length === pieces.length);
    await Promise.all(all);
    expect(pieces.some(({ length }) => length === maxTextLength)).toBe(true);
    expect(texts(set)).toEqual(pieces.map((piece) => piece.trim()));
  });

  test("arrives although the message it answers is gone", async () => {
    const { connection, control, ada } = await started({ replyToMode: "all" });
    await connection.send(aMessage({ id: String(ada) }, { replyToMessageId: "999" }));
    expect(control.sent).toMatchObject([{ text: "hello", replyToMessageId: null }]);
  });

  test.each([
    [undefined, [true, false, true]],
    ["first", [true, false, true]],
    ["all", [true, true, true]],
    ["off", [false, false, false]],
  ] as const)("quotes its question as replyToMode %j says", async (replyToMode, expected) => {
    const { connection, control, ada } = await started(replyToMode === undefined ? {} : { replyToMode });
    const first = String(control.say({ from: ada, text: "one?" }).message.message_id);
    const second = String(control.say({ from: ada, text: "two?" }).message.message_id);
    for (const replyToMessageId of [first, first, second]) {
      await connection.send(aMessage({ id: String(ada) }, { replyToMessageId }));
    }
    expect(control.sent.map(({ replyToMessageId }) => replyToMessageId !== null)).toEqual(expected);
  });

  test("stays in order within a chat, also when it is given all at once", async () => {
    const set = await started();
    const { connection, ports, ada } = set;
    const order = Array.from({ length: 8 }, (_, i) => String(i));
    const all = Promise.all(order.map((text) => connection.send(aMessage({ id: String(ada) }, { text }))));
    await advanceUntil(ports.clock, 1000, () => set.control.sent.length === order.length);
    await all;
    expect(texts(set)).toEqual(order);
  });

  test("one chat's failure does not hold up what follows", async () => {
    const set = await started();
    const { connection, control, ada } = set;
    control.failNext({ method: "sendMessage", status: 400, description: "Bad Request: no" });
    const first = failure(connection.send(aMessage({ id: String(ada) }, { text: "one" })));
    await connection.send(aMessage({ id: String(ada) }, { text: "two" }));
    expect((await first).outcome).toBe("rejected");
    expect(texts(set)).toEqual(["two"]);
  });
});

describe("buttons", () => {
  const buttons = ["One", "Two", "Three"].map((label, at) => ({ label, command: `/approve 1f2e3d4${at}` }));

  test("are an inline keyboard, two in a row", async () => {
    const { connection, control, ada } = await started();
    await connection.send(aMessage({ id: String(ada) }, { buttons }));
    expect(control.messages(ada).at(-1)?.reply_markup).toEqual({
      inline_keyboard: [
        [
          { text: "One", callback_data: "/approve 1f2e3d40" },
          { text: "Two", callback_data: "/approve 1f2e3d41" },
        ],
        [{ text: "Three", callback_data: "/approve 1f2e3d42" }],
      ],
    });
  });

  test("stay where nothing was pressed, and an answer arrives also where they are gone already", async () => {
    const { connection, control, ports, ada } = await started();
    let done = false;
    const sending = async () => {
      const { messageId } = await connection.send(aMessage({ id: String(ada) }, { buttons }));
      const left = () => control.messages(ada)[0]?.reply_markup?.inline_keyboard.flat().length ?? 0;
      await connection.send(aMessage({ id: String(ada) }, { replyToMessageId: messageId }));
      expect(left()).toBe(3);
      const answer = { replyToMessageId: messageId, answersPress: true };
      await connection.send(aMessage({ id: String(ada) }, answer));
      expect(left()).toBe(0);
      await connection.send(aMessage({ id: String(ada) }, answer));
      await connection.send(aMessage({ id: String(ada) }, { ...answer, replyToMessageId: "999" }));
      control.failNext({ method: "editMessageReplyMarkup", cutSocket: true });
      await connection.send(aMessage({ id: String(ada) }, answer));
    };
    const sent = sending().finally(() => (done = true));
    await advanceUntil(ports.clock, 1000, () => done);
    await sent;
    expect(control.sent.filter(({ method }) => method === "sendMessage")).toHaveLength(6);
  });

  test("that were pressed are acknowledged without a word, once the press is stored", async () => {
    const { connection, control, ports, ada } = await started();
    const { messageId } = await connection.send(aMessage({ id: String(ada) }, { buttons }));
    let store: (() => void) | undefined;
    ports.inbox = () => new Promise((resolve) => (store = resolve));
    const press = { from: ada, chat: ada, messageId: Number(messageId), data: "/approve 1f2e3d40" };
    const id = control.press(press)!.callback_query!.id;
    const until = async (isTrue: () => boolean) => {
      while (!isTrue()) await new Promise(setImmediate);
    };
    await until(() => store !== undefined);
    expect(control.answerTo(id)).toBeNull();
    store!();
    await until(() => control.answerTo(id) !== null);
    expect(control.answerTo(id)).toEqual({ text: null });
    expect(ports.events.at(-1)).toMatchObject({ kind: "button", command: { name: "approve" }, messageId });
  });
});

describe("the pace", () => {
  test("lets everything arrive once under limits like Telegram's own", async () => {
    const { connection, control, ports, ada, lab } = await started({}, { sharedClock: true, limits: "real" });
    const chats = [{ id: String(ada) }, { kind: "group", id: String(lab) }] as const;
    const sending = chats.flatMap((chat) =>
      Array.from({ length: 25 }, () => connection.send(aMessage(chat))),
    );
    await advanceUntil(ports.clock, 250, () => control.sent.length === 50);
    const ids = (await Promise.all(sending)).map(({ messageId }) => messageId);
    expect(control.sent.map(({ messageId }) => String(messageId)).sort()).toEqual(ids.sort());
  });

  test("waits as long as Telegram asks, then sends once", async () => {
    const set = await started();
    const { connection, control, ports, ada } = set;
    control.failNext({ method: "sendMessage", status: 429, retryAfter: 7 });
    const begun = ports.clock.now();
    const sending = connection.send(aMessage({ id: String(ada) }));
    await advanceUntil(ports.clock, 1000, () => control.sent.length > 0);
    await sending;
    expect(ports.clock.now() - begun).toBeGreaterThanOrEqual(7000);
    expect(texts(set)).toEqual(["hello"]);
  });

  test("leaves long waits to the outbox", async () => {
    const { connection, control, ada } = await started();
    control.failNext({ method: "sendMessage", status: 429, retryAfter: 3600 });
    expect(await failure(connection.send(aMessage({ id: String(ada) })))).toMatchObject({
      code: "CLAWD_TELEGRAM_LIMITED",
      outcome: "not-sent",
      retryAfterMs: 3_600_000,
    });
  });
});

describe("what did not arrive", () => {
  test("before the start was not sent", async () => {
    const { connection, ada } = await bench();
    expect(await failure(connection.send(aMessage({ id: String(ada) })))).toMatchObject({
      code: "CLAWD_PROVIDER_NOT_STARTED",
      outcome: "not-sent",
    });
  });

  test.each([
    [{ status: 403 }, "rejected", "CLAWD_TELEGRAM_REJECTED"],
    [{ status: 400, description: "Bad Request: chat not found" }, "rejected", "CLAWD_TELEGRAM_REJECTED"],
    [
      { status: 400, description: "Bad Request: message thread not found" },
      "rejected",
      "CLAWD_TELEGRAM_REJECTED",
    ],
    [{ status: 401 }, "not-sent", "CLAWD_TELEGRAM_AUTH"],
    [{ status: 500 }, "unknown", "CLAWD_TELEGRAM_UNANSWERED"],
    [{ status: 502, when: "after" }, "unknown", "CLAWD_TELEGRAM_UNANSWERED"],
    [{ cutSocket: true }, "unknown", "CLAWD_TELEGRAM_UNANSWERED"],
    [{ cutSocket: true, when: "after" }, "unknown", "CLAWD_TELEGRAM_UNANSWERED"],
  ] as const)("after %j is %s", async (planned, outcome, code) => {
    const { connection, control, ada } = await started();
    control.failNext({ method: "sendMessage", ...planned });
    expect(await failure(connection.send(aMessage({ id: String(ada) })))).toMatchObject({ outcome, code });
  });

  test("in time is unknown", async () => {
    const { connection, control, ports, ada } = await started();
    control.failNext({ method: "sendMessage", hang: true });
    let error: SendError | undefined;
    void failure(connection.send(aMessage({ id: String(ada) }))).then((thrown) => (error = thrown));
    await advanceUntil(ports.clock, 1000, () => error !== undefined);
    expect(error).toMatchObject({ outcome: "unknown", code: "CLAWD_TELEGRAM_UNANSWERED" });
  });

  test("where nobody listens was not sent", async () => {
    const { connection, emulator, ada } = await started();
    await emulator.stop();
    // The kept-alive socket is gone too, so that this is a new connection.
    await new Promise(setImmediate);
    expect(await failure(connection.send(aMessage({ id: String(ada) })))).toMatchObject({
      outcome: "not-sent",
      code: "CLAWD_TELEGRAM_UNREACHABLE",
    });
  });

  test("where TLS could not be agreed on was not sent", async () => {
    const server = createServer((socket) => socket.end("no TLS here"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    onTestFinished(() => void server.close());
    const { connection } = await started({ apiRoot: `https://127.0.0.1:${port}` });
    expect(await failure(connection.send(aMessage({})))).toMatchObject({ outcome: "not-sent" });
  });

  test("because a person blocked the bot is refused for good, without the text or the token", async () => {
    const { connection, control, ada } = await started();
    control.block(ada);
    const error = await failure(connection.send(aMessage({ id: String(ada) }, { text: "the body" })));
    expect(error.outcome).toBe("rejected");
    expect(error.message).toContain("blocked");
    expect(error.message).not.toContain("the body");
  });

  test("because a group has a new id says which", async () => {
    const { connection, control, ada } = await started();
    const group = control.addGroup({ title: "Small", members: [ada] }).id;
    const successor = control.migrate(group).id;
    const error = await failure(connection.send(aMessage({ kind: "group", id: String(group) })));
    expect(error).toMatchObject({ outcome: "rejected", hint: expect.stringContaining(String(successor)) });
  });

  test.each(["@channel", "telegram:42", "", "-1", "1e3", "__proto__"])(
    "to %j is sent nowhere",
    async (id) => {
      const { connection, control } = await started();
      expect(await failure(connection.send(aMessage({ id })))).toMatchObject({ outcome: "rejected" });
      expect(control.calls.map(({ method }) => method)).toEqual(["getMe"]);
    },
  );

  test("when it was withdrawn in the queue was not sent", async () => {
    const { connection, ada } = await started();
    const withdrawn = AbortSignal.abort();
    expect(await failure(connection.send(aMessage({ id: String(ada) }), withdrawn))).toMatchObject({
      outcome: "not-sent",
    });
  });

  test("because the connection stopped while it waited was not sent", async () => {
    const set = await started();
    const waiting = Array.from({ length: 9 }, () => set.connection.send(aMessage({ id: String(set.ada) })));
    const last = failure(waiting.at(-1)!);
    const all = Promise.allSettled(waiting);
    await set.connection.stop();
    expect((await last).outcome).toBe("not-sent");
    await all;
  });
});

describe("the sign that an answer is being written", () => {
  test("is shown in the chat and its topic", async () => {
    const { connection, control, ada } = await started();
    await connection.typing!({ kind: "dm", id: String(ada), thread: null });
    expect(control.sent).toMatchObject([{ method: "sendChatAction", chatId: ada }]);
  });

  test("never fails", async () => {
    const { connection, control, ada } = await started();
    control.failNext({ method: "sendChatAction", status: 403 });
    await connection.typing!({ kind: "dm", id: String(ada), thread: null });
    await connection.typing!({ kind: "group", id: "@x", thread: null });
    control.down();
    await connection.typing!({ kind: "dm", id: String(ada), thread: null });
    await connection.stop();
    await connection.typing!({ kind: "dm", id: String(ada), thread: null });
  });
});

test("a connection costs nothing before its start", async () => {
  const { ports, control } = await bench();
  telegram.connect({ botToken: "1:a" }, ports);
  expect(control.calls).toEqual([]);
  expect(ports.states).toEqual([]);
});
