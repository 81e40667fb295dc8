/** Files of messages through the whole gateway: the real client library, a scripted model, a real container engine. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callsOf } from "./a-model-with-hands.ts";
import { aWorld, type World } from "./a-world.ts";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { eventually } from "./harness.ts";

const owner = 42;
const friend = 43;
const stranger = 666;
const group = -1_002_000_000_778;
/** A picture of one pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const digest = createHash("sha256").update(png).digest("hex");

let world: World;
beforeAll(async () => {
  world = await aWorld({ environment: { DOCKER_HOST: containerEngine ?? "unix:///nowhere.sock" } });
  const { control } = world.telegram;
  for (const [id, firstName] of [
    [owner, "Ada"],
    [friend, "Ben"],
    [stranger, "Eve"],
  ] as const)
    control.addUser({ id, firstName });
  control.addSupergroup({ id: group, title: "Friends", members: [owner, friend, stranger] });
  control.setReadsAllGroupMessages(true);
  world.home.configure(
    world.config(
      { dmPolicy: "allowlist", allowFrom: [owner, friend].map(String), groups: { [group]: {} } },
      {
        commands: { ownerAllowFrom: [`telegram:${owner}`] },
        agents: {
          defaults: {
            workspace: join(world.home.directory, "clawd"),
            sandbox: { docker: { containerPrefix: "med-" } },
          },
        },
        tools: { sandbox: { tools: { allow: ["group:fs", "group:runtime", "message", "image"] } } },
      },
    ),
  );
  mkdirSync(join(world.home.directory, "clawd"));
  await world.start();
}, 60_000);
afterAll(() => world?.close());

const photo = { base64: png.toString("base64") };
const says =
  (from: number, more: object = {}) =>
  () =>
    void world.telegram.control.say({ from, text: "look", photo, ...more });

/** What the model was given with the newest message of a person. */
function given() {
  const { messages } = world.anthropic.control.requests.at(-1)!.body as {
    messages: { role: string; content: { type: string; text?: string; source?: { data: string } }[] }[];
  };
  const said = messages.findLast(({ content }) => content.some(({ type }) => type === "text"))!;
  return {
    text: said.content.map(({ text = "" }) => text).join("\n"),
    images: said.content.flatMap(({ source }) => (source === undefined ? [] : [source.data])),
  };
}
const sentPhotos = (chat: number) =>
  world.telegram.control
    .listSent({ chatId: chat })
    .flatMap(({ message }) => (message?.photo ?? []).slice(-1))
    .map(({ file_id }) => world.telegram.control.fileContent(file_id));

describe("the owner", () => {
  test("sends a picture: the model sees it, and it is in the workspace", async () => {
    await callsOf(world, says(owner), { name: "bash", input: { command: "sha256sum media/inbound/*" } });
    expect(given().images).toEqual([png.toString("base64")]);
    expect(given().text).toContain('"unnamed": at media/inbound/image.png, image/png');
    const path = join(world.home.directory, "clawd/media/inbound/image.png");
    expect(readFileSync(path).equals(png)).toBe(true);
  });

  test("gets a file that the model sends, byte for byte, and nothing of it stays waiting", async () => {
    const { results } = await callsOf(world, says(owner, { photo: undefined }), {
      name: "message",
      input: { message: "here it is", media: "media/inbound/image.png" },
    });
    expect(results).toEqual([expect.objectContaining({ isError: false })]);
    await eventually(() => sentPhotos(owner).length > 0);
    expect(sentPhotos(owner)).toEqual([png.toString("base64")]);
    expect(world.telegram.control.listSent({ method: "sendPhoto", chatId: owner })).toMatchObject([
      { text: "here it is" },
    ]);
    expect(readdirSync(join(world.home.stateDir, "media"))).toEqual([digest]);
  });

  test("has a picture looked at by a tool", async () => {
    const answer = "the picture was seen";
    world.anthropic.control.script(
      { toolUses: [{ name: "image", input: { image: "media/inbound/image.png", prompt: "What is it?" } }] },
      { text: "One pixel." },
      { text: answer },
    );
    says(owner, { photo: undefined })();
    await eventually(() => world.texts(owner).includes(answer), 20_000);
    const [asked, told] = world.anthropic.control.requests.slice(-2).map(({ body }) => JSON.stringify(body));
    expect(asked).toContain("What is it?");
    expect(asked).toContain(png.toString("base64"));
    expect(asked).toContain('"max_tokens":512');
    expect(told).toContain("One pixel.");
  });
});

test("a file that waits to be sent goes out after a kill, once, as it was when it was sent", async () => {
  const { control } = world.telegram;
  const path = join(world.home.directory, "clawd/waiting.png");
  const bytes = Buffer.concat([png, Buffer.from("second")]);
  writeFileSync(path, bytes);
  const before = sentPhotos(owner).length;
  control.failNext({ method: "sendPhoto", status: 429, retryAfter: 3, description: "Too Many Requests" });
  world.anthropic.control.script(
    { toolUses: [{ name: "message", input: { media: "waiting.png" } }] },
    { text: "it is on its way" },
  );
  says(owner, { photo: undefined })();
  await eventually(() =>
    control.listCalls().some(({ method, status }) => method === "sendPhoto" && status === 429),
  );
  await world.gateway.kill();
  writeFileSync(path, "something else");
  await world.start();
  await eventually(() => world.texts(owner).includes("it is on its way"), 20_000);
  expect(sentPhotos(owner).slice(before)).toEqual([bytes.toString("base64")]);
}, 60_000);

describe.skipIf(containerEngine === undefined)(`a friend${needsEngine}`, () => {
  test("sends a picture: the model sees it, and it is in the container and nowhere else", async () => {
    const { results } = await callsOf(world, says(friend), {
      name: "bash",
      input: { command: "sha256sum media/inbound/image.png; ls -ln media/inbound" },
    });
    expect(given().images).toEqual([png.toString("base64")]);
    expect(results[0]!.text).toContain(digest);
    expect(readdirSync(join(world.home.directory, "clawd/media/inbound"))).toEqual(["image.png"]);
  }, 60_000);

  test("sends and gets back a file of many megabytes, whole", async () => {
    const bytes = randomBytes(12 * 1024 * 1024);
    const document = { base64: bytes.toString("base64"), name: "data.bin" };
    const { results } = await callsOf(
      world,
      says(friend, { photo: undefined, document }),
      { name: "bash", input: { command: "sha256sum media/inbound/data.bin" } },
      { name: "message", input: { media: "media/inbound/data.bin" } },
    );
    expect(results[0]!.text).toContain(createHash("sha256").update(bytes).digest("hex"));
    expect(results[1]).toMatchObject({ isError: false });
    const sent = await eventually(() =>
      world.telegram.control.listSent({ method: "sendDocument", chatId: friend }).at(0),
    );
    const { file_id: id } = sent.message!.document!;
    expect(world.telegram.control.fileContent(id) === bytes.toString("base64")).toBe(true);
  }, 60_000);

  test("gets a file that was made in the container", async () => {
    const before = sentPhotos(friend).length;
    const { results } = await callsOf(
      world,
      says(friend, { photo: undefined }),
      { name: "bash", input: { command: "cp media/inbound/image.png made.png" } },
      { name: "message", input: { media: ["made.png"] } },
    );
    expect(results.map(({ isError }) => isError)).toEqual([false, false]);
    await eventually(() => sentPhotos(friend).length > before);
    expect(sentPhotos(friend).at(-1)).toBe(png.toString("base64"));
  }, 60_000);
});

test("nobody who starts no turn makes the gateway ask the network for a file", async () => {
  const fetches = () =>
    world.telegram.control.listCalls().filter(({ method }) => ["getFile", "file"].includes(method)).length;
  const before = fetches();
  expect(before).toBeGreaterThan(0);
  const asked = world.anthropic.control.requests.length;
  says(stranger)();
  says(stranger, { chat: group })();
  says(friend, { chat: group })();
  says(friend, { text: "/help" })();
  await world.telegram.control.waitForConfirmed();
  await eventually(() => world.texts(friend).some((text) => text.includes("/status")));
  expect(fetches()).toBe(before);
  expect(world.anthropic.control.requests).toHaveLength(asked);
});

test("the web page: a picture goes up, the model sees it, and a file comes back", async () => {
  const { url, token } = world.gateway;
  const ask = async (path: string, method = "GET", type = "", body: string | Buffer | null = null) =>
    fetch(`${url}/webchat/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(type !== "" && { "content-type": type }) },
      ...(body !== null && { body }),
    });
  const announced = JSON.stringify({ name: "from-the-page.png", type: "image/png", size: png.length });
  const { id } = (await (await ask("files", "POST", "application/json", announced)).json()) as { id: string };
  const put = await ask(`files/${id}?at=0`, "PUT", "application/octet-stream", png);
  expect(put.status).toBe(200);
  world.anthropic.control.script(
    {
      toolUses: [
        { name: "message", input: { message: "and back", media: "media/inbound/from-the-page.png" } },
      ],
    },
    { text: "that was the page" },
  );
  const said = JSON.stringify({ id: "m1", text: "look", files: [id] });
  expect((await ask("message", "POST", "application/json", said)).status).toBe(200);
  const lines: string[] = [];
  for await (const chunk of (await ask("events")).body!.pipeThrough(new TextDecoderStream())) {
    lines.push(chunk);
    if (lines.join("").includes("that was the page")) break;
  }
  expect(given().images).toEqual([png.toString("base64")]);
  const shown = lines
    .join("")
    .split("\n")
    .filter((line) => line.includes("and back"))
    .map((line) => JSON.parse(line) as { from: string; files: { id: string }[] });
  expect(shown).toMatchObject([{ from: "agent", files: [{ name: "from-the-page.png" }] }]);
  const back = await ask(`files/${shown[0]!.files[0]!.id}`);
  expect(Buffer.from(await back.arrayBuffer()).equals(png)).toBe(true);
}, 60_000);
