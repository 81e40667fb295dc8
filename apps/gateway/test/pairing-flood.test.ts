/** Class D: two hundred strangers at once, and whoever guesses codes. The newcomer gets in, and nobody is spammed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
const strangers = Array.from({ length: 200 }, (_, index) => 700_000 + index);
const newcomer = 42;

beforeAll(async () => {
  world = await aWorld();
  const { control } = world.telegram;
  for (const id of [...strangers, newcomer])
    control.addUser({ id, firstName: `Nobody ${id}`, started: true });
  world.home.configure(world.config());
  await world.start();
}, 60_000);
afterAll(() => world.close());

const list = async () =>
  JSON.parse((await clawdbot(world.home, ["pairing", "list", "telegram", "--json"])).stdout) as {
    requests: { id: string; code: string }[];
    waiting: { id: string }[];
  };

describe("T-D2: a flood of strangers", { timeout: 60_000 }, () => {
  test("gets three codes in all, and each of them one answer at most", async () => {
    const { control } = world.telegram;
    for (let round = 0; round < 3; round++)
      for (const id of strangers) control.say({ from: id, text: `let me in ${round}` });
    await control.waitForConfirmed(30_000);
    await eventually(() => (world.texts().length >= 3 ? true : undefined));
    expect(world.texts().length).toBe(3);
    for (const id of strangers) expect(world.texts(id).length).toBeLessThanOrEqual(1);
    expect(world.anthropic.control.requests).toEqual([]);
  });

  test("does not keep a newcomer out: the owner sees them waiting, lets them in by id, and they are answered", async () => {
    const { control } = world.telegram;
    control.say({ from: newcomer, text: "hello, it is me" });
    await control.waitForConfirmed();
    const { requests, waiting } = await list();
    expect(requests).toHaveLength(3);
    expect(waiting.map(({ id }) => id)).toContain(String(newcomer));
    // What is remembered of a flood has a bound.
    expect(waiting.length).toBeLessThanOrEqual(50);
    const approved = await clawdbot(world.home, ["pairing", "approve", "telegram", "--id", String(newcomer)]);
    expect(approved.code).toBe(0);
    control.say({ from: newcomer, text: "thank you" });
    await control.waitForSent({ method: "sendMessage", chatId: newcomer, textIncludes: "thank you" });
    expect(world.prompts()).not.toContain("let me in");
  });

  test("each refusal is on record, with its sender and nobody's words", () => {
    const denied = world.audit().filter(({ code }) => code === "pairing-required");
    expect(new Set(denied.map(({ sender }) => sender)).size).toBe(strangers.length + 1);
    expect(JSON.stringify(denied)).not.toContain("let me in");
  });
});

describe("T-D9: guessing", { timeout: 60_000 }, () => {
  test("stops after ten wrong codes, for the right one too, and says so; an id still works", async () => {
    const { requests } = await list();
    const right = requests[0]!;
    const codes = Array.from({ length: 12 }, (_, index) => `WRNG${String(index).padStart(4, "2")}`);
    const tries = [];
    for (let at = 0; at < codes.length; at += 4)
      tries.push(
        ...(await Promise.all(
          codes
            .slice(at, at + 4)
            .map((code) => clawdbot(world.home, ["pairing", "approve", "telegram", code])),
        )),
      );
    expect(tries.map(({ code }) => code)).toEqual(codes.map(() => 1));
    expect(tries.filter(({ stderr }) => stderr.includes("CLAWD_PAIRING_LOCKED"))).toHaveLength(2);
    const locked = await clawdbot(world.home, ["pairing", "approve", "telegram", right.code]);
    expect(locked).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("CLAWD_PAIRING_LOCKED"),
    });
    expect(JSON.parse(world.home.read("credentials/telegram-allowFrom.json"))).toEqual({
      version: 1,
      allowFrom: [String(newcomer)],
    });
    expect((await clawdbot(world.home, ["pairing", "approve", "telegram", "--id", right.id])).code).toBe(0);
  });

  test("a code is used once, and a revoked approval is not restored by it", async () => {
    const allowed = () =>
      (JSON.parse(world.home.read("credentials/telegram-allowFrom.json")) as { allowFrom: string[] })
        .allowFrom;
    const [id] = allowed().filter((one) => one !== String(newcomer));
    expect((await clawdbot(world.home, ["pairing", "revoke", "telegram", id!])).code).toBe(0);
    expect(allowed()).toEqual([String(newcomer)]);
    expect((await list()).requests.map((request) => request.id)).not.toContain(id);
  });

  test("over HTTP nobody is approved: there is no such path, with the token or without", async () => {
    for (const headers of [{}, { authorization: `Bearer ${world.gateway.token}` }] as Record<
      string,
      string
    >[])
      for (const path of ["/control/pairing-approve", "/pairing/approve", "/control/approve"]) {
        const response = await fetch(`${world.gateway.url}${path}`, { method: "POST", headers });
        expect([401, 404, 405]).toContain(response.status);
      }
    const notice = await fetch(`${world.gateway.url}/control/pairing-approved`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.gateway.token}`, "content-type": "application/json" },
      body: JSON.stringify({ provider: "telegram", account: "default", id: String(strangers[5]) }),
    });
    expect(notice.status).toBe(409);
  });
});
