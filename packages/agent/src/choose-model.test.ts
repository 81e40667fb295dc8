import { expect, test } from "vitest";
import { chooseModel, defaultModel, type ModelProvider } from "./choose-model.ts";
import { modelName, modelSections } from "./schema.ts";

const choose = (name: string, providers: Record<string, ModelProvider> = {}, anthropicKey?: string) =>
  chooseModel({ name, providers, anthropicKey });

test("the default is Anthropic's with the key of the environment, and the practice model without one", () => {
  expect(defaultModel).toBe("anthropic/claude-opus-4-5");
  expect(choose(defaultModel, {}, "sk")).toEqual({
    kind: "anthropic",
    provider: "anthropic",
    model: "claude-opus-4-5",
    apiKey: "sk",
  });
  expect(choose(defaultModel)).toEqual({ kind: "practice" });
  expect(choose(defaultModel, {}, "  ")).toEqual({ kind: "practice" });
  expect(choose("practice", {}, "sk")).toEqual({ kind: "practice" });
});

test("the config's key comes before that of the environment", () => {
  const providers = { anthropic: { apiKey: "mine", baseUrl: "http://127.0.0.1:1" } };
  expect(choose(defaultModel, providers, "sk")).toMatchObject({
    apiKey: "mine",
    baseUrl: "http://127.0.0.1:1",
  });
});

test("a model's own name may have slashes", () => {
  expect(choose("proxy/org/model", { proxy: { apiKey: "x" } })).toMatchObject({
    provider: "proxy",
    model: "org/model",
  });
});

test.each<[string, string, Record<string, ModelProvider>, RegExp]>([
  ["model-name", "claude-opus-4-5", {}, /anthropic\/claude-opus-4-5/],
  ["model-name", "", {}, /anthropic/],
  ["model-name", "An Thropic/x", {}, /anthropic/],
  ["model-provider", "antropic/claude-opus-4-5", {}, /Did you mean "anthropic\/claude-opus-4-5"/],
  ["model-provider", "__proto__/x", {}, /models\.providers\.__proto__|anthropic/],
  ["model-provider", "constructor/x", {}, /models\.providers\.constructor/],
  ["model-api", "local/llama", { local: { api: "openai-completions", apiKey: "x" } }, /anthropic-messages/],
  ["model-key", "proxy/x", { proxy: { baseUrl: "http://127.0.0.1:1" } }, /models\.providers\.proxy\.apiKey/],
  ["model-not-listed", "proxy/gpt", { proxy: { apiKey: "x", models: ["gpt4"] } }, /proxy\/gpt4/],
])("%s: %s is unavailable, with a remedy", (code, name, providers, hint) => {
  const choice = choose(name, providers, "sk");
  if (code === "model-name" || code === "model-provider") {
    expect(choice).toMatchObject({ kind: "unavailable" });
  } else expect(choice).toMatchObject({ kind: "unavailable", code });
  expect(choice.kind === "unavailable" && choice.hint).toMatch(hint);
});

test("a key of the environment is never used for a provider of another name", () => {
  expect(choose("proxy/x", { proxy: {} }, "sk")).toMatchObject({ kind: "unavailable", code: "model-key" });
});

test("the schema takes both apis, and refuses unknown keys and addresses that are none", () => {
  const { models } = modelSections;
  const provider = {
    baseUrl: "http://127.0.0.1:8080/v1",
    api: "openai-completions",
    apiKey: "x",
    models: ["llama"],
  };
  expect(models.safeParse({ providers: { local: provider, anthropic: {} } }).success).toBe(true);
  expect(models.safeParse({ providers: { local: { ...provider, token: "x" } } }).success).toBe(false);
  expect(models.safeParse({ providers: { local: { baseUrl: "file:///etc" } } }).success).toBe(false);
  expect(models.safeParse({ providers: { "My Local": {} } }).success).toBe(false);
  expect(models.safeParse({ provider: {} }).success).toBe(false);
});

test.each([
  [defaultModel, true],
  ["practice", true],
  ["proxy/org/model", true],
  ["claude-opus-4-5", false],
  ["anthropic/", false],
  ["anthropic/two words", false],
])("the name %j: %s", (name, ok) => {
  expect(modelName.safeParse(name).success).toBe(ok);
});
