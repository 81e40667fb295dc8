import { expect, test } from "vitest";
import { anAnthropic, model } from "../../test/an-anthropic.ts";

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const call = { type: "tool_use", id: "toolu_1", name: "clock", input: {} };
const result = { type: "tool_result", tool_use_id: "toolu_1", content: "noon" };
const tools = [{ name: "clock", input_schema: { type: "object" } }];
const mark = { cache_control: { type: "ephemeral" } };
const text = (value: string, more: object = {}) => ({ type: "text", text: value, ...more });

async function refusalOf(body: unknown, headers: Record<string, string> = {}) {
  const { emulator } = await anAnthropic();
  const response = await fetch(`${emulator.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": "k", "anthropic-version": "2026-10-21", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const { type, error } = (await response.json()) as {
    type: string;
    error?: { type: string; message: string };
  };
  return { status: response.status, type, error: error?.type, message: error?.message };
}

const valid = { model, max_tokens: 10, messages: [user("hello")] };

test.each([
  ["max_tokens: Field required", { model, messages: [user("x")] }],
  ["model: Field required", { max_tokens: 1, messages: [user("x")] }],
  ["max_tokens: Input should be greater than or equal to 1", { ...valid, max_tokens: 0 }],
  ["max_tokens: Input should be a valid integer", { ...valid, max_tokens: "10" }],
  ["max_tokens: 99999999 > 64000, which is the maximum", { ...valid, max_tokens: 99_999_999 }],
  ["temprature: Extra inputs are not permitted", { ...valid, temprature: 1 }],
  ["temperature: Extra inputs are not permitted", { ...valid, temperature: 1 }],
  ["messages: at least one message is required", { ...valid, messages: [] }],
  ["messages: Input should be a valid list", { ...valid, messages: {} }],
  [`messages: first message must use the "user" role`, { ...valid, messages: [assistant("x")] }],
  ['found multiple "user" roles in a row', { ...valid, messages: [user("x"), user("y")] }],
  [
    "messages.0.role: Input should be 'user' or 'assistant'",
    { ...valid, messages: [{ role: "system", content: "x" }] },
  ],
  [
    "messages.0.name: Extra inputs are not permitted",
    { ...valid, messages: [{ ...user("x"), name: "Ada" }] },
  ],
  ["all messages must have non-empty content", { ...valid, messages: [user("")] }],
  ["text content blocks must be non-empty", { ...valid, messages: [user([text("")])] }],
  ["must contain non-whitespace text", { ...valid, messages: [user(" \n")] }],
  [
    "messages.0.content.0.text: Input should be a valid string",
    { ...valid, messages: [user([{ type: "text", text: 5 }])] },
  ],
  ["messages.0.content.0.type: Field required", { ...valid, messages: [user([{ text: "x" }])] }],
  [`Input tag "txt" found`, { ...valid, messages: [user([{ type: "txt", text: "x" }])] }],
  ["messages.0.content.0.color: Extra inputs", { ...valid, messages: [user([text("x", { color: "red" })])] }],
  ["cannot end with trailing whitespace", { ...valid, messages: [user("x"), assistant("y ")] }],
  [
    "`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
    { ...valid, tools, messages: [user("x"), assistant([call]), user("y")] },
  ],
  [
    "unexpected `tool_use_id` found in `tool_result` blocks: toolu_1",
    { ...valid, tools, messages: [user([result])] },
  ],
  [
    "`tool_use` ids must be unique",
    { ...valid, tools, messages: [user("x"), assistant([call, call]), user([result])] },
  ],
  ["tools: Tool names must be unique.", { ...valid, tools: [...tools, ...tools] }],
  ["tools.0.name: String should match pattern", { ...valid, tools: [{ ...tools[0], name: "my clock" }] }],
  ["tools.0.input_schema: Field required", { ...valid, tools: [{ name: "clock" }] }],
  [
    "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    { ...valid, system: Array.from({ length: 5 }, () => text("x", mark)) },
  ],
  [
    "system.0.cache_control.type: Input should be 'ephemeral'",
    { ...valid, system: [text("x", { cache_control: { type: "long" } })] },
  ],
  ["not valid JSON: no low surrogate in string", { ...valid, messages: [user("half \ud83e")] }],
  ["The request body is not valid JSON", "{"],
])("refuses with: %s", async (message, body) => {
  const refusal = await refusalOf(body);
  expect(refusal).toMatchObject({ status: 400, type: "error", error: "invalid_request_error" });
  expect(refusal.message).toContain(message);
});

test("takes a conversation with answered tool calls", async () => {
  const messages = [user("time?"), assistant([text("I look."), call]), user([result])];
  expect(await refusalOf({ ...valid, tools, messages })).toMatchObject({ status: 200, type: "message" });
});

test("the older version knows sampling parameters", async () => {
  const older = { "anthropic-version": "2023-06-01" };
  expect(await refusalOf({ ...valid, temperature: 0.5 }, older)).toMatchObject({ status: 200 });
  expect(await refusalOf({ ...valid, temperature: 2 }, older)).toMatchObject({ status: 400 });
});

test.each([
  ["a model that is not there", { ...valid, model: "claude-9" }, {}, 404, "model: claude-9"],
  ["no key", valid, { "x-api-key": "" }, 401, "x-api-key header is required"],
  [
    "another version",
    valid,
    { "anthropic-version": "2020-01-01" },
    400,
    `anthropic-version: "2020-01-01" is not`,
  ],
])("refuses %s", async (_, body, headers, status, message) => {
  const refusal = await refusalOf(body, headers);
  expect(refusal.status).toBe(status);
  expect(refusal.message).toContain(message);
});

test("refuses a request without a version, and a path it does not know", async () => {
  const { emulator } = await anAnthropic();
  const post = { method: "POST", headers: { "x-api-key": "k" }, body: JSON.stringify(valid) };
  expect((await fetch(`${emulator.url}/v1/messages`, post)).status).toBe(400);
  const headers = { ...post.headers, "anthropic-version": "2026-10-21" };
  expect((await fetch(`${emulator.url}/v1/complete`, { ...post, headers })).status).toBe(404);
});
