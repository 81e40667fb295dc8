import { createServer, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { AddressInfo } from "node:net";
import type { HttpHandler } from "@clawd/provider-kit";
import { describe, expect, onTestFinished, test } from "vitest";
import { bench, codesOf, type Bench } from "../test/harness.ts";
import { telegram } from "./index.ts";

const secret = "s3cret-of-the-webhook";
const path = "/telegram";
const address = `https://bot.example.com${path}`;
const update = {
  update_id: 1,
  message: {
    message_id: 1,
    from: { id: 42, is_bot: false, first_name: "Ada" },
    chat: { id: 42, type: "private", first_name: "Ada" },
    date: 1,
    text: "forged?",
  },
};

/** Started; answers what Telegram, or somebody else, posts. */
async function hooked(): Promise<Bench & { readonly handler: HttpHandler }> {
  const setUp = await bench({ webhookUrl: address, webhookSecret: secret });
  await setUp.connection.start();
  return { ...setUp, handler: setUp.ports.mounts.get(path)! };
}

function post(
  headers: Record<string, string>,
  body: string | ReadableStream = JSON.stringify(update),
  url = address,
) {
  return new Request(url, { method: "POST", headers, body, duplex: "half" } as RequestInit);
}

const signed = { "x-telegram-bot-api-secret-token": secret };

describe("a webhook without a secret does not exist", () => {
  test("and the settings say so", () => {
    expect(telegram.ready({ botToken: "1:a", webhookUrl: address })).toMatchObject({
      ready: false,
      hint: expect.stringContaining("webhookSecret"),
    });
  });

  test("even when somebody connects nevertheless: it polls", async () => {
    const { connection, ports } = await bench({ webhookUrl: address });
    await connection.start();
    expect(ports.mounts.size).toBe(0);
  });
});

describe("a post without the right secret", () => {
  test.each([
    ["no header", {}],
    ["an empty one", { "x-telegram-bot-api-secret-token": "" }],
    ["a wrong one", { "x-telegram-bot-api-secret-token": "guess" }],
    ["one in another case", { "x-telegram-bot-api-secret-token": secret.toUpperCase() }],
    ["a part of it", { "x-telegram-bot-api-secret-token": secret.slice(0, -1) }],
    ["more than it", { "x-telegram-bot-api-secret-token": `${secret}x` }],
    ["it twice", { "x-telegram-bot-api-secret-token": `${secret}, ${secret}` }],
    ["it as a bearer token", { authorization: `Bearer ${secret}` }],
    ["a word of where it comes from", { "x-forwarded-for": "127.0.0.1" }],
  ])("is refused: %s", async (_, headers) => {
    const { handler, ports } = await hooked();
    expect((await handler(post(headers as Record<string, string>))).status).toBe(401);
    expect(ports.events).toEqual([]);
  });

  test("is refused with the secret in the address", async () => {
    const { handler } = await hooked();
    const url = `${address}?secret_token=${secret}&x-telegram-bot-api-secret-token=${secret}`;
    expect((await handler(post({}, "{}", url))).status).toBe(401);
  });

  test("reads no body before the secret", async () => {
    const { handler } = await hooked();
    const request = post(
      {},
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(9)) }),
    );
    expect((await handler(request)).status).toBe(401);
    expect(request.bodyUsed).toBe(false);
  });

  test("comes to the operator's notice when there are many", async () => {
    const { handler, ports } = await hooked();
    for (let i = 0; i < 9; i += 1) await handler(post({}));
    expect(ports.notices).toEqual([]);
    for (let i = 0; i < 90; i += 1) await handler(post({}));
    expect(ports.notices.map(({ code }) => code)).toEqual(["telegram-webhook-wrong-secret"]);
  });
});

test("another path below the mount is not found, even with the secret", async () => {
  const { handler } = await hooked();
  for (const url of [`${address}/x`, `${address}/`, "https://bot.example.com/"]) {
    expect((await handler(post(signed, "{}", url))).status).toBe(404);
  }
});

test("another method is not allowed", async () => {
  const { handler } = await hooked();
  expect((await handler(new Request(address, { headers: signed }))).status).toBe(405);
});

describe("a body", () => {
  test.each(["", "{", "null", "[]", "42", '"x"', "{}", '{"update_id":"1"}', '{"update_id":1.5}', "\0"])(
    "such as %j is no update",
    async (body) => {
      const { handler, ports } = await hooked();
      expect((await handler(post(signed, body))).status).toBe(400);
      expect(ports.events).toEqual([]);
    },
  );

  test("that says it has 10 MB is refused unread", async () => {
    const { handler } = await hooked();
    const request = post({ ...signed, "content-length": String(10 * 1024 * 1024) });
    expect((await handler(request)).status).toBe(413);
    expect(request.bodyUsed).toBe(false);
  });

  test("that turns out to have 10 MB is refused, and the next one is taken", async () => {
    const { handler, ports } = await hooked();
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        if (sent > 10 * 1024 * 1024) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    expect((await handler(post(signed, endless))).status).toBe(413);
    expect(sent).toBeLessThan(2 * 1024 * 1024);
    expect((await handler(post(signed))).status).toBe(200);
    expect(ports.events).toHaveLength(1);
  });

  test("with __proto__ in it changes nothing", async () => {
    const { handler } = await hooked();
    await handler(post(signed, '{"update_id":2,"__proto__":{"message":{"text":"x"}}}'));
    expect(({} as { message?: unknown }).message).toBeUndefined();
  });
});

test("an update is acknowledged when it is stored, and not before", async () => {
  const { handler, ports } = await hooked();
  let store = () => {};
  ports.inbox = () => new Promise((resolve) => (store = resolve));
  let answered = 0;
  const response = handler(post(signed)) as Promise<Response>;
  void response.then(({ status }) => (answered = status));
  await ports.until(() => ports.events.length === 0);
  await new Promise(setImmediate);
  expect(answered).toBe(0);
  store();
  expect((await response).status).toBe(200);
  expect(ports.events).toMatchObject([{ eventId: "update:1", text: "forged?" }]);
});

test("an update that could not be stored is delivered again by Telegram", async () => {
  const { handler, ports } = await hooked();
  ports.inbox = () => Promise.reject(new Error("disk full"));
  expect((await handler(post(signed))).status).toBe(503);
  expect(ports.logged).toMatchObject([{ level: "error", fields: { code: "CLAWD_TELEGRAM_NOT_STORED" } }]);
  ports.inbox = () => Promise.resolve();
  expect((await handler(post(signed))).status).toBe(200);
});

test("an update that says nothing to us is acknowledged, or it would come for ever", async () => {
  const { handler, ports } = await hooked();
  expect((await handler(post(signed, '{"update_id":3,"poll":{}}'))).status).toBe(200);
  expect((await handler(post(signed, '{"update_id":4,"message":{"chat":null}}'))).status).toBe(200);
  expect(ports.events).toEqual([]);
});

test("after the stop Telegram is told to come back later", async () => {
  const { handler, connection } = await hooked();
  await connection.stop();
  expect((await handler(post(signed))).status).toBe(503);
});

test("the path on the gateway may differ from the one outside", async () => {
  const { connection, ports } = await bench({
    webhookUrl: "https://bot.example.com/outside",
    webhookSecret: secret,
    webhookPath: "/inside",
  });
  await connection.start();
  expect([...ports.mounts.keys()]).toEqual(["/inside"]);
});

/** The gateway's HTTP server, as far as a webhook needs one. */
async function serveMounts(mounts: ReadonlyMap<string, HttpHandler>): Promise<string> {
  const asRequest = (incoming: IncomingMessage) =>
    new Request(`http://127.0.0.1${incoming.url}`, {
      method: incoming.method!,
      headers: incoming.headers as Record<string, string>,
      body: Readable.toWeb(incoming),
      duplex: "half",
    } as RequestInit);
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const { status } = (await mounts.get(incoming.url!)?.(asRequest(incoming))) ?? { status: 404 };
      outgoing.writeHead(status).end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("Telegram posts to the webhook, again until it is stored; when it is taken away, polling goes on", async () => {
  const mounts = new Map<string, HttpHandler>();
  const url = `${await serveMounts(mounts)}${path}`;
  const { connection, emulator, control, ports, ada } = await bench(
    { webhookUrl: url, webhookSecret: secret },
    { webhookRetryMs: 1 },
  );
  mounts.set(path, ports.mounts.get(path)!);
  let refusals = 0;
  ports.inbox = () => ((refusals += 1) < 3 ? Promise.reject(new Error("disk full")) : Promise.resolve());
  await connection.start();
  expect(codesOf(ports.states)).toEqual(["starting", "connected"]);
  control.say({ from: ada, text: "one" });
  await ports.until(() => ports.events.length === 1);
  await connection.stop();

  const poller = telegram.connect({ botToken: emulator.token, apiRoot: emulator.url }, ports);
  onTestFinished(() => poller.stop());
  control.say({ from: ada, text: "two" });
  await poller.start();
  await ports.until(() => ports.events.length === 2);
  expect(ports.events.map(({ text }) => text)).toEqual(["one", "two"]);
});

test("a webhook that somebody took away is set again", async () => {
  const { connection, emulator, control, ports } = await bench({
    webhookUrl: address,
    webhookSecret: secret,
  });
  await connection.start();
  await fetch(`${emulator.url}/bot${emulator.token}/deleteWebhook`);
  const count = () => control.calls.filter(({ method }) => method === "setWebhook").length;
  expect(count()).toBe(1);
  await ports.clock.advance(60_000);
  while (count() < 2) await new Promise(setImmediate);
  expect(control.calls.findLast(({ method }) => method === "setWebhook")!.parameters).toMatchObject({
    url: address,
    secret_token: secret,
  });
});

test("an outage is seen although nobody asks anything", async () => {
  const { control, ports } = await hooked();
  control.down();
  await ports.clock.advance(60_000);
  await ports.until(() => ports.states.at(-1)?.state === "down");
  control.up();
  await ports.clock.advance(1000);
  await ports.until(() => ports.states.at(-1)?.state === "connected");
});
