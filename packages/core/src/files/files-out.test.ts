import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scriptedModel, type ScriptedModel } from "@clawd/agent/testing";
import { type OutboundMessage, SendError } from "@clawd/provider-kit";
import { message as messageTool } from "@clawd/tools";
import { afterEach, describe, expect, test } from "vitest";
import { aRoad, type TestRoad } from "../../test/a-road.ts";
import { calling, friends, idle, message, png, resultsOf, until } from "../../test/with-files.ts";

let open: TestRoad[] = [];
afterEach(async () => {
  for (const road of open) await road.close();
  open = [];
});
async function start(model: ScriptedModel, options: Parameters<typeof aRoad>[0] = {}): Promise<TestRoad> {
  const road = await aRoad({
    config: { ...friends, tools: { sandbox: { tools: { allow: ["read", "message"] } } } },
    sendsFiles: true,
    executors: idle("read"),
    gatewayTools: [messageTool],
    model,
    ...options,
  });
  open.push(road);
  mkdirSync(join(road.workspace, "out"));
  writeFileSync(join(road.workspace, "out/cat.png"), png);
  writeFileSync(join(road.workspace, "out/notes"), "words");
  writeFileSync(join(road.workspace, "..", "outside.png"), "canary");
  return road;
}

/** Has the model make the calls; gives what each was answered with. */
async function having(road: TestRoad): Promise<readonly string[]> {
  const model = road.model;
  await road.receive(message({ attachments: [] }));
  await until(() => road.sent.some(({ text }) => text === "done"));
  return resultsOf(model);
}

const sends = (media: unknown, more: object = {}) =>
  calling(["message", { message: "here", media, ...more }]);
const bytesOf = async ({ files = [] }: OutboundMessage) =>
  Promise.all(files.map(async ({ bytes }) => Buffer.from(await bytes())));
const kept = (road: TestRoad) => {
  try {
    return readdirSync(road.mediaDirectory);
  } catch {
    return [];
  }
};

describe("a file that a tool sends", () => {
  test("goes with the message, byte for byte, under a name and a type that the bytes show", async () => {
    const road = await start(sends(["out/cat.png", "out/notes"]));
    expect(await having(road)).toEqual([expect.stringContaining("Sent to example dm 42.")]);
    expect(road.sent[0]).toMatchObject({
      text: "here",
      files: [
        { name: "cat.png", mimeType: "image/png" },
        { name: "notes.txt", mimeType: "text/plain" },
      ],
    });
    expect(await bytesOf(road.sent[0]!)).toEqual([png, Buffer.from("words")]);
  });

  test("needs no words", async () => {
    const road = await start(calling(["message", { media: "out/cat.png" }]));
    await having(road);
    expect(road.sent[0]).toMatchObject({ text: "", files: [{ name: "cat.png" }] });
  });

  test("is read as `read` would read it, where `read` would, with a record", async () => {
    const road = await start(sends("out/cat.png"));
    await having(road);
    expect(road.entered.map(({ tool, input, runIn }) => [tool, input, runIn.place])).toEqual([
      ["read", { path: "out/cat.png" }, "sandbox"],
    ]);
    expect([...road.store.audit.list({ kind: "tool-decision" })]).toContainEqual(
      expect.objectContaining({
        effect: "allow",
        detail: expect.objectContaining({ tool: "read", for: "message" }),
      }),
    );
  });

  test("goes with the first piece of a long text", async () => {
    const road = await start(sends("out/cat.png", { message: "word ".repeat(50) }), { maxTextLength: 100 });
    await having(road);
    const sent = road.sent.filter(({ text }) => text !== "done");
    expect(sent.map(({ files = [] }) => files.length)).toEqual([1, 0, 0]);
  });
});

describe("nothing is sent, and the model is told why,", () => {
  test.each<[string, unknown, string]>([
    ["of a file that is not there", "out/none.png", 'There is no file or directory: "out/none.png"'],
    ["of one outside", "../outside.png", "This is no path of the place where you work"],
    ["of a directory", "out", "not the kind of file"],
    ["of what a link leads to outside", "link.png", "This leads through a link"],
    ["of an empty file", "empty", '"empty" is empty'],
    ["of a file that is too large", "big", '"big" is larger than 1000000 bytes'],
    ["of more than ten files", Array.from({ length: 11 }, () => "out/cat.png"), "media"],
    ["where one of several is missing", ["out/cat.png", "out/none.png"], "There is no file"],
  ])("%s", async (_what, media, told) => {
    const road = await start(sends(media));
    symlinkSync("../outside.png", join(road.workspace, "link.png"));
    writeFileSync(join(road.workspace, "empty"), "");
    writeFileSync(join(road.workspace, "big"), randomBytes(1_000_001));
    const [result] = await having(road);
    expect(result).toContain(told);
    expect(result).not.toContain(road.workspace);
    expect(road.sent.map(({ text }) => text)).toEqual(["done"]);
    expect(kept(road)).toEqual([]);
  });

  test("for a run that may not read", async () => {
    const road = await start(sends("out/cat.png"), {
      config: { ...friends, tools: { deny: ["read"], sandbox: { tools: { allow: ["message"] } } } },
    });
    expect(await having(road)).toEqual([expect.stringContaining("read-not-allowed")]);
    expect(road.entered).toEqual([]);
  });

  test("where the network takes no files", async () => {
    const road = await start(sends("out/cat.png"), { sendsFiles: false });
    expect(await having(road)).toEqual([expect.stringContaining("Example cannot be sent files from here")]);
    expect(road.entered).toEqual([]);
  });

  test("to a chat that the run may not write to: the file is not even opened", async () => {
    const road = await start(sends("out/cat.png", { to: "43" }));
    expect(await having(road)).toEqual([expect.stringContaining("Not sent (")]);
    expect(road.entered).toEqual([]);
  });

  test("where it is only asked whether it would be; the file is read and checked", async () => {
    const road = await start(
      calling(
        ["message", { message: "x", media: "out/cat.png", dryRun: true }],
        ["message", { message: "x", media: "out/none", dryRun: true }],
      ),
    );
    const [would, wouldNot] = await having(road);
    expect(would).toContain("It would be sent");
    expect(wouldNot).toContain("There is no file");
    expect(road.sent.map(({ text }) => text)).toEqual(["done"]);
    expect(kept(road)).toEqual([]);
  });

  test.each(["react", "poll", "delete", "pin", "sticker", "thread-create", "ban"])(
    "by the action %s: what exists is said",
    async (action) => {
      const road = await start(calling(["message", { action, message: "x" }]));
      expect(await having(road)).toEqual([expect.stringContaining("`send` is what exists")]);
      expect(road.sent.map(({ text }) => text)).toEqual(["done"]);
    },
  );

  test("with buttons: what a person presses is their own word, and a model writes none for them", async () => {
    const buttons = [{ label: "Kittens", command: "/approve 0123456789" }];
    const road = await start(sends("out/cat.png", { buttons }));
    expect(await having(road)).toEqual([expect.stringContaining("buttons")]);
    expect(road.sent.map(({ text }) => text)).toEqual(["done"]);
  });
});

describe("files on their way", () => {
  test("are kept until they are sent, over a crash, and go out as they were when they were sent", async () => {
    const before = await start(sends("out/cat.png"), { durable: true });
    before.onSend(() =>
      Promise.reject(
        new SendError("CLAWD_X", "down", { outcome: "not-sent", retryAfterMs: 60_000, hint: "" }),
      ),
    );
    await before.receive(message({ attachments: [] }));
    await until(() => resultsOf(before.model).length === 1);
    await until(() => before.store.outbox.counts().queued === 2);
    expect(kept(before)).toHaveLength(1);
    writeFileSync(join(before.workspace, "out/cat.png"), "something else");
    const after = await before.crash({ model: scriptedModel("after") });
    open = [after];
    await after.clock.advance(120_000);
    await until(() => after.sent.length === 2);
    expect(await bytesOf(after.sent[0]!)).toEqual([png]);
  });

  test("are not all in memory at once, however many chats wait for some; words go meanwhile", async () => {
    const road = await start(scriptedModel());
    const bytes = Buffer.from("as if it were large");
    const digest = createHash("sha256").update(bytes).digest("hex");
    mkdirSync(road.mediaDirectory, { recursive: true });
    writeFileSync(join(road.mediaDirectory, digest), bytes);
    const going: { readonly chat: string; readonly end: () => void }[] = [];
    const gone: string[] = [];
    road.onSend(async ({ chat, files }) => {
      if (files !== undefined) await new Promise<void>((end) => going.push({ chat: chat.id, end }));
      gone.push(chat.id);
      return { messageId: "1" };
    });
    const file = { digest, name: "a.txt", mimeType: "text/plain", size: 90 * 1024 * 1024 };
    for (const id of ["1", "2", "3", "4", "5", "6"])
      road.store.outbox.enqueue({
        deliveryId: `to ${id}`,
        provider: "example",
        account: "default",
        chat: { kind: "dm", id, thread: null },
        text: "here",
        ...(id !== "6" && { files: [file] }),
        replyToMessageId: null,
        purpose: "tool",
        session: null,
        cause: null,
      });
    await road.clock.advance(1000);
    road.road.wake();
    await until(() => gone.includes("6") && going.length >= 2);
    await road.settle();
    for (let done = 0; done < 5; done++) {
      expect(going.map(({ chat }) => chat)).toEqual(["1", "2", "3", "4", "5"].slice(0, done + 2));
      going[done]!.end();
      await until(() => gone.length === done + 2 && going.length >= Math.min(5, done + 3));
      await road.settle();
    }
  });

  test("that are lost hold up nothing else in the chat", async () => {
    const road = await start(sends("out/cat.png"));
    road.onSend(() =>
      Promise.reject(new SendError("CLAWD_X", "down", { outcome: "not-sent", retryAfterMs: 1000, hint: "" })),
    );
    await road.receive(message({ attachments: [] }));
    await until(() => road.store.outbox.counts().queued === 2);
    for (const name of kept(road)) rmSync(join(road.mediaDirectory, name));
    road.onSend(undefined);
    await road.clock.advance(2000);
    await until(() => road.sent.length === 1);
    expect(road.sent[0]).toMatchObject({ text: "done" });
    expect([...road.store.audit.list({ kind: "message-rejected" })]).toMatchObject([
      { detail: { reason: "CLAWD_MEDIA_MISSING" } },
    ]);
  });

  test("a line of an answer that looks like one of old is text", async () => {
    const road = await start(scriptedModel("See:\nMEDIA:/etc/passwd\nMEDIA:out/cat.png"));
    await road.receive(message({ attachments: [] }));
    await until(() => road.sent.length === 1);
    expect(road.sent).toEqual([
      expect.objectContaining({ text: "See:\nMEDIA:/etc/passwd\nMEDIA:out/cat.png" }),
    ]);
    expect(road.sent[0]).not.toHaveProperty("files");
    expect([road.entered, kept(road)]).toEqual([[], []]);
  });
});

describe("an owner's word about a file that is sent", () => {
  const asking = {
    example: { dmPolicy: "allowlist", allowFrom: ["42", "43"] },
    commands: { ownerAllowFrom: ["example:43"] },
    agents: { defaults: { sandbox: { mode: "off" } } },
    access: { profiles: { friend: { ask: ["message"] } } },
  };
  const owner = { sender: { id: "43", name: "Owner" }, chat: { id: "43" } };

  async function approved(meanwhile: (road: TestRoad) => void) {
    const road = await start(sends("out/cat.png"), {
      config: asking,
      reachableOwners: ["43"],
      maxTextLength: 4000,
    });
    await road.receive(message({ attachments: [] }));
    await until(() => road.sent.some(({ buttons }) => buttons !== undefined));
    const notice = road.sent.find(({ buttons }) => buttons !== undefined)!;
    meanwhile(road);
    const { command } =
      notice.buttons!.find(({ label }) => /accept|approve|allow/i.test(label)) ?? notice.buttons![0]!;
    const [name, ...args] = command.slice(1).split(" ");
    await road.receive(
      message({
        attachments: [],
        ...owner,
        text: command,
        command: { name: name!, args: args.join(" ") },
      }),
    );
    await until(() => road.sent.some(({ text }) => text === "done"));
    return { road, notice, sent: road.sent.filter(({ files }) => files !== undefined) };
  }

  test("is about that file: it goes as it was", async () => {
    const { sent, notice } = await approved(() => {});
    expect(notice.text).toContain("out/cat.png");
    expect(sent).toHaveLength(1);
  });

  test("is not about another one that has taken its place", async () => {
    const { road, sent } = await approved(({ workspace }) =>
      writeFileSync(join(workspace, "out/cat.png"), "something else"),
    );
    expect(sent).toEqual([]);
    expect(resultsOf(road.model)).toEqual([
      expect.stringContaining("something changed since it was approved"),
    ]);
  });
});
