/** The page's own modules: what it does when the gateway is slow, gone, restarted, or refuses. */
import { fakeClock } from "@clawd/kernel/testing";
import { describe, expect, test } from "vitest";
import { buttonsOf, createConversations, titleOf } from "../src/page/conversations.js";
import { createGateway } from "../src/page/gateway.js";

type Answer = Response | Error | "hang";

/** A gateway that gives the listed answers, one for each request of a path, then hangs. */
function aPage(answers: { readonly events?: Answer[]; readonly message?: Answer[] }) {
  const clock = fakeClock();
  const requests: { readonly path: string; readonly init: RequestInit; readonly at: number }[] = [];
  const states: string[] = [];
  const outcomes: string[] = [];
  const lines: unknown[] = [];
  const start = clock.now();
  const left = { events: [...(answers.events ?? [])], message: [...(answers.message ?? [])] };
  const gateway = createGateway({
    token: "the-token",
    fetch: (path, init = {}) => {
      requests.push({ path: path as string, init, at: clock.now() - start });
      const answer =
        left[(path as string).startsWith("/webchat/events") ? "events" : "message"].shift() ?? "hang";
      if (answer instanceof Response) return Promise.resolve(answer);
      if (answer instanceof Error) return Promise.reject(answer);
      return new Promise((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      });
    },
    sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
    cursor: () => ({ epoch: "e 1", after: 7 }),
    onLine: (line) => void lines.push(line),
    onState: (state) => void states.push(state),
    onSent: (id, outcome, hint) => void outcomes.push(`${id} ${outcome}${hint && `: ${hint}`}`),
  });
  return { clock, gateway, requests, states, outcomes, lines };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const refused = () => new Response(null, { status: 401 });
const unavailable = () => new Response(null, { status: 503 });
const taken = () => Response.json({ id: "m1" });

describe("the page's stream", () => {
  test("sends the token in a header, and where it stopped in the address", async () => {
    const { gateway, requests } = aPage({});
    gateway.open();
    await settle();
    expect(requests[0]!.path).toBe("/webchat/events?epoch=e%201&after=7");
    expect(requests[0]!.init).toMatchObject({
      headers: { authorization: "Bearer the-token" },
      credentials: "omit",
    });
    gateway.close();
  });

  test("reads lines however they are cut", async () => {
    const parts = ['{"type":"hel', 'lo","epoch":"é"}\n{"type":"heart', 'beat"}\n'].map((part) =>
      new TextEncoder().encode(part),
    );
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of parts) for (const byte of part) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const { gateway, lines } = aPage({ events: [new Response(body)] });
    gateway.open();
    await settle();
    expect(lines).toEqual([{ type: "hello", epoch: "é" }, { type: "heartbeat" }]);
    gateway.close();
  });

  test("tries again, less and less often, and again quickly once it was connected", async () => {
    const events = [
      new TypeError("fetch failed"),
      unavailable(),
      new TypeError("fetch failed"),
      new Response(""),
    ];
    const { clock, gateway, requests, states } = aPage({ events });
    gateway.open();
    for (let step = 0; step < 100; step++) {
      await settle();
      await clock.advance(100);
    }
    expect(requests.map(({ at }) => at)).toEqual([0, 1000, 3000, 7000, 8000]);
    expect(states.slice(0, 3)).toEqual(["connecting", "waiting", "connecting"]);
    expect(states).toContain("connected");
    gateway.close();
  });

  test("is given up and opened again after 40 seconds of silence", async () => {
    const silent = new ReadableStream<Uint8Array>();
    const { clock, gateway, requests } = aPage({ events: ["hang", new Response(silent)] });
    gateway.open();
    await settle();
    await clock.advance(40_000);
    await settle();
    await clock.advance(1000);
    await settle();
    expect(requests).toHaveLength(2);
    gateway.close();
  });

  test("does not wait when the page is told to hurry", async () => {
    const { gateway, requests } = aPage({ events: [unavailable()] });
    gateway.open();
    await settle();
    gateway.hurry();
    await settle();
    expect(requests).toHaveLength(2);
    gateway.close();
  });

  test("ends when the token is refused", async () => {
    const { clock, gateway, requests, states } = aPage({ events: [refused()] });
    gateway.open();
    await settle();
    await clock.advance(100_000);
    expect(requests).toHaveLength(1);
    expect(states.at(-1)).toBe("refused");
  });
});

describe("the page's messages", () => {
  const message = (id: string) => ({ id, text: "Hello", conversation: null });

  test("are sent one after the other, each with one id until it is taken", async () => {
    const answers = [new TypeError("fetch failed"), unavailable(), taken(), taken()];
    const { clock, gateway, requests, outcomes } = aPage({ message: answers });
    gateway.send(message("m1"));
    gateway.send(message("m2"));
    for (let step = 0; step < 40; step++) {
      await settle();
      await clock.advance(100);
    }
    expect(requests.map(({ init }) => (JSON.parse(init.body as string) as { id: string }).id)).toEqual([
      "m1",
      "m1",
      "m1",
      "m2",
    ]);
    expect(outcomes).toEqual(["m1 retrying", "m1 retrying", "m1 sent", "m2 sent"]);
  });

  test("that are refused say why, and hold up nothing", async () => {
    const bad = Response.json({ hint: "Send less." }, { status: 400 });
    const { gateway, outcomes } = aPage({ message: [bad, taken()] });
    gateway.send(message("m1"));
    gateway.send(message("m2"));
    await settle();
    expect(outcomes).toEqual(["m1 refused: Send less.", "m2 sent"]);
  });

  test("end with the token", async () => {
    const { gateway, requests, states } = aPage({ message: [refused()] });
    gateway.send(message("m1"));
    gateway.send(message("m2"));
    await settle();
    expect([requests.length, states.at(-1)]).toEqual([1, "refused"]);
  });
});

describe("the page's conversations", () => {
  const line = (seq: number, id: string, from: string, conversation: string | null = null) => ({
    type: "message",
    seq,
    id,
    from,
    conversation,
    text: `text of ${id}`,
    at: 1,
  });

  test("show a message once, whether it was written here, heard, or heard twice", () => {
    const conversations = createConversations();
    conversations.write({ id: "m1", text: "Hello", at: 1 });
    conversations.take(line(1, "m1", "operator"), 1);
    conversations.take(line(1, "m1", "operator"), 1);
    conversations.take(line(2, "d1", "agent"), 1);
    expect(conversations.current().messages.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "m1 sent",
      "d1 sent",
    ]);
    expect(conversations.cursor()).toEqual({ epoch: "", after: 2 });
  });

  test("mark what is unread, and forget the mark when it is looked at", () => {
    const conversations = createConversations();
    conversations.take(line(1, "d1", "agent", "c1"), 1);
    expect(conversations.list().map(({ isUnread }) => isUnread)).toEqual([false, true]);
    conversations.select("c1");
    expect(conversations.current()).toMatchObject({ id: "c1", isUnread: false });
  });

  test("are not unread for what was said before the page was opened", () => {
    const conversations = createConversations();
    conversations.take({ type: "hello", epoch: "one", last: 2 }, 1);
    conversations.take(line(2, "d2", "agent", "c1"), 1);
    expect(conversations.list().map(({ isUnread }) => isUnread)).toEqual([false, false]);
    conversations.take(line(3, "d3", "agent", "c1"), 1);
    expect(conversations.list().map(({ isUnread }) => isUnread)).toEqual([false, true]);
  });

  test("say that the gateway was restarted, and keep what they have", () => {
    const conversations = createConversations();
    conversations.take({ type: "hello", epoch: "one", last: 0 }, 1);
    conversations.take(line(5, "d1", "agent"), 1);
    conversations.take({ type: "hello", epoch: "one", last: 0 }, 1);
    expect(conversations.cursor()).toEqual({ epoch: "one", after: 5 });
    conversations.take({ type: "hello", epoch: "two", last: 0 }, 2);
    expect(conversations.cursor()).toEqual({ epoch: "two", after: 0 });
    expect(conversations.current().messages.map(({ from }) => from)).toEqual(["agent", "notice"]);
    expect(conversations.current().messages[1]!.text).toMatch(/restarted/);
  });

  test("show that the agent is writing until it has written", () => {
    const conversations = createConversations();
    conversations.take({ type: "typing", conversation: null }, 1);
    expect(conversations.current().isTyping).toBe(true);
    conversations.take(line(1, "d1", "agent"), 1);
    expect(conversations.current().isTyping).toBe(false);
  });

  test("have buttons until one is pressed, and again when the press was refused", () => {
    const conversations = createConversations();
    const buttons = [{ label: "Accept", command: "/approve 1" }];
    for (const [seq, id] of [
      [1, "d1"],
      [2, "d2"],
    ] as const)
      conversations.take({ ...line(seq, id, "agent"), buttons }, 1);
    const states = () =>
      conversations
        .current()
        .messages.slice(0, 2)
        .map((message) => buttonsOf(conversations.current(), message));
    expect(states()).toEqual(["open", "open"]);
    conversations.write({ id: "m1", text: "/approve 1", at: 1, pressed: "d1" });
    expect(states()).toEqual(["pressed", "open"]);
    conversations.mark("m1", "refused", "");
    expect(states()).toEqual(["open", "open"]);
    conversations.take({ ...line(3, "m2", "operator"), pressed: "d1" }, 1);
    conversations.take({ ...line(4, "d3", "agent"), pressed: "d1" }, 1);
    expect(states()).toEqual(["gone", "open"]);
  });

  test("are called after their first message", () => {
    const conversations = createConversations();
    expect(titleOf(conversations.current())).toBe("First conversation");
    conversations.select("c1");
    expect(titleOf(conversations.current())).toBe("New conversation");
    conversations.write({ id: "m1", text: `${"word ".repeat(20)}\nsecond line`, at: 1 });
    expect(titleOf(conversations.current())).toBe(`${"word ".repeat(8)}…`);
  });

  test("are gone through in a circle", () => {
    const conversations = createConversations();
    conversations.select("c1");
    conversations.select("c2");
    expect([conversations.neighbour(1), conversations.neighbour(-1)]).toEqual([null, "c1"]);
  });
});
