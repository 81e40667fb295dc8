/** Class P: too much of everything. Each thing has a bound, what is over it is refused at once, and the gateway goes on. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, aWorld, freePort, type World } from "./a-world.ts";
import { eventually } from "./harness.ts";

let world: World;
let base: string;
let isHeld = false;
const held: (() => void)[] = [];
const secret = "exhaustion-webhook-secret-0123456789";
const bearer = () => ({ authorization: `Bearer ${world.gateway.token}` });
const json = { "content-type": "application/json" };
const hook = { "x-telegram-bot-api-secret-token": secret, ...json };
const megabyte = 1024 * 1024;

/** Bytes; the figure of the process itself. */
const memory = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${world.gateway.process.pid}/status`, "utf8"))![1]) * 1024;

beforeAll(async () => {
  world = await aWorld({
    respond: async () => {
      if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
      return undefined;
    },
  });
  const { control } = world.telegram;
  control.addUser({ id: 42, firstName: "Ada", started: true });
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  world.home.configure(
    world.config({
      dmPolicy: "allowlist",
      allowFrom: ["42"],
      webhookUrl: `${base}/hook`,
      webhookSecret: secret,
    }),
  );
  await world.start(["--port", String(port)]);
  await eventually(async () => ((await fetch(`${base}/health`)).status === 200 ? true : undefined));
}, 60_000);
afterAll(() => {
  for (const release of held) release();
  return world.close();
});

let spoken = 0;
async function stillAnswers() {
  const text = `still there ${++spoken}?`;
  world.telegram.control.say({ from: 42, text });
  await world.telegram.control.waitForSent({ method: "sendMessage", textIncludes: text }, 20_000);
}

const paths = {
  "/webchat/message": () => ({ ...bearer(), ...json }),
  "/control/pairing-approved": () => ({ ...bearer(), ...json }),
  "/control/status": () => ({ ...bearer(), ...json }),
  "/hook": () => hook,
} as const;

describe("T-P1: requests that are too large", { timeout: 60_000 }, () => {
  test.each(Object.entries(paths))(
    "ten megabytes to %s are refused unread, before and after authentication",
    async (path, headers) => {
      const body = Buffer.alloc(10 * megabyte, 0x61);
      const before = memory();
      for (let round = 0; round < 5; round++) {
        expect([401, 413]).toContain((await ask(base + path, { headers: json, body })).status);
        const announced = await ask(base + path, { headers: headers() as never, body });
        const chunked = await ask(base + path, {
          headers: { ...headers(), "transfer-encoding": "chunked" } as never,
          body,
        });
        // `/control/status` needs no body, and so reads none.
        const expected = path === "/control/status" ? [200, 413] : [413];
        expect(expected).toContain(announced.status);
        expect(expected).toContain(chunked.status);
      }
      expect(memory() - before).toBeLessThan(50 * megabyte);
      await stillAnswers();
    },
  );

  test.each(Object.entries(paths))(
    "JSON nested deeply, and what is no JSON, is refused by %s",
    async (path, headers) => {
      if (path === "/control/status") return;
      const deep = 100_000;
      for (const body of [
        "[".repeat(deep),
        "[".repeat(deep) + "]".repeat(deep),
        `{"id":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`,
        "",
        "\u0000",
        '{"__proto__":{"id":"x","text":"x"}}',
        `"${"\\u202e".repeat(20_000)}"`,
      ]) {
        const { status } = await ask(base + path, { headers: headers() as never, body });
        expect([400, 413], `${body.slice(0, 20)}`).toContain(status);
      }
      await stillAnswers();
    },
  );

  test("an update of any depth or size under the bound is taken or refused, never stuck", async () => {
    const chat = { id: 666, type: "private", first_name: "M" };
    const from = { id: 666, is_bot: false, first_name: "M".repeat(100_000) };
    const shell = { message_id: 1, date: 1, chat, from };
    let reply: object = { ...shell, text: "x" };
    for (let depth = 0; depth < 500; depth++)
      reply = {
        ...shell,
        from: { id: 666, is_bot: false, first_name: "M" },
        text: "x",
        reply_to_message: reply,
      };
    const entities = Array.from({ length: 5000 }, (_, offset) => ({ type: "mention", offset, length: 3 }));
    for (const [index, more] of [
      { text: "x".repeat(150_000) },
      { text: "@".repeat(50_000), entities },
      { reply_to_message: reply, text: "y" },
      { text: "/".repeat(100_000) },
      { text: `/status ${"\u200b".repeat(50_000)}` },
      {
        photo: Array.from({ length: 2000 }, () => ({
          file_id: "p",
          file_unique_id: "p",
          width: 1,
          height: 1,
        })),
      },
    ].entries()) {
      const update = { update_id: 8_000_000 + index, message: { ...shell, message_id: index + 1, ...more } };
      const { status } = await ask(`${base}/hook`, { headers: hook, body: JSON.stringify(update) });
      expect([200, 413], String(index)).toContain(status);
    }
    expect(world.texts(666)).toEqual([]);
    await stillAnswers();
  });

  test("ten thousand headers, an endless path, and many connections that say nothing", async () => {
    const headers = Object.fromEntries(
      Array.from({ length: 900 }, (_, index) => [`x-${index}`, "a".repeat(40)]),
    );
    expect([0, 400, 413, 431]).toContain((await ask(`${base}/health`, { method: "GET", headers })).status);
    expect([0, 400, 404, 414, 431]).toContain(
      (await ask(`${base}/${"a".repeat(20_000)}`, { method: "GET" })).status,
    );
    const { connect } = await import("node:net");
    const port = Number(new URL(base).port);
    const sockets = Array.from({ length: 100 }, () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      return socket;
    });
    await stillAnswers();
    expect((await ask(`${base}/health`, { method: "GET" })).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});

describe("T-P5: many senders", { timeout: 60_000 }, () => {
  test("are forgotten: after the first half of them, the second costs no more memory", async () => {
    let id = 10_000_000;
    const flood = async (count: number) => {
      const waiting = new Set<Promise<unknown>>();
      for (let sent = 0; sent < count; sent++) {
        const sender = ++id;
        const body = JSON.stringify({
          update_id: id,
          message: {
            message_id: 1,
            date: 1,
            chat: { id: sender, type: "private", first_name: "x" },
            from: { id: sender, is_bot: false, first_name: `Sender ${sender}` },
            text: "x".repeat(200_000),
          },
        });
        const one = ask(`${base}/hook`, { headers: hook, body }).finally(() => waiting.delete(one));
        waiting.add(one);
        if (waiting.size >= 20) await Promise.race(waiting);
      }
      await Promise.all(waiting);
      return memory();
    };
    await flood(200);
    const half = await flood(800);
    const end = await flood(800);
    // What was sent is 160 MB; the rest is what a garbage collector may leave lying about.
    expect(end - half).toBeLessThan(100 * megabyte);
    await stillAnswers();
    const known = world.audit().filter(({ code }) => code === "sender-not-listed");
    expect(new Set(known.map(({ sender }) => sender)).size).toBeGreaterThanOrEqual(1800);
  });
});

describe("T-P6: a flood by somebody who may write", { timeout: 60_000 }, () => {
  test("fills one lane: one question to the model at a time, the rest is refused with one notice, and /stop ends it", async () => {
    const { control } = world.telegram;
    const asked = () => world.anthropic.control.requests.length;
    const before = asked();
    const sent = world.texts(42).length;
    isHeld = true;
    for (let index = 0; index < 200; index++) control.say({ from: 42, text: `flood ${index}` });
    await control.waitForConfirmed(30_000);
    await eventually(() => (world.texts(42).length > sent ? true : undefined), 20_000);
    expect(asked() - before).toBe(1);
    expect(world.texts(42).slice(sent)).toEqual([expect.stringContaining("too many messages waiting")]);
    const refused = world.audit().filter(({ code }) => code === "lane-full");
    expect(refused).toHaveLength(150);
    // Others have lanes of their own.
    isHeld = false;
    control.say({ from: 42, text: "/stop" });
    await control.waitForSent({ method: "sendMessage", textIncludes: "Stopped" }, 20_000);
    await stillAnswers();
    expect(asked() - before).toBe(2);
    expect(await world.stop()).toBe(0);
  });
});
