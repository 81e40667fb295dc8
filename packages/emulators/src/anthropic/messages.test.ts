import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { anAnthropic, ask, model } from "../../test/an-anthropic.ts";

test("the real SDK gets the default answer, streamed and at once", async () => {
  const { client, emulator } = await anAnthropic();
  const streamed = await client.messages.stream(ask("hello there")).finalMessage();
  expect(streamed.content).toMatchObject([{ type: "text", text: "You said: hello there" }]);
  expect(streamed.stop_reason).toBe("end_turn");
  const whole = await client.messages.create(ask("hello again"));
  expect(whole.content).toMatchObject([{ type: "text", text: "You said: hello again" }]);
  expect(emulator.requests.map(({ state, version }) => [state, version])).toEqual([
    ["answered", "2026-10-21"],
    ["answered", "2026-10-21"],
  ]);
});

test("thinking, text and tool calls arrive whole through the real stream helper", async () => {
  const { client, control } = await anAnthropic();
  control.script({
    thinking: "hm, what is it o'clock",
    text: "I look. 🦞🦞🦞🦞🦞🦞🦞🦞🦞🦞🦞",
    toolUses: [{ id: "toolu_1", name: "clock", input: { zone: "UTC", list: [1, 2] } }],
    chunk: 3,
  });
  const message = await client.messages.stream(ask("the time?")).finalMessage();
  expect(message.content).toMatchObject([
    { type: "thinking", thinking: "hm, what is it o'clock", signature: "ZW11bGF0ZWQ=" },
    { type: "text", text: "I look. 🦞🦞🦞🦞🦞🦞🦞🦞🦞🦞🦞" },
    { type: "tool_use", id: "toolu_1", name: "clock", input: { zone: "UTC", list: [1, 2] } },
  ]);
  expect(message.stop_reason).toBe("tool_use");
});

test("a function answers what no script answers", async () => {
  const { client, control } = await anAnthropic({
    respond: ({ messages }) => (messages.length > 2 ? { text: "enough" } : undefined),
  });
  control.script({ text: "scripted" });
  const long = [
    { role: "user" as const, content: "one" },
    { role: "assistant" as const, content: "two" },
    { role: "user" as const, content: "three" },
  ];
  const texts = [];
  for (const messages of [long, long, [long[0]!]]) {
    const { content } = await client.messages.create({ ...ask(""), messages });
    texts.push(content[0]?.type === "text" ? content[0].text : "");
  }
  expect(texts).toEqual(["scripted", "enough", "You said: one"]);
});

test("a text longer than max_tokens is cut, and says so", async () => {
  const { client, control } = await anAnthropic();
  control.script({ text: "x".repeat(100) });
  const message = await client.messages.create({ ...ask("go on"), max_tokens: 10 });
  expect(message.stop_reason).toBe("max_tokens");
  expect(message.content).toMatchObject([{ text: "x".repeat(40) }]);
});

test("a marked prefix is written to the cache once and read afterwards, until it changes", async () => {
  const { client, control } = await anAnthropic();
  const usageOf = async (system: string, text: string) => {
    const marked = [{ type: "text" as const, text: system, cache_control: { type: "ephemeral" as const } }];
    const { usage } = await client.messages.create({ ...ask(text), system: marked });
    return [usage.cache_creation_input_tokens, usage.cache_read_input_tokens];
  };
  const long = "rule ".repeat(1000);
  const [written, none] = await usageOf(long, "one");
  expect(written).toBeGreaterThan(1024);
  expect(none).toBe(0);
  expect(await usageOf(long, "two")).toEqual([0, written]);
  expect(await usageOf(`${long}!`, "three")).toEqual([expect.any(Number), 0]);
  expect(await usageOf("too short to be cached", "four")).toEqual([0, 0]);
  control.clearCache();
  expect(await usageOf(long, "five")).toEqual([written, 0]);
});

test("models are listed and tokens counted", async () => {
  const { client } = await anAnthropic();
  const { data } = await client.models.list();
  expect(data.map(({ id }) => id)).toContain(model);
  const messages = [{ role: "user" as const, content: "x".repeat(400) }];
  const { input_tokens: tokens } = await client.messages.countTokens({ model, messages });
  expect(tokens).toBeGreaterThan(100);
});

test("a prompt that is too long is refused", async () => {
  const { client } = await anAnthropic({ contextWindow: 100 });
  await expect(client.messages.create(ask("x".repeat(1000)))).rejects.toThrow(
    /prompt is too long: \d+ tokens > 100/,
  );
});

test("only the given key is accepted, and none once it is revoked", async () => {
  const { client, control, emulator } = await anAnthropic({ apiKey: "sk-right" });
  const wrong = client.messages.create(ask("hello"));
  await expect(wrong).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  const right = new Anthropic({ apiKey: "sk-right", baseURL: emulator.url, maxRetries: 0 });
  await right.messages.create(ask("hello"));
  control.revokeKey();
  await expect(right.messages.create(ask("hello"))).rejects.toMatchObject({ status: 401 });
});
