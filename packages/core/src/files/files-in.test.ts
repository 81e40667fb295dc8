import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scriptedModel } from "@clawd/agent/testing";
import { ClawdError } from "@clawd/kernel";
import { type EventKind, fileFault } from "@clawd/provider-kit";
import type { EventOverrides } from "@clawd/provider-kit/testing";
import { sessionTools } from "@clawd/tools";
import type { Place } from "@clawd/sandbox";
import { afterEach, describe, expect, test } from "vitest";
import { aRoad, type TestRoad } from "../../test/a-road.ts";
import { attachment, calling, friends, gives, idle, message, png, until } from "../../test/with-files.ts";

let open: TestRoad[] = [];
afterEach(async () => {
  for (const road of open) await road.close();
  open = [];
});
async function start(options: Parameters<typeof aRoad>[0] = {}): Promise<TestRoad> {
  const road = await aRoad({ config: friends, fetch: gives(png), executors: idle("read"), ...options });
  open.push(road);
  return road;
}

const inbound = (road: TestRoad) => {
  try {
    return readdirSync(join(road.workspace, "media/inbound")).sort();
  } catch {
    return [];
  }
};
/** What the model was given with the last message. */
function given(road: TestRoad) {
  const content = road.model.requests.at(-1)?.messages.at(-1)?.content ?? [];
  return {
    text: content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n"),
    images: content.flatMap((block) => (block.type === "image" ? [block] : [])),
  };
}
async function take(road: TestRoad, overrides: EventOverrides = {}) {
  const before = road.model.requests.length;
  await road.receive(message(overrides));
  await until(() => road.model.requests.length > before);
  return given(road);
}

describe("a file that a message brings", () => {
  test("is put into the workspace, told with its path, and shown to the model where it is a picture", async () => {
    const road = await start();
    const { text, images } = await take(road);
    expect(text).toContain(
      `image "cat.png": at media/inbound/cat.png, image/png, ${png.length} bytes, and you see it`,
    );
    expect(images).toEqual([expect.objectContaining({ mediaType: "image/png", bytes: png })]);
    expect(readFileSync(join(road.workspace, "media/inbound/cat.png")).equals(png)).toBe(true);
    expect(road.entered.map(({ tool, runIn }) => [tool, runIn.place])).toEqual([["read", "sandbox"]]);
    expect([...road.store.audit.list({ kind: "tool-decision" })]).toMatchObject([
      { effect: "allow", detail: { tool: "read", for: "turn" } },
    ]);
  });

  test("that is no picture is put there and not shown, under the ending that its bytes say", async () => {
    const road = await start({ fetch: gives(Buffer.from("#!/bin/sh\n")) });
    const { text, images } = await take(road, { attachments: [attachment({ name: "../../cat.png" })] });
    expect(text).toContain("at media/inbound/cat.txt, text/plain, 10 bytes");
    expect(images).toEqual([]);
    expect(inbound(road)).toEqual(["cat.txt"]);
  });

  test("has another name where one is taken, and the same one where it is the same file", async () => {
    let bytes: Uint8Array = png;
    const road = await start({ fetch: () => gives(bytes)() });
    await take(road);
    await take(road);
    expect(inbound(road)).toEqual(["cat.png"]);
    bytes = Buffer.concat([png, png]);
    expect((await take(road)).text).toContain("at media/inbound/cat-1.png");
    expect(inbound(road)).toEqual(["cat-1.png", "cat.png"]);
  });

  test("is not put through a link, and the picture is seen all the same", async () => {
    const road = await start();
    const outside = join(road.workspace, "..", "outside");
    mkdirSync(outside);
    mkdirSync(join(road.workspace, "media"));
    symlinkSync(outside, join(road.workspace, "media/inbound"));
    const { text, images } = await take(road);
    expect(text).toContain("you see it, but it is not in the workspace, CLAWD_FILE_LINK");
    expect(images).toHaveLength(1);
    expect(readdirSync(outside)).toEqual([]);
  });

  test("goes beside a link that has its name", async () => {
    const road = await start();
    mkdirSync(join(road.workspace, "media/inbound"), { recursive: true });
    const outside = join(road.workspace, "..", "outside.png");
    writeFileSync(outside, "mine");
    symlinkSync(outside, join(road.workspace, "media/inbound/cat.png"));
    expect((await take(road)).text).toContain("at media/inbound/cat-1.png");
    expect(readFileSync(outside, "utf8")).toBe("mine");
  });

  test("stays in the transcript by its name alone", async () => {
    const road = await start();
    await take(road);
    await until(() => road.sent.length === 1);
    await take(road, { attachments: [], text: "and now?" });
    const [first] = road.model.requests.at(-1)!.messages;
    expect(first!.content).toEqual([
      { type: "text", text: expect.stringMatching(/\n\[picture: cat\.png\]$/) },
    ]);
    expect(JSON.stringify(first)).not.toContain(png.toString("base64").slice(0, 20));
  });
});

describe("nobody whose message starts no turn makes the gateway fetch a byte", () => {
  const group = { kind: "group", id: "-7", title: "Friends" } as const;
  const open = { example: { ...friends.example, groups: { "-7": {} } } };
  test.each<[string, object, EventOverrides]>([
    ["a stranger", friends, { sender: { id: "666" }, chat: { id: "666" } }],
    ["somebody who is to be paired", {}, {}],
    ["whoever writes while nobody may", { example: { dmPolicy: "disabled" } }, {}],
    ["somebody in a group that is not named", friends, { chat: group, mentioned: true }],
    ["somebody in a group who mentions nobody", open, { chat: group }],
    [
      "a stranger in a group that is an allowlist",
      { example: { ...open.example, groupPolicy: "allowlist" } },
      { chat: group, mentioned: true, sender: { id: "666" } },
    ],
    ["the bot itself", friends, { sender: { id: "42", isSelf: true } }],
    ["another bot", friends, { sender: { id: "42", isBot: true } }],
    ["a friend's command", friends, { text: "/help", command: { name: "help", args: "" } }],
    ...(["edit", "reaction", "member"] as EventKind[]).map((kind): [string, object, EventOverrides] => [
      `an event of the kind ${kind}`,
      friends,
      { kind, text: "x" },
    ]),
  ])("%s", async (_who, config, overrides) => {
    const road = await start({ config });
    await road.receive(message(overrides));
    await road.settle();
    expect([road.fetched, road.entered, road.model.requests]).toEqual([[], [], []]);
  });

  test("a run that a run starts", async () => {
    const model = calling(["sessions_spawn", { task: "look at it" }]);
    const road = await start({ model, gatewayTools: sessionTools });
    await road.receive(message());
    await until(() => road.model.requests.length >= 3 && road.sent.length > 0);
    expect(
      road.model.requests.filter(({ messages }) => JSON.stringify(messages).includes("look at it")),
    ).not.toEqual([]);
    expect(road.fetched).toEqual(["ref-1"]);
  });

  test("while one who starts a turn does", async () => {
    const road = await start({ config: open });
    await take(road, { chat: group, mentioned: true, sender: { id: "666" } });
    expect(road.fetched).toEqual(["ref-1"]);
  });
});

describe("a run without a tool that opens files", () => {
  test("is shown pictures, and nothing is put anywhere", async () => {
    const road = await start({ config: { ...friends, tools: { allow: ["message"] } } });
    const { text, images } = await take(road, {
      attachments: [
        attachment(),
        attachment({ kind: "document", name: "a.pdf", mimeType: "application/pdf" }),
      ],
    });
    expect(images).toHaveLength(1);
    expect(text).toContain(`image "cat.png": you see it, image/png, ${png.length} bytes`);
    expect(text).toContain('document "a.pdf": not opened, since you have no tool that opens files');
    expect([road.entered, inbound(road)]).toEqual([[], []]);
    expect(road.fetched).toHaveLength(1);
  });
});

describe("where the place cannot be had", () => {
  test("pictures are seen all the same, and nothing else is fetched", async () => {
    const refused = new ClawdError("CLAWD_SANDBOX_ENGINE", "No engine at /var/run/docker.sock.", {
      hint: "Start it.",
    });
    const road = await start({ place: () => Promise.reject(refused) });
    const { text, images } = await take(road, {
      attachments: [attachment(), attachment({ kind: "document", mimeType: "text/plain", name: "a.txt" })],
    });
    expect(images).toHaveLength(1);
    expect(text).toContain("you see it, but it is not in the workspace, CLAWD_SANDBOX_ENGINE");
    expect(text).toContain("not opened, since the workspace cannot be used, CLAWD_SANDBOX_ENGINE");
    expect(text).not.toContain("docker.sock");
    expect(road.fetched).toHaveLength(1);
  });
});

describe("limits", () => {
  const big = Buffer.concat([png, Buffer.alloc(2000)]);
  test("a file that says it is too large is not fetched", async () => {
    const road = await start({ mediaMaxBytes: 1024 });
    const { text } = await take(road, { attachments: [attachment({ size: 1025 })] });
    expect(text).toContain("not opened, since it is larger than 0 MB");
    expect(road.fetched).toEqual([]);
  });

  test.each([
    [
      "that turns out too large goes no further, whatever the provider does",
      gives(big),
      "since it is larger than",
    ],
    [
      "that the provider refuses while it streams",
      () => Promise.reject(fileFault("too-large")),
      "larger than",
    ],
    [
      "that the network lost",
      () => Promise.reject(fileFault("gone")),
      "could not be fetched, CLAWD_FILE_GONE",
    ],
    [
      "whose provider crashes",
      () => Promise.reject(new Error("https://host/token-secret")),
      "could not be fetched, CLAWD_DEFECT",
    ],
    ["that is empty", gives(new Uint8Array()), "since it is empty"],
  ])("a file %s is said, and the turn goes on", async (_what, fetch, said) => {
    const road = await start({ mediaMaxBytes: 1024, fetch });
    const { text, images } = await take(road, { text: "look" });
    expect(text).toContain(said);
    expect(text).not.toContain("token-secret");
    expect(text).toMatch(/\nlook$/);
    expect([images, inbound(road)]).toEqual([[], []]);
  });

  test("a fetch that does not end is given up, also one that does not heed it", async () => {
    const road = await start({ fetch: () => new Promise(() => {}) });
    await road.receive(message());
    await until(() => road.fetched.length === 1);
    await road.clock.advance(60_000);
    await until(() => road.model.requests.length === 1);
    expect(given(road).text).toContain("fetching it took too long");
  });

  test("files that are slow together hold up their session for two minutes, and no longer", async () => {
    const road = await start({ fetch: () => new Promise(() => {}) });
    await road.receive(message({ attachments: Array.from({ length: 5 }, () => attachment()) }));
    for (const fetched of [1, 2]) {
      await until(() => road.fetched.length === fetched);
      await road.clock.advance(60_000);
    }
    await until(() => road.model.requests.length === 1);
    expect(road.fetched).toHaveLength(2);
    expect(given(road).text).toContain("since fetching the others took too long");
  });

  const never = () => new Promise<never>(() => {});
  test.each([
    ["that is never ready", never],
    ["that does not answer", () => Promise.resolve({ files: { stat: never } } as unknown as Place)],
  ])("a place %s holds up its session for two minutes, and no longer", async (_what, place) => {
    const road = await start({ place });
    await road.receive(message());
    await road.settle();
    await until(() => road.entered.length === 1);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(road.model.requests).toEqual([]);
    await road.clock.advance(120_000);
    await until(() => road.model.requests.length === 1);
    expect(given(road).text).toMatch(/(?:not in the workspace, it|the others) took too long/);
  });

  test("a turn that is stopped does not wait for a place", async () => {
    const road = await start({ place: never });
    await road.receive(message());
    await until(() => road.entered.length === 1);
    await road.receive(message({ attachments: [], text: "/stop", command: { name: "stop", args: "" } }));
    await road.receive(message({ attachments: [], text: "and now" }));
    await until(() => road.model.requests.length === 1);
    expect(given(road).text).toMatch(/and now$/);
  });

  test("of many files the first ten are fetched", async () => {
    const road = await start();
    const attachments = Array.from({ length: 25 }, (_, index) => attachment({ reference: `ref-${index}` }));
    const { text } = await take(road, { attachments });
    expect(road.fetched).toHaveLength(10);
    expect(text).toContain("not opened, since more than 10 came");
  });

  test("a picture of more than 5 MB, or of more pixels than services take, is a file alone", async () => {
    const road = await start({ fetch: gives(Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024)])) });
    expect((await take(road)).images).toEqual([]);
    expect(inbound(road)).toEqual(["cat.png"]);
    const wide = Buffer.from(png);
    wide.writeUInt32BE(8001, 16);
    const other = await start({ fetch: gives(wide) });
    expect((await take(other)).images).toEqual([]);
    expect(inbound(other)).toEqual(["cat.png"]);
  });

  test("pictures together stay within what a request may be", async () => {
    const road = await start({ fetch: gives(Buffer.concat([png, Buffer.alloc(4 * 1024 * 1024)])) });
    const { images } = await take(road, { attachments: Array.from({ length: 5 }, () => attachment()) });
    expect(images).toHaveLength(3);
  });
});

describe("after a crash in the middle of a turn", () => {
  test("the file is not put there twice, and nothing is written down twice", async () => {
    const stuck = scriptedModel([new Promise(() => {}) as never]);
    const before = await start({ durable: true, model: stuck });
    await before.receive(message());
    await until(() => stuck.requests.length === 1);
    expect(inbound(before)).toEqual(["cat.png"]);
    const after = await before.crash({ model: scriptedModel("At last.") });
    open = [after];
    await until(() => after.sent.length === 1);
    expect(inbound(after)).toEqual(["cat.png"]);
    expect(given(after)).toMatchObject({
      text: expect.stringContaining("at media/inbound/cat.png"),
      images: [{ bytes: png }],
    });
    expect(after.model.requests[0]!.messages).toHaveLength(1);
  });
});

test("a turn that is stopped while it fetches asks no model", async () => {
  const road = await start({ fetch: () => new Promise(() => {}) });
  await road.receive(message());
  await until(() => road.fetched.length === 1);
  await road.receive(message({ attachments: [], text: "/stop", command: { name: "stop", args: "" } }));
  await until(() => road.sent.length === 1);
  await road.settle();
  expect(road.model.requests).toEqual([]);
  expect(inbound(road)).toEqual([]);
});
