/** A bot token that is missing or wrong: the gateway runs, says what is wrong, and nothing that was written meanwhile is lost. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aWorld, sayOnWebchat, watchWebchat, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
beforeEach(async () => {
  world = await aWorld();
  world.telegram.control.addUser({ id: 42, firstName: "Ada" });
});
afterEach(() => world.close());

const rules = { dmPolicy: "allowlist", allowFrom: ["42"] };
const isUp = () => eventually(() => (world.telegram.control.countPolls() === 1 ? true : undefined), 20_000);

describe("a token", { timeout: 60_000 }, () => {
  test("that is missing is a warning of validate, and status and doctor tell of it", async () => {
    world.home.configure(world.config({ botToken: undefined, ...rules }));
    const gateway = await world.start();
    expect(gateway.providers).toEqual(["webchat"]);
    const [valid, status, doctor] = await Promise.all([
      clawdbot(world.home, ["config", "validate", "--json"]),
      clawdbot(world.home, ["status"]),
      clawdbot(world.home, ["doctor"]),
    ]);
    expect(valid.code).toBe(0);
    expect(JSON.parse(valid.stdout)).toMatchObject({
      ok: true,
      issues: [
        { path: "telegram", severity: "warning", hint: expect.stringContaining("BotFather"), line: 2 },
      ],
    });
    expect(status.stdout + status.stderr).toMatch(/telegram: not started.*no bot token/is);
    expect(status.stdout + status.stderr).toContain("BotFather");
    expect(doctor.stdout).toMatch(/no bot token/i);
    // Once, although both the config and the network say so.
    expect(doctor.stdout.match(/no bot token/gi)).toHaveLength(1);
    expect(world.log()).toContain("provider not started");
    // The rest works.
    expect((await sayOnWebchat(gateway, "one", "are you there?")).status).toBe(200);
    expect(await watchWebchat(gateway, (texts) => texts.length > 0)).toHaveLength(1);

    // The message that waits at Telegram is answered once there is a token, without a restart.
    world.telegram.control.say({ from: 42, text: "waiting for the token" });
    world.home.configure(world.config(rules));
    const answer = await world.telegram.control.waitForSent({ method: "sendMessage", chatId: 42 }, 30_000);
    expect(answer.text).toContain("waiting for the token");
    expect(await world.stop()).toBe(0);
  });

  test("that is wrong is reported with a hint, holds up nobody, and is used as soon as it is right", async () => {
    world.home.configure(world.config({ botToken: "100000001:wrong-bot-token", ...rules }));
    world.telegram.control.say({ from: 42, text: "waiting for the right token" });
    const gateway = await world.start();
    const health = await eventually(async () => {
      const response = await fetch(`${gateway.url}/health`);
      const text = await response.text();
      return text.includes('"down"}') ? { status: response.status, text } : undefined;
    });
    expect(health.status).toBe(503);
    expect(JSON.parse(health.text)).toMatchObject({
      providers: { telegram: { default: { state: "down" } } },
    });
    expect(health.text).not.toContain("wrong-bot-token");
    const status = await clawdbot(world.home, ["status"]);
    expect(status.code).toBe(1);
    expect(status.stdout + status.stderr).toMatch(/telegram: down.*refuses the bot token/is);
    expect(status.stdout + status.stderr).toContain("BotFather");
    expect((await sayOnWebchat(gateway, "one", "are you there?")).status).toBe(200);
    expect(await watchWebchat(gateway, (texts) => texts.length > 0)).toHaveLength(1);
    world.home.configure(world.config(rules));
    const answer = await world.telegram.control.waitForSent({ method: "sendMessage", chatId: 42 }, 30_000);
    expect(answer.text).toContain("waiting for the right token");
    expect(world.log()).not.toContain("wrong-bot-token");
    expect(await world.stop()).toBe(0);
  });

  test("that is revoked while it works takes the network down; the next start with a good one loses nothing", async () => {
    world.home.configure(world.config(rules));
    await world.start();
    await isUp();
    world.telegram.control.revokeToken();
    world.telegram.control.down();
    world.telegram.control.up();
    await eventually(async () =>
      (await clawdbot(world.home, ["status"])).stdout.includes("telegram: down") ? true : undefined,
    );
    world.telegram.control.restoreToken();
    world.telegram.control.say({ from: 42, text: "said while revoked" });
    expect(await world.stop()).toBe(0);
    await world.start();
    const answer = await world.telegram.control.waitForSent({ method: "sendMessage", chatId: 42 }, 20_000);
    expect(answer.text).toContain("said while revoked");
  });
});
