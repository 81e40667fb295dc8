import {
  startAnthropicEmulator,
  type AnthropicEmulatorOptions,
  type Answer,
  type MessagesRequest,
} from "@clawd/emulators/anthropic";
import { fakeClock } from "@clawd/kernel/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { anthropicModel, type AnthropicOptions } from "./anthropic.ts";
import type { ModelEvent, ModelRequest } from "./model.ts";
import { ModelFault } from "./model-fault.ts";

const key = "sk-ant-canary-0123456789";

async function aModel(options: Partial<AnthropicOptions> = {}, emulated: AnthropicEmulatorOptions = {}) {
  const emulator = await startAnthropicEmulator(emulated);
  onTestFinished(() => emulator.stop());
  const model = anthropicModel({ apiKey: key, baseUrl: emulator.url, model: "claude-opus-4-5", ...options });
  return { emulator, control: emulator.control, model };
}

const aRequest = (request: Partial<ModelRequest> = {}): ModelRequest => ({
  system: ["You are kind."],
  messages: [{ role: "user", content: [{ type: "text", text: "private words" }] }],
  tools: [],
  maxTokens: 1000,
  ...request,
});

async function collect(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const collected: ModelEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const never = new AbortController().signal;
const textOf = (events: readonly ModelEvent[]) =>
  events.map((event) => (event.type === "text" ? event.text : "")).join("");

describe("an answer of the real SDK", () => {
  test("streams text and ends with the reason and the usage", async () => {
    const { model, emulator } = await aModel();
    const events = await collect(model.stream(aRequest(), never));
    expect(textOf(events)).toBe("You said: private words");
    expect(events.length).toBeGreaterThan(2);
    expect(events.at(-1)).toMatchObject({ type: "stop", reason: "end" });
    expect(model.id).toBe("anthropic/claude-opus-4-5");
    expect(emulator.requests).toMatchObject([{ body: { stream: true }, state: "answered" }]);
  });

  test("calls tools with their input, and takes the results in a second request", async () => {
    const { model, control } = await aModel();
    const input = { zone: "UTC", list: [1, { deep: "🦞" }] };
    control.script({
      thinking: "hm",
      text: "I look.",
      toolUses: [
        { id: "t1", name: "clock", input },
        { id: "t2", name: "clock", input: {} },
      ],
    });
    const tools = [{ name: "clock", description: "Tells the time.", inputSchema: { properties: {} } }];
    const events = await collect(model.stream(aRequest({ tools }), never));
    expect(events.filter(({ type }) => type === "tool-call")).toEqual([
      { type: "tool-call", id: "t1", name: "clock", input },
      { type: "tool-call", id: "t2", name: "clock", input: {} },
    ]);
    expect(events.at(-1)).toMatchObject({ reason: "tool-calls" });
    const messages: ModelRequest["messages"] = [
      ...aRequest().messages,
      {
        role: "assistant",
        content: [{ type: "tool-call", id: "t1", name: "clock", input: { half: "\ud83e" } }],
      },
      { role: "user", content: [{ type: "tool-result", id: "t1", text: "", images: [], isError: false }] },
    ];
    expect(textOf(await collect(model.stream(aRequest({ tools, messages }), never)))).toContain(
      "(no output)",
    );
  });

  test("sees the images of a result, of the kinds that the service takes", async () => {
    const { model, control } = await aModel();
    const image = (mediaType: string) => ({ mediaType, bytes: new Uint8Array([1, 2, 3]) });
    const images = [image("image/png"), image("image/svg+xml")];
    const messages: ModelRequest["messages"] = [
      ...aRequest().messages,
      { role: "assistant", content: [{ type: "tool-call", id: "t1", name: "read", input: {} }] },
      { role: "user", content: [{ type: "tool-result", id: "t1", text: "a cat", images, isError: false }] },
    ];
    await collect(model.stream(aRequest({ messages }), never));
    const source = { type: "base64", media_type: "image/png", data: "AQID" };
    expect(JSON.stringify(control.requests.at(-1))).toContain(
      JSON.stringify({
        content: [
          { type: "text", text: "a cat" },
          { type: "image", source },
        ],
        is_error: false,
      }).slice(1, -1),
    );
  });

  test("sees the pictures that a person sent, of the kinds that the service takes", async () => {
    const { model, control } = await aModel();
    const image = (mediaType: string) =>
      ({ type: "image", mediaType, bytes: new Uint8Array([1, 2, 3]) }) as const;
    const content = [
      image("image/webp"),
      image("image/svg+xml"),
      { type: "text", text: "what is it?" },
    ] as const;
    await collect(model.stream(aRequest({ messages: [{ role: "user", content }] }), never));
    const { messages } = control.requests.at(-1)!.body as { messages: unknown };
    expect(messages).toEqual([
      {
        role: "user",
        content: [
          { type: "image", source: { type: "base64", media_type: "image/webp", data: "AQID" } },
          { type: "text", text: "what is it?" },
        ],
      },
    ]);
  });

  test.each([
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "refusal"],
    ["stop_sequence", "end"],
    ["something_new", "end"],
  ])("that stopped because of %s says %s", async (stopReason, reason) => {
    const { model, control } = await aModel();
    control.script({ text: "x", stopReason });
    expect((await collect(model.stream(aRequest(), never))).at(-1)).toMatchObject({ reason });
  });

  test("reads what it wrote to the cache: the lasting part for every speaker, the conversation in the next turn", async () => {
    const { model } = await aModel({}, { minimumCacheTokens: 100 });
    const usageOf = async (request: Partial<ModelRequest>) => {
      const stop = (await collect(model.stream(aRequest(request), never))).at(-1)!;
      return stop.type === "stop" ? stop.usage : undefined;
    };
    const lasting = "rule ".repeat(500);
    const first = await usageOf({ system: [lasting, "The owner speaks."] });
    expect(first).toMatchObject({ cacheReadTokens: 0 });
    expect(first!.cacheWriteTokens).toBeGreaterThan(500);
    const other = await usageOf({ system: [lasting, "A guest speaks."] });
    expect(other!.cacheReadTokens).toBeGreaterThan(500);
    const again = await usageOf({ system: [lasting, "The owner speaks."] });
    expect(again!.cacheReadTokens).toBe(first!.cacheWriteTokens);
    expect(again!.outputTokens).toBeGreaterThan(0);
  });

  test("half characters, empty parts and odd schemas do not spoil a request", async () => {
    const { model } = await aModel();
    const request = aRequest({
      system: ["", "half \ud83e", " "],
      messages: [{ role: "user", content: [{ type: "text", text: "half \udd9e" }] }],
    });
    expect(textOf(await collect(model.stream(request, never)))).toBe("You said: half \uFFFD");
  });

  test("a huge bound on tokens is no reason to throw at once", async () => {
    const { model } = await aModel();
    expect(textOf(await collect(model.stream(aRequest({ maxTokens: 64_000 }), never)))).toContain("You said");
  });
});

async function faultOf(answer: Answer, options: Partial<AnthropicOptions> = {}) {
  const { model, control, emulator } = await aModel(options);
  control.script(answer);
  const seen: ModelEvent[] = [];
  try {
    for await (const event of model.stream(aRequest(), never)) seen.push(event);
  } catch (fault) {
    expect(fault).toBeInstanceOf(ModelFault);
    expect(emulator.requests).toHaveLength(1);
    return { fault: fault as ModelFault, seen };
  }
  throw new Error("it did not fail");
}

const words = "a text of several deltas, so that some of it arrives";

describe("a failure", () => {
  test.each<[string, Answer, string]>([
    ["400", { status: 400 }, "request"],
    ["401", { status: 401 }, "auth"],
    ["402", { status: 402 }, "auth"],
    ["403", { status: 403 }, "auth"],
    ["404", { status: 404 }, "request"],
    ["413", { status: 413 }, "request"],
    ["429", { status: 429 }, "busy"],
    ["500", { status: 500 }, "busy"],
    ["529", { status: 529 }, "busy"],
    ["a connection cut before the answer", { none: "cut" }, "busy"],
    ["overload in mid-stream", { text: words, broken: { after: 2, by: "error" } }, "busy"],
    [
      "a server's fault in mid-stream",
      { text: words, broken: { after: 2, by: "error", type: "api_error" } },
      "busy",
    ],
    [
      "a refusal in mid-stream",
      { text: words, broken: { after: 2, by: "error", type: "invalid_request_error" } },
      "request",
    ],
    [
      "a lost key in mid-stream",
      { text: words, broken: { after: 2, by: "error", type: "authentication_error" } },
      "auth",
    ],
    ["a dead socket in mid-stream", { text: words, broken: { after: 2, by: "cut" } }, "busy"],
    ["an end without the last event", { text: words, broken: { after: 2, by: "end" } }, "busy"],
    ["a tool call that is no JSON", { toolUses: [{ name: "x", input: {}, inputJson: '{"a":' }] }, "busy"],
  ])("%s is of kind %s", async (_, answer, kind) => {
    const { fault } = await faultOf(answer);
    expect(fault).toMatchObject({ kind, code: `CLAWD_MODEL_${kind.toUpperCase()}` });
    expect(fault.hint).not.toBe("");
  });

  test("by silence ends after the idle time, before the answer and within it", async () => {
    for (const answer of [{ none: "hang" }, { text: words, broken: { after: 2, by: "hang" } }] as const) {
      const { fault } = await faultOf(answer, { idleMilliseconds: 50 });
      expect(fault).toMatchObject({ kind: "busy", message: "The model's answer stopped coming." });
    }
  });

  test("of a server that is not there names the reason", async () => {
    const { model, emulator } = await aModel();
    await emulator.stop();
    const fault: unknown = await collect(model.stream(aRequest(), never)).catch((error: unknown) => error);
    expect(fault).toMatchObject({ kind: "busy", message: expect.stringContaining("ECONNREFUSED") as string });
  });

  test("tells how long to wait, in seconds or as a date", async () => {
    expect((await faultOf({ status: 429, retryAfter: 7 })).fault.retryAfterMs).toBe(7000);
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { retryAfterMs } = (await faultOf({ status: 529, retryAfter: date })).fault;
    expect(retryAfterMs).toBeGreaterThan(3_500_000);
    expect((await faultOf({ status: 429 })).fault.retryAfterMs).toBeUndefined();
    expect((await faultOf({ status: 429, retryAfter: "soon" })).fault.retryAfterMs).toBeUndefined();
  });

  test("does not wait by itself: the SDK's own retries are off", async () => {
    const { model, control, emulator } = await aModel();
    control.script({ status: 529, retryAfter: 600 }, { text: "later" });
    await expect(collect(model.stream(aRequest(), never))).rejects.toMatchObject({ retryAfterMs: 600_000 });
    expect(emulator.requests).toHaveLength(1);
  });

  test("says nothing of the key, of what was asked, or of what the service wrote about it", async () => {
    const message = `messages.0: "private words" is not allowed for ${key}`;
    for (const answer of [
      { status: 400, message },
      { status: 401, message },
      { status: 529, message },
    ]) {
      const { fault } = await faultOf(answer);
      const told = JSON.stringify([fault.message, fault.hint, String(fault.cause), fault.stack]);
      expect(told).not.toMatch(/private words|canary/);
    }
  });

  test.each([
    [{ status: 401 }, /ANTHROPIC_API_KEY/],
    [{ status: 400, message: "Your credit balance is too low" }, /credit/],
    [{ status: 404 }, /agents\.defaults\.model/],
    [{ status: 400, message: "prompt is too long: 2 tokens > 1 maximum" }, /\/new/],
  ])("%j says what to do", async (answer, hint) => {
    expect((await faultOf(answer)).fault.hint).toMatch(hint);
  });
});

test("a tool call that the bound on tokens cut off is left out", async () => {
  const { model, control } = await aModel();
  control.script({
    text: "I look.",
    stopReason: "max_tokens",
    toolUses: [{ name: "x", input: {}, inputJson: '{"a":' }],
  });
  const events = await collect(model.stream(aRequest(), never));
  expect(events.some(({ type }) => type === "tool-call")).toBe(false);
  expect(events.at(-1)).toMatchObject({ type: "stop", reason: "length" });
});

test("an answer may take any time, as long as it goes on", async () => {
  const clock = fakeClock();
  const { model, control } = await aModel({ clock, idleMilliseconds: 1000 });
  control.script({ text: words, chunk: 4, broken: { after: 3, by: "hang" } });
  const events = model.stream(aRequest(), never)[Symbol.asyncIterator]();
  for (let event = 0; event < 3; event++) {
    expect(await events.next()).toMatchObject({ value: { type: "text" } });
    await clock.advance(900);
  }
  let ended = false;
  const next = events.next().catch((fault: unknown) => fault);
  void next.then(() => (ended = true));
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toBe(false);
  await clock.advance(1000);
  expect(await next).toMatchObject({ message: "The model's answer stopped coming." });
});

test("an abort ends the request on the wire, and throws the signal's reason", async () => {
  const { model, control } = await aModel();
  control.script({ text: words, broken: { after: 2, by: "hang" } });
  const controller = new AbortController();
  const stopped = collect(model.stream(aRequest(), controller.signal));
  await control.waitForRequests({ count: 1 });
  controller.abort(new Error("enough"));
  await expect(stopped).rejects.toThrow("enough");
  await control.waitForRequests({ count: 1, state: "dropped" });
});

test("a reader that stops early ends the request on the wire", async () => {
  const { model, control } = await aModel();
  control.script({ text: words, broken: { after: 2, by: "hang" } });
  for await (const event of model.stream(aRequest(), never)) {
    expect(event.type).toBe("text");
    break;
  }
  await control.waitForRequests({ count: 1, state: "dropped" });
});

test("the library is loaded at the first request or on demand, once, and a failed load is tried again", async () => {
  let loads = 0;
  const loadSdk = () => {
    loads += 1;
    return loads === 1 ? Promise.reject(new Error("disk")) : import("@anthropic-ai/sdk");
  };
  const { model } = await aModel({ loadSdk });
  expect(loads).toBe(0);
  await expect(model.preload()).rejects.toThrow("disk");
  await model.preload();
  await collect(model.stream(aRequest(), never));
  await collect(model.stream(aRequest(), never));
  expect(loads).toBe(2);
});

test("neither address nor key come from the environment", async () => {
  const before = { ...process.env };
  process.env["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9";
  process.env["ANTHROPIC_AUTH_TOKEN"] = "another";
  onTestFinished(() => {
    process.env = before;
  });
  const { model, emulator } = await aModel({}, { apiKey: key });
  await collect(model.stream(aRequest(), never));
  expect(emulator.requests).toHaveLength(1);
  const addresses: string[] = [];
  const loadSdk = async () => {
    const { default: Sdk } = await import("@anthropic-ai/sdk");
    class Watched extends Sdk {
      constructor(...options: ConstructorParameters<typeof Sdk>) {
        super(...options);
        addresses.push(this.baseURL);
      }
    }
    return { default: Watched };
  };
  await anthropicModel({ apiKey: key, model: "claude-opus-4-5", loadSdk }).preload();
  expect(addresses).toEqual(["https://api.anthropic.com"]);
});

test("what runTurn and the SDK make of a long conversation is accepted by the service's rules", async () => {
  const requests: MessagesRequest[] = [];
  const { model } = await aModel({}, { respond: (request) => void requests.push(request) });
  const { alternate } = await import("./history.ts");
  const messages = alternate([
    { role: "assistant", content: [{ type: "text", text: "lost beginning" }] },
    { role: "user", content: [{ type: "text", text: "a" }] },
    { role: "assistant", content: [{ type: "tool-call", id: "gone", name: "x", input: {} }] },
    {
      role: "user",
      content: [
        { type: "tool-result", id: "other", text: "", images: [], isError: true },
        { type: "text", text: "b" },
      ],
    },
  ]);
  await collect(model.stream(aRequest({ messages }), never));
  expect(requests).toHaveLength(1);
});
