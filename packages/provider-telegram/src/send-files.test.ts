import type { OutboundFile, OutboundMessage, SendError } from "@clawd/provider-kit";
import { describe, expect, test } from "vitest";
import { advanceUntil, aMessage, bench, type Bench } from "../test/harness.ts";
import { telegram } from "./index.ts";

const png = Buffer.from("89504e470d0a1a0a00000000", "hex");

function aFile(mimeType: string, bytes: Uint8Array = png, name = "a.bin"): OutboundFile {
  return { name, mimeType, bytes: async () => bytes };
}
const image = aFile("image/png", png, "chart.png");
const document = aFile("text/html", Buffer.from("<b>"), "page.html");

async function started(): Promise<Bench> {
  const set = await bench({}, { picky: true });
  await set.connection.start();
  return set;
}

/** Sends it while time goes on. */
async function sent(set: Bench, more: Partial<OutboundMessage>): Promise<{ readonly messageId: string }> {
  const sending = set.connection.send(aMessage({ id: String(set.ada) }, more));
  let isOver = false;
  const end = () => void (isOver = true);
  sending.then(end, end);
  await advanceUntil(set.ports.clock, 1000, () => isOver);
  return sending;
}

async function failure(set: Bench, more: Partial<OutboundMessage>): Promise<SendError> {
  return sent(set, more).then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => error as SendError,
  );
}

const methods = ({ control }: Bench) => control.sent.map(({ method }) => method);
const captions = ({ control }: Bench) => control.sent.map(({ text }) => text);

describe("by its type", () => {
  test.each([
    ["image/png", "sendPhoto"],
    ["image/jpeg", "sendPhoto"],
    ["IMAGE/PNG; charset=binary", "sendPhoto"],
    ["image/gif", "sendAnimation"],
    ["image/svg+xml", "sendDocument"],
    ["video/mp4", "sendVideo"],
    ["video/webm", "sendDocument"],
    ["audio/mpeg", "sendAudio"],
    ["audio/ogg", "sendVoice"],
    ["text/html", "sendDocument"],
    ["", "sendDocument"],
    ["__proto__", "sendDocument"],
  ])("a file of type %j goes by %s", async (mimeType, method) => {
    const set = await started();
    await sent(set, { text: "here", files: [aFile(mimeType)] });
    expect(set.control.sent).toMatchObject([{ method, text: "here" }]);
  });

  test("a picture above 10 MB goes as a document, and so does one that Telegram cannot read", async () => {
    const set = await started();
    const large = Buffer.concat([png, Buffer.alloc(10 * 1024 * 1024)]);
    await sent(set, { files: [aFile("image/png", large)] });
    await sent(set, { deliveryId: "d2", files: [aFile("image/png", Buffer.from("no picture"))] });
    expect(methods(set)).toEqual(["sendDocument", "sendDocument"]);
    const calls = set.control.calls.map(({ method, status }) => [method, status]);
    expect(calls).toEqual([
      ["getMe", 200],
      ["sendDocument", 200],
      ["sendPhoto", 400],
      ["sendDocument", 200],
    ]);
  });

  test("a person who takes no voice messages gets a document", async () => {
    const set = await started();
    const description = "Bad Request: VOICE_MESSAGES_FORBIDDEN";
    set.control.failNext({ method: "sendVoice", status: 400, description });
    await sent(set, { files: [aFile("audio/ogg")] });
    expect(methods(set)).toEqual(["sendDocument"]);
  });
});

describe("several files", () => {
  test("are albums of what Telegram shows together, in their order", async () => {
    const set = await started();
    const [voice, video] = [aFile("audio/ogg"), aFile("video/mp4")];
    const files = [image, video, document, document, voice, image];
    await sent(set, { text: "all", files });
    expect(methods(set)).toEqual([
      "sendMediaGroup",
      "sendMediaGroup",
      "sendMediaGroup",
      "sendMediaGroup",
      "sendVoice",
      "sendPhoto",
    ]);
    expect(captions(set)).toEqual(["all", null, null, null, null, null]);
    const albums = set.control.sent.map(({ message }) => message?.media_group_id);
    expect([albums[0] === albums[1], albums[1] === albums[2], albums[2] === albums[3]]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("that are too large together are not sent together", async () => {
    const set = await started();
    const half = aFile("text/plain", Buffer.alloc(26_000_000, 1));
    await sent(set, { files: [half, half, document] });
    expect(methods(set)).toEqual(["sendDocument", "sendMediaGroup", "sendMediaGroup"]);
  });

  test("of which one is no picture go as documents, and each once", async () => {
    const set = await started();
    await sent(set, { text: "two", files: [image, aFile("image/png", Buffer.from("no picture"))] });
    expect(set.control.sent.map(({ message }) => message?.document !== undefined)).toEqual([true, true]);
    expect(captions(set)).toEqual(["two", null]);
  });

  test("count as so many messages for the pace", async () => {
    const set = await started();
    set.control.setLimits("real");
    const start = set.ports.clock.now();
    await sent(set, { files: Array.from({ length: 5 }, () => image) });
    expect(set.ports.clock.now() - start).toBeGreaterThanOrEqual(2000);
    expect(set.control.calls.filter(({ status }) => status === 429)).toEqual([]);
  });
});

describe("the text", () => {
  test.each([
    ["of 1024 UTF-16 units is the caption", "\u{1f99e}".repeat(512), 1],
    ["of one more is a message of its own below", `${"\u{1f99e}".repeat(512)}x`, 2],
  ])("%s", async (_what, text, count) => {
    const set = await started();
    await sent(set, { text, files: [document] });
    expect(captions(set)).toEqual(count === 1 ? [text] : [null, text]);
    expect(methods(set).at(-1)).toBe(count === 1 ? "sendDocument" : "sendMessage");
  });

  test("may have half characters, and is no markup", async () => {
    const set = await started();
    await sent(set, { text: "<b>\ud800", files: [document] });
    expect(captions(set)).toEqual(["<b>\ufffd"]);
    expect(set.control.sent[0]!.parameters).not.toHaveProperty("parse_mode");
  });

  test("is quoted and threaded as without files: the question once, the topic always", async () => {
    const set = await started();
    const question = String(set.control.say({ from: set.ada, text: "?" }).message.message_id);
    await sent(set, { text: "x".repeat(2000), replyToMessageId: question, files: [image, image] });
    expect(set.control.sent.map(({ replyToMessageId }) => replyToMessageId)).toEqual([
      Number(question),
      Number(question),
      null,
    ]);
  });

  test("has the buttons, which an album cannot have", async () => {
    const set = await started();
    const buttons = [{ label: "Accept", command: "/approve 1f2e3d4c" }];
    const labels = () =>
      set.control.sent.map(({ message }) => message?.reply_markup?.inline_keyboard.flat().length ?? 0);
    await sent(set, { text: "?", files: [image, image], buttons });
    expect([methods(set).at(-1), labels()]).toEqual(["sendMessage", [0, 0, 1]]);
    await sent(set, { deliveryId: "d2", text: "?", files: [image], buttons });
    await sent(set, { deliveryId: "d3", text: "", files: [image, image], buttons });
    expect(labels()).toEqual([0, 0, 1, 1, 0, 1]);
  });
});

describe("a name", () => {
  test.each([
    ['a";name="chat_id', "a_name_chat_id"],
    ["a;filename=b.sh", "a_filename_b.sh"],
    ["../../etc/passwd", ".._.._etc_passwd"],
    ["a\r\nx: y.png", "a_x_ y.png"],
    ["Größe 1 (neu).pdf", "Größe 1 (neu).pdf"],
    ["\u202egnp.exe", "_gnp.exe"],
    ["", "file"],
  ])("%j cannot leave its place in the form", async (name, shown) => {
    const set = await started();
    await sent(set, { files: [aFile("text/plain", Buffer.from("x"), name)] });
    expect(set.control.sent[0]!.message?.document?.file_name).toBe(shown);
    expect(set.control.sent[0]!.chatId).toBe(set.ada);
  });
});

test("a file of the largest size is taken, and one byte more is not sent", async () => {
  const set = await started();
  const { maxBytes } = telegram.capabilities.files;
  await sent(set, { files: [aFile("application/zip", new Uint8Array(maxBytes))] });
  expect(set.control.sent[0]!.message?.document?.file_size).toBe(maxBytes);
  const error = await failure(set, {
    deliveryId: "d2",
    files: [aFile("application/zip", new Uint8Array(maxBytes + 1))],
  });
  expect(error).toMatchObject({ code: "CLAWD_FILE_TOO_LARGE", outcome: "rejected" });
});

test("what Telegram itself finds too large is refused for good", async () => {
  const set = await started();
  set.control.failNext({ method: "sendDocument", status: 413, description: "Request Entity Too Large" });
  expect(await failure(set, { files: [document] })).toMatchObject({
    code: "CLAWD_FILE_TOO_LARGE",
    outcome: "rejected",
  });
});

describe("a message in several parts", () => {
  const long = "x".repeat(2000);

  test("goes on where it stopped, when it is tried again", async () => {
    const set = await started();
    set.control.failNext({ method: "sendMessage", status: 429, retryAfter: 120 });
    const more = { text: long, files: [image, image] };
    expect(await failure(set, more)).toMatchObject({ outcome: "not-sent", retryAfterMs: 120_000 });
    await sent(set, more);
    expect(captions(set)).toEqual([null, null, long]);
  });

  async function cutOff(set: Bench, more: Partial<OutboundMessage>, stopAt: string): Promise<string> {
    const said = set.control.say({ from: set.ada, text: "?" });
    await set.ports.until(() => set.ports.events.length > 0);
    const question = { replyToMessageId: String(said.message.message_id) };
    const note = set.connection.attempt!(aMessage({ id: String(set.ada) }, { ...question, ...more }));
    set.control.failNext({ method: stopAt, cutSocket: true });
    expect(await failure(set, { ...question, ...more })).toMatchObject({ outcome: "unknown" });
    await set.connection.stop();
    return note;
  }

  /** What the next process finds out, and what it sends then. */
  async function after(set: Bench, more: Partial<OutboundMessage>, note: string): Promise<unknown> {
    const { url: apiRoot, token: botToken } = set.emulator;
    const next = telegram.connect({ apiRoot, botToken }, set.ports);
    await next.start();
    const message = aMessage({ id: String(set.ada) }, more);
    let answer: string | undefined;
    void next.confirm!(message, note).then((one) => (answer = one));
    await advanceUntil(set.ports.clock, 1000, () => answer !== undefined);
    if (answer === "not-sent") {
      await sent({ ...set, connection: next }, more);
    }
    await next.stop();
    return answer;
  }

  test.each([
    ["before its first part", "sendMediaGroup", { files: [image, image, document], text: long }],
    ["between its parts", "sendDocument", { files: [image, image, document], text: long }],
    ["before its last part", "sendMessage", { files: [image, image, document], text: long }],
  ])("that a crash cut off %s is completed, and nothing is shown twice", async (_when, stopAt, more) => {
    const set = await started();
    const note = await cutOff(set, more, stopAt);
    expect(await after(set, more, note)).toBe("not-sent");
    expect(methods(set)).toEqual(["sendMediaGroup", "sendMediaGroup", "sendDocument", "sendMessage"]);
  });

  test("that arrived whole before a crash is not sent again, buttons or not", async () => {
    for (const buttons of [undefined, [{ label: "Accept", command: "/approve 1f2e3d4c" }]]) {
      const set = await started();
      const said = set.control.say({ from: set.ada, text: "?" });
      await set.ports.until(() => set.ports.events.length > 0);
      const more = {
        files: [image, image, document],
        text: long,
        replyToMessageId: String(said.message.message_id),
        ...(buttons && { buttons }),
      };
      const note = set.connection.attempt!(aMessage({ id: String(set.ada) }, more));
      await sent(set, more);
      await set.connection.stop();
      const before = JSON.stringify(set.control.messages(set.ada));
      expect(await after(set, more, note)).toBe("sent");
      expect(JSON.stringify(set.control.messages(set.ada))).toBe(before);
    }
  });

  test("that is tried again after a part arrived is told apart from its earlier part", async () => {
    const set = await started();
    const more = { text: long, files: [image] };
    set.control.failNext({ method: "sendMessage", status: 429, retryAfter: 120 });
    expect(await failure(set, more)).toMatchObject({ outcome: "not-sent" });
    const note = set.connection.attempt!(aMessage({ id: String(set.ada) }, more));
    set.control.failNext({ method: "sendMessage", cutSocket: true });
    expect(await failure(set, more)).toMatchObject({ outcome: "unknown" });
    await set.connection.stop();
    expect(await after(set, more, note)).toBe("not-sent");
    expect(captions(set)).toEqual([null, long]);
  });
});
