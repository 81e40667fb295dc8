/** Every config of docs/files.md is valid as it stands there, and decides what the page says. */
import { afterAll, describe, expect, test } from "vitest";
import { configsOf, decisionsOf, install } from "./documented-page.ts";
import { aHome, clawdbot } from "./harness.ts";

const home = aHome();
afterAll(() => home.remove());
const [bounds, rights] = configsOf("files.md");

test("the page has the configs that are tried here", () => expect(configsOf("files.md")).toHaveLength(2));

describe("models and bounds", () => {
  test("are valid as they are written", () => install(home, bounds!));

  test.each([
    ["imageModel", "opus"],
    ["imageModel", { primary: "anthropic/claude-opus-4-5", fallbacks: ["nowhere/model"] }],
    ["mediaMaxMb", 0],
    ["mediaMaxMb", 101],
    ["mediaMaxMb", "20"],
  ])("%s: %j is refused, with the key and a remedy", async (key, value) => {
    home.configure({ agents: { defaults: { [key]: value } } });
    const { stdout } = await clawdbot(home, ["config", "validate", "--json"]);
    const { ok, issues } = JSON.parse(stdout) as { ok: boolean; issues: unknown[] };
    expect(ok).toBe(false);
    expect(issues).toContainEqual(
      expect.objectContaining({
        path: expect.stringContaining(`agents.defaults.${key}`),
        hint: expect.stringMatching(/./),
      }),
    );
  });
});

test("who may send and look is decided as the page says", async () => {
  await install(home, rights!);
  const asked = (agent: string, tool: string) => ({
    action: "tool",
    agent,
    tool,
    provider: "telegram",
    chat: { kind: "dm", id: "43" },
    sender: { id: "43" },
  });
  const effects = async (agent: string) => {
    const tools = ["message", "image", "read", "web_fetch"];
    const decided = await decisionsOf(
      home,
      tools.map((tool) => asked(agent, tool)),
    );
    return decided.map((one) => (one as { effect: string }).effect);
  };
  expect(await effects("home")).toEqual(["allow", "allow", "allow", "deny"]);
  expect(await effects("desk")).toEqual(["deny", "allow", "allow", "deny"]);
});
