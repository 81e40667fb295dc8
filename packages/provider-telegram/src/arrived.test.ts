import type { OutboundMessage, ProviderConnection } from "@clawd/provider-kit";
import { describe, expect, test } from "vitest";
import { advanceUntil, aMessage, bench, type Bench } from "../test/harness.ts";
import { probedIds } from "./arrived.ts";
import { telegram } from "./index.ts";

async function started(): Promise<Bench> {
  const set = await bench();
  await set.connection.start();
  return set;
}

/** Somebody asks, and the connection has heard it. */
async function asked(set: Bench, chat: number, text = "question?"): Promise<string> {
  const count = set.ports.events.length;
  const said = set.control.say({ from: set.ada, chat, text });
  await set.ports.until(() => set.ports.events.length > count);
  return String(said.message.message_id);
}

/** The process died while it sent: another connection, which knows nothing, has to find out. */
async function afterCrash(
  set: Bench,
  message: OutboundMessage,
  note: string,
): Promise<Awaited<ReturnType<NonNullable<ProviderConnection["confirm"]>>>> {
  await set.connection.stop();
  const { url: apiRoot, token: botToken } = set.emulator;
  const next = telegram.connect({ apiRoot, botToken }, set.ports);
  await next.start();
  let answer: Awaited<ReturnType<NonNullable<ProviderConnection["confirm"]>>> | undefined;
  void next.confirm!(message, note).then((result) => (answer = result));
  await advanceUntil(set.ports.clock, 1000, () => answer !== undefined);
  await next.stop();
  return answer!;
}

const dm = ({ ada }: Bench) => ({ chat: ada, kind: "dm" as const });
const supergroup = ({ lab }: Bench) => ({ chat: lab, kind: "group" as const });
const smallGroup = ({ control, ada }: Bench) => ({
  chat: control.addGroup({ title: "Small", members: [ada] }).id,
  kind: "group" as const,
});

describe.each([
  ["a direct message", dm],
  ["a message to a supergroup", supergroup],
  ["a message to a small group", smallGroup],
])("after a crash, %s", (_, place) => {
  test("that arrived without an answer is known to be sent", async () => {
    const set = await started();
    const { chat, kind } = place(set);
    const replyToMessageId = await asked(set, chat);
    const message = aMessage({ kind, id: String(chat) }, { replyToMessageId });
    const note = set.connection.attempt!(message);
    set.control.failNext({ method: "sendMessage", cutSocket: true, when: "after" });
    await expect(set.connection.send(message)).rejects.toMatchObject({ outcome: "unknown" });
    expect(await afterCrash(set, message, note)).toBe("sent");
    expect(set.control.sent).toHaveLength(1);
  });

  test("that never left is known not to be sent", async () => {
    const set = await started();
    const { chat, kind } = place(set);
    const replyToMessageId = await asked(set, chat);
    const message = aMessage({ kind, id: String(chat) }, { replyToMessageId });
    const note = set.connection.attempt!(message);
    set.control.failNext({ method: "sendMessage", cutSocket: true });
    await expect(set.connection.send(message)).rejects.toMatchObject({ outcome: "unknown" });
    expect(await afterCrash(set, message, note)).toBe("not-sent");
    expect(set.control.sent).toEqual([]);
  });

  test("is not mistaken for the one before it", async () => {
    const set = await started();
    const { chat, kind } = place(set);
    const replyToMessageId = await asked(set, chat);
    await set.connection.send(aMessage({ kind, id: String(chat) }, { text: "first", replyToMessageId }));
    const second = aMessage({ kind, id: String(chat) }, { text: "second", replyToMessageId: null });
    const note = set.connection.attempt!(second);
    expect(await afterCrash(set, second, note)).toBe("not-sent");
  });

  test("is found behind what other people wrote meanwhile", async () => {
    const set = await started();
    const { chat, kind } = place(set);
    const replyToMessageId = await asked(set, chat);
    const message = aMessage({ kind, id: String(chat) }, { replyToMessageId });
    const note = set.connection.attempt!(message);
    for (let i = 0; i < 20; i += 1) await asked(set, chat, "more");
    for (let i = 0; i < 20; i += 1) await asked(set, set.ada, "elsewhere");
    await set.connection.send(message);
    expect(await afterCrash(set, message, note)).toBe("sent");
  });
});

test("a message to somebody else does not pass for this one", async () => {
  const set = await started();
  const replyToMessageId = await asked(set, set.ada);
  const message = aMessage({ id: String(set.ada) }, { replyToMessageId });
  const note = set.connection.attempt!(message);
  const bo = set.control.addUser({ firstName: "Bo", started: true }).id;
  await set.connection.send(aMessage({ id: String(bo) }));
  expect(await afterCrash(set, message, note)).toBe("not-sent");
});

test("looking up changes nothing that anybody sees", async () => {
  const set = await started();
  const replyToMessageId = await asked(set, set.ada);
  const message = aMessage({ id: String(set.ada) }, { replyToMessageId });
  const note = set.connection.attempt!(message);
  await set.connection.send(message);
  const before = JSON.stringify(set.control.messages(set.ada));
  expect(await afterCrash(set, message, note)).toBe("sent");
  expect(JSON.stringify(set.control.messages(set.ada))).toBe(before);
});

test("a message with buttons is found by them, and keeps them", async () => {
  const set = await started();
  const replyToMessageId = await asked(set, set.ada);
  const buttons = [{ label: "Accept", command: "/approve 1f2e3d4c" }];
  const message = aMessage({ id: String(set.ada) }, { replyToMessageId, buttons });
  const note = set.connection.attempt!(message);
  await set.connection.send(message);
  const before = JSON.stringify(set.control.messages(set.ada));
  expect(before).toContain("/approve 1f2e3d4c");
  expect(await afterCrash(set, message, note)).toBe("sent");
  expect(JSON.stringify(set.control.messages(set.ada))).toBe(before);
});

test("asks about a bounded number of messages", async () => {
  const set = await started();
  const message = aMessage({ id: String(set.ada) });
  expect(await afterCrash(set, message, await asked(set, set.ada))).toBe("not-sent");
  expect(set.control.calls.filter(({ method }) => method === "editMessageReplyMarkup")).toHaveLength(
    probedIds,
  );
});

test("waits when Telegram asks for it", async () => {
  const set = await started();
  const replyToMessageId = await asked(set, set.ada);
  const message = aMessage({ id: String(set.ada) }, { replyToMessageId });
  await set.connection.send(message);
  set.control.failNext({ method: "editMessageReplyMarkup", status: 429, retryAfter: 5 });
  expect(await afterCrash(set, message, replyToMessageId)).toBe("sent");
});

describe("it is unknown", () => {
  test("where nothing was known before the message", async () => {
    const set = await started();
    const message = aMessage({ id: String(set.ada) });
    expect(set.connection.attempt!(message)).toBe("0");
    expect(await afterCrash(set, message, "0")).toBe("unknown");
  });

  test.each(["", "-1", "x", "1e3", "9".repeat(40), "__proto__"])("with the note %j", async (note) => {
    const set = await started();
    expect(await afterCrash(set, aMessage({ id: String(set.ada) }), note)).toBe("unknown");
  });

  test("in a channel, where the bot may edit what others wrote", async () => {
    const set = await started();
    const channel = set.control.addChannel({ title: "News" }).id;
    const { post } = set.control.post({ channel, text: "by an editor" });
    const message = aMessage({ kind: "channel", id: String(channel) });
    expect(await afterCrash(set, message, String(post.message.message_id - 1 || 1))).toBe("unknown");
  });

  test.each([
    { status: 403 },
    { status: 500 },
    { cutSocket: true },
    { status: 400, description: "Bad Request: new words" },
  ])("when Telegram answers %j", async (planned) => {
    const set = await started();
    const note = await asked(set, set.ada);
    set.control.failNext({ method: "editMessageReplyMarkup", ...planned });
    expect(await afterCrash(set, aMessage({ id: String(set.ada) }), note)).toBe("unknown");
  });

  test("before the start", async () => {
    const { connection, ada } = await bench();
    expect(await connection.confirm!(aMessage({ id: String(ada) }), "1")).toBe("unknown");
  });
});
