/** Servers that are not there when the gateway starts: it starts all the same, and answers what waited once they are. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { eventually } from "./harness.ts";

let world: World;
beforeAll(async () => {
  world = await aWorld();
  world.telegram.control.addUser({ id: 42, firstName: "Ada" });
  world.home.configure(world.config({ dmPolicy: "allowlist", allowFrom: ["42"] }));
});
afterAll(() => world.close());

const state = async () => {
  const response = await fetch(`${world.gateway.url}/health`);
  return { status: response.status, text: await response.text() };
};

describe("a server that is down at the start", { timeout: 60_000 }, () => {
  test.each(["reset", "error"] as const)("the chat network, by %s", async (mode) => {
    const { control } = world.telegram;
    control.down({ mode });
    await world.start();
    const down = await eventually(async () => {
      const found = await state();
      return found.text.includes('"down"}') ? found : undefined;
    });
    expect(down.status).toBe(503);
    control.say({ from: 42, text: `waiting ${mode}` });
    control.up();
    await control.waitForSent({ method: "sendMessage", textIncludes: `waiting ${mode}` }, 20_000);
    expect(await state()).toMatchObject({ status: 200 });
    expect(await world.stop()).toBe(0);
    expect(world.texts(42).filter((text) => text.includes(`waiting ${mode}`))).toHaveLength(1);
  });

  test("the model: a message that came before it is answered once it is there", async () => {
    const { control } = world.telegram;
    world.anthropic.control.down();
    await world.start();
    control.say({ from: 42, text: "is the model there?" });
    await control.waitForSent({ method: "sendChatAction", chatId: 42 }, 20_000);
    expect(world.anthropic.control.requests.filter(({ state }) => state === "answered")).toHaveLength(2);
    world.anthropic.control.up();
    await control.waitForSent({ method: "sendMessage", textIncludes: "is the model there?" }, 20_000);
    expect(await world.stop()).toBe(0);
  });
});
