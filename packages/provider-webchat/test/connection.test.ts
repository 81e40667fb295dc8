import { fakeClock } from "@clawd/kernel/testing";
import { fakePorts } from "@clawd/provider-kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { webchat } from "../src/index.ts";

const authorization = "Bearer test-token";

async function aChat() {
  const clock = fakeClock();
  const ports = fakePorts({ clock });
  const connection = webchat.connect({}, ports);
  onTestFinished(() => connection.stop());
  await connection.start();
  const post = (message: unknown, headers: Record<string, string> = {}) =>
    ports.request("/webchat/message", {
      method: "POST",
      headers: { authorization, "content-type": "application/json", ...headers },
      body: typeof message === "string" ? message : JSON.stringify(message),
    });
  const events = async (query = "", signal?: AbortSignal) => {
    const response = await ports.request(`/webchat/events${query}`, {
      headers: { authorization },
      ...(signal === undefined ? {} : { signal }),
    });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    return lines(response.body!);
  };
  const send = (deliveryId: string, text: string, thread: string | null = null) =>
    connection.send({
      deliveryId,
      text,
      chat: { kind: "dm", id: "operator", thread },
      replyToMessageId: null,
    });
  return { clock, ports, connection, post, events, send };
}

interface ReadLine {
  readonly type: string;
  readonly epoch: string;
  readonly seq: number;
}

/** Reads a stream one line at a time; undefined at its end. */
function lines(body: ReadableStream<Uint8Array>) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const waiting: ReadLine[] = [];
  const next = async (): Promise<ReadLine | undefined> => {
    while (waiting.length === 0) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      waiting.push(
        ...value
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as ReadLine),
      );
    }
    return waiting.shift();
  };
  return { next, cancel: () => reader.cancel() };
}

describe("a message of the page", () => {
  test("becomes an event of the operator, who is nobody but the holder of the token", async () => {
    const { ports, post } = await aChat();
    const response = await post({ id: "m1", text: "/Status now", conversation: "c1" });
    expect(response.status).toBe(200);
    expect(ports.events).toEqual([
      expect.objectContaining({
        kind: "message",
        eventId: "m1",
        text: "/Status now",
        command: { name: "status", args: "now" },
        chat: {
          kind: "dm",
          id: "operator",
          parent: null,
          thread: "c1",
          guild: null,
          team: null,
          title: null,
        },
        sender: { id: "operator", isBot: false, isSelf: false, name: null, username: null },
      }),
    ]);
  });

  test("without the token is not even looked at", async () => {
    const { ports, post } = await aChat();
    for (const header of ["", "Bearer wrong", "Basic test-token"]) {
      expect((await post({ id: "m1", text: "Hello" }, { authorization: header })).status).toBe(401);
    }
    expect((await post({ id: "m1", text: "Hello" }, { authorization: "" })).status).toBe(401);
    const inAddress = await ports.request("/webchat/message?token=test-token", {
      method: "POST",
      body: "{}",
    });
    expect(inAddress.status).toBe(401);
    expect(ports.events).toEqual([]);
  });

  test("needs the type that a form of another site cannot send", async () => {
    const { ports, post } = await aChat();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]) {
      expect((await post({ id: "m1", text: "Hello" }, { "content-type": type })).status).toBe(415);
    }
    expect(
      (await post({ id: "m1", text: "Hello" }, { "content-type": "application/json; charset=utf-8" })).status,
    ).toBe(200);
    expect(ports.events).toHaveLength(1);
  });

  test("that is none is refused with a hint", async () => {
    const { ports, post } = await aChat();
    const response = await post({ id: "m1", text: "Hello", sender: "somebody" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ hint: expect.stringContaining("nothing else") });
    expect(ports.events).toEqual([]);
  });

  test("that presses a button is the operator's command, below the message it was pressed at", async () => {
    const { ports, post, events } = await aChat();
    await post({ id: "m1", text: "/approve 1f2e3d4c", pressed: "d1" });
    expect(ports.events).toEqual([
      expect.objectContaining({
        kind: "button",
        eventId: "m1",
        messageId: "d1",
        command: { name: "approve", args: "1f2e3d4c" },
        sender: expect.objectContaining({ id: "operator" }),
      }),
    ]);
    const { next, cancel } = await events();
    await next();
    expect(await next()).toMatchObject({ id: "m1", pressed: "d1", text: "/approve 1f2e3d4c" });
    await cancel();
  });

  test("sent twice is taken once, and shown once", async () => {
    const { ports, post, events } = await aChat();
    expect((await post({ id: "m1", text: "Hello" })).status).toBe(200);
    expect((await post({ id: "m1", text: "Hello" })).status).toBe(200);
    expect(ports.events).toHaveLength(1);
    const { next, cancel } = await events();
    await next();
    expect(await next()).toMatchObject({ id: "m1", from: "operator" });
    await post({ id: "m2", text: "Next" });
    expect(await next()).toMatchObject({ id: "m2" });
    await cancel();
  });

  test("that cannot be stored is refused, so that the page sends it again", async () => {
    const { ports, post } = await aChat();
    ports.refuseNextReceives(1);
    expect((await post({ id: "m1", text: "Hello" })).status).toBe(503);
    expect((await post({ id: "m1", text: "Hello" })).status).toBe(200);
    expect(ports.events.map(({ eventId }) => eventId)).toEqual(["m1"]);
  });
});

describe("a message of the agent", () => {
  test("sent twice is shown once", async () => {
    const { events, send } = await aChat();
    const { next, cancel } = await events();
    await next();
    expect(await send("d1", "Hello")).toEqual({ messageId: "d1" });
    expect(await send("d1", "Hello")).toEqual({ messageId: "d1" });
    await send("d2", "Bye", "c1");
    expect(await next()).toMatchObject({
      type: "message",
      id: "d1",
      from: "agent",
      text: "Hello",
      conversation: null,
    });
    expect(await next()).toMatchObject({ type: "message", id: "d2", conversation: "c1" });
    await cancel();
  });

  test("to another chat than the operator's is refused for good", async () => {
    const { connection } = await aChat();
    for (const chat of [
      { kind: "dm", id: "telegram:42", thread: null },
      { kind: "group", id: "operator", thread: null },
    ] as const) {
      await expect(
        connection.send({ deliveryId: "d1", chat, text: "Hello", replyToMessageId: null }),
      ).rejects.toMatchObject({ code: "CLAWD_WEBCHAT_NO_SUCH_CHAT", outcome: "rejected" });
    }
  });
});

describe("the stream", () => {
  test("begins with what was missed while no page was open", async () => {
    const { events, post, send } = await aChat();
    await post({ id: "m1", text: "Hello" });
    await send("d1", "Hello back");
    const { next, cancel } = await events();
    expect(await next()).toMatchObject({ type: "hello" });
    expect([await next(), await next()]).toMatchObject([{ id: "m1" }, { id: "d1" }]);
    await cancel();
  });

  test("goes on where the page stopped reading", async () => {
    const { events, send } = await aChat();
    await send("d1", "one");
    const first = await events();
    const { epoch } = (await first.next())!;
    const { seq } = (await first.next())!;
    await first.cancel();
    await send("d2", "two");
    const second = await events(`?epoch=${epoch}&after=${seq}`);
    expect([await second.next(), await second.next()]).toMatchObject([{ epoch }, { id: "d2" }]);
    await second.cancel();
  });

  test.each(["?epoch=another&after=99", "?epoch=&after=", "?after=99", "?after=NaN"])(
    "begins at the beginning for %s: the gateway was restarted, or the page is new",
    async (query) => {
      const { events, send } = await aChat();
      await send("d1", "one");
      const { next, cancel } = await events(query);
      expect([await next(), await next()]).toMatchObject([{ type: "hello" }, { id: "d1" }]);
      await cancel();
    },
  );

  test("has a heartbeat, and no timer once nobody listens", async () => {
    const { clock, events, connection } = await aChat();
    const { next, cancel } = await events();
    await next();
    await clock.advance(15_000);
    expect(await next()).toEqual({ type: "heartbeat" });
    await connection.typing!({ kind: "dm", id: "operator", thread: "c1" });
    expect(await next()).toEqual({ type: "typing", conversation: "c1" });
    await cancel();
    await clock.advance(60_000);
  });

  test("cuts off a page that reads nothing, and the page finds the rest when it comes back", async () => {
    const { events, send } = await aChat();
    const slow = await events();
    const { epoch } = (await slow.next())!;
    for (let index = 0; index < 1500; index++) await send(`d${index}`, "text", `c${index % 10}`);
    let last = 0;
    let read = 0;
    for (let line = await slow.next(); line !== undefined; line = await slow.next()) {
      last = line.seq;
      read += 1;
    }
    expect(read).toBeLessThan(1500);
    const back = await events(`?epoch=${epoch}&after=${last}`);
    await back.next();
    expect((await back.next())!.seq).toBe(last + 1);
    await back.cancel();
  });

  test("ends when the page goes away, and when the connection stops", async () => {
    const { events, connection, ports } = await aChat();
    const leaving = new AbortController();
    const gone = await events("", leaving.signal);
    const open = await events();
    await gone.next();
    await open.next();
    leaving.abort();
    expect(await gone.next()).toBeUndefined();
    await connection.stop();
    expect(await open.next()).toBeUndefined();
    expect((await ports.request("/webchat/events", { headers: { authorization } })).status).toBe(503);
    expect((await ports.request("/")).status).toBe(503);
  });

  test("is given to so many pages, and the next one is told", async () => {
    const { events, ports } = await aChat();
    const open = await Promise.all(Array.from({ length: 32 }, () => events()));
    expect((await ports.request("/webchat/events", { headers: { authorization } })).status).toBe(503);
    await open[0]!.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    const another = await events();
    for (const { cancel } of [...open.slice(1), another]) await cancel();
  });
});

test("other paths and methods are told apart", async () => {
  const { ports } = await aChat();
  const request = async (path: string, method: string) =>
    (await ports.request(path, { method, headers: { authorization } })).status;
  expect(await request("/webchat/message", "GET")).toBe(405);
  expect(await request("/webchat/events", "POST")).toBe(405);
  expect(await request("/webchat/history", "GET")).toBe(404);
  expect(await request("/webchat", "GET")).toBe(404);
});

test("a stop that comes while it starts wins", async () => {
  const ports = fakePorts();
  const connection = webchat.connect({}, ports);
  const start = connection.start();
  await connection.stop();
  await start;
  expect(ports.states).toEqual([]);
  expect((await ports.request("/")).status).toBe(404);
});

test("can be stopped and started again on the same paths", async () => {
  const { connection, ports } = await aChat();
  await connection.stop();
  await connection.start();
  expect((await ports.request("/")).status).toBe(200);
  expect(ports.states.map(({ state }) => state)).toEqual(["connected", "stopped", "connected"]);
});
