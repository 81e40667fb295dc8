import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ModelFault } from "@clawd/agent";
import { scriptedModel } from "@clawd/agent/testing";
import { ClawdError } from "@clawd/kernel";
import { image } from "@clawd/tools";
import { afterEach, describe, expect, test } from "vitest";
import { aRoad, type TestRoad } from "../../test/a-road.ts";
import { calling, friends, idle, message, png, resultsOf, until } from "../../test/with-files.ts";

let open: TestRoad[] = [];
afterEach(async () => {
  for (const road of open) await road.close();
  open = [];
});
const sandboxed = (...allow: readonly string[]) => ({ ...friends, tools: { sandbox: { tools: { allow } } } });

async function looking(input: object, options: Parameters<typeof aRoad>[0] = {}) {
  const model = calling(["image", input]);
  const road = await aRoad({
    config: sandboxed("read", "image", "web_fetch"),
    executors: idle("read", "web_fetch"),
    gatewayTools: [image],
    imageModels: [scriptedModel("A cat.")],
    model,
    ...options,
  });
  open.push(road);
  mkdirSync(join(road.workspace, "out"));
  writeFileSync(join(road.workspace, "out/cat.png"), png);
  writeFileSync(join(road.workspace, "out/words"), "words");
  await road.receive(message({ attachments: [] }));
  await until(() => road.sent.length === 1);
  return { road, result: resultsOf(model)[0]! };
}

const saying = (inputTokens: number, outputTokens: number) =>
  scriptedModel([
    { type: "text", text: "A cat." },
    {
      type: "stop",
      reason: "end",
      usage: { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 },
    },
  ]);

describe("a picture that a tool looks at", () => {
  test("is read as `read` would, and shown to the model for pictures with a question and a bound", async () => {
    const pictures = scriptedModel("A cat.");
    const { road, result } = await looking({ image: "out/cat.png" }, { imageModels: [pictures] });
    expect(result).toContain("A cat.");
    expect(road.entered).toMatchObject([{ tool: "read", input: { path: "out/cat.png" } }]);
    expect(pictures.requests).toMatchObject([
      {
        maxTokens: 512,
        tools: [],
        messages: [
          {
            content: [
              { type: "image", mediaType: "image/png", bytes: png },
              { type: "text", text: "Describe the image." },
            ],
          },
        ],
      },
    ]);
  });

  test("is shown to the agent's own model where the config names none", async () => {
    const model = calling(["image", { image: "out/cat.png", prompt: "What is it?" }]);
    const road = await aRoad({
      config: sandboxed("read", "image"),
      executors: idle("read"),
      gatewayTools: [image],
      model,
    });
    open.push(road);
    mkdirSync(join(road.workspace, "out"));
    writeFileSync(join(road.workspace, "out/cat.png"), png);
    await road.receive(message({ attachments: [] }));
    await until(() => road.sent.length === 1);
    expect(model.requests[1]!.messages).toMatchObject([
      { content: [{ type: "image" }, { text: "What is it?" }] },
    ]);
  });

  test("is looked at by the next model when one cannot, and by no other than these", async () => {
    const broken = scriptedModel(new ModelFault("auth", "no key"));
    const { result } = await looking(
      { image: "out/cat.png" },
      { imageModels: [broken, scriptedModel("A dog.")] },
    );
    expect(result).toContain("A dog.");
    const none = await looking({ image: "out/cat.png" }, { imageModels: [broken] });
    expect(none.result).toContain("no model could look at it");
    const chosen = await looking({ image: "out/cat.png", model: "other/model" });
    expect(chosen.result).toContain("model");
    expect(chosen.result).not.toContain("A cat.");
  });

  test("counts for whoever began the run", async () => {
    const config = {
      ...sandboxed("read", "image"),
      access: { profiles: { friend: { budget: { tokensPerDay: 100_000 } } } },
    };
    const { road } = await looking({ image: "out/cat.png" }, { config, imageModels: [saying(1000, 100)] });
    await until(() => road.store.usage.read("example:42", "").tokensToday > 1000);
    expect(road.store.usage.read("example:42", "").tokensToday).toBeGreaterThanOrEqual(1100);
  });
});

describe("nothing is looked at", () => {
  test.each<[string, object, string]>([
    ["that is no picture, whatever its name", { image: "out/words" }, "no png, jpg, gif or webp"],
    ["that is not there", { image: "out/none.png" }, "There is no file"],
    ["outside", { image: "/etc/passwd" }, "no path of the place"],
    ["at an address that is not https", { image: "http://example.org/a.png" }, "only https"],
    ["at an address of files", { image: "file:///etc/passwd" }, "no path of the place"],
    ["at an address of data", { image: "data:image/png;base64,AA==" }, "There is no file"],
    [
      "that is larger than is asked for",
      { image: "out/cat.png", maxBytesMb: 0.00001 },
      "larger than 10 bytes",
    ],
  ])("%s", async (_what, input, told) => {
    const pictures = scriptedModel("A cat.");
    const { result } = await looking(input, { imageModels: [pictures] });
    expect(result).toContain(told);
    expect(pictures.requests).toEqual([]);
  });

  test("for a run that may not read", async () => {
    const { road, result } = await looking(
      { image: "out/cat.png" },
      { config: sandboxed("image", "web_fetch") },
    );
    expect(result).toContain("read-not-allowed");
    expect(road.entered).toEqual([]);
  });
});

describe("a picture of the web", () => {
  const found = { asked: [] as string[] };
  const fetchFile = (url: string) => {
    found.asked.push(url);
    return Promise.resolve(new Uint8Array(png));
  };

  test("is fetched for whoever may fetch pages", async () => {
    const { result } = await looking({ image: "https://example.org/a.png" }, { fetchFile });
    expect(result).toContain("A cat.");
    expect(found.asked).toEqual(["https://example.org/a.png"]);
  });

  test("is not fetched for anybody else", async () => {
    found.asked = [];
    const config = sandboxed("read", "image");
    const { result } = await looking({ image: "https://example.org/?secret=1" }, { fetchFile, config });
    expect(result).toContain("web_fetch-not-allowed");
    expect(found.asked).toEqual([]);
  });

  test("that cannot be had is said as it is for pages", async () => {
    const refused = () =>
      Promise.reject(
        new ClawdError("CLAWD_EGRESS_UNREACHABLE", "This address cannot be reached.", { hint: "" }),
      );
    const { result } = await looking({ image: "https://127.0.0.1/a.png" }, { fetchFile: refused });
    expect(result).toContain("This address cannot be reached.");
  });
});
