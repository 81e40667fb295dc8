import { fakeClock, type FakeClock } from "@clawd/kernel/testing";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { aDirectory, aMessage } from "../test/builders.ts";
import { openStore, type Outbox, type OutboxMessage } from "./index.ts";
import { memoryStore } from "./testing.ts";

function anOutbox(clock: FakeClock = fakeClock(1000)): Outbox {
  const store = memoryStore({ clock });
  onTestFinished(() => store.close());
  return store.outbox;
}

const inChat = (id: string, deliveryId: string): OutboxMessage =>
  aMessage({ deliveryId, chat: { kind: "dm", id, thread: null } });
const deliveries = (entries: readonly OutboxMessage[]) => entries.map(({ deliveryId }) => deliveryId);

test("a message comes back whole", () => {
  const outbox = anOutbox();
  const message = aMessage({
    chat: { kind: "group", id: "-100\u202e", thread: "7" },
    text: "two\nlines \0 🦞 \ud800",
    replyToMessageId: "5",
    session: null,
    cause: null,
  });
  expect(outbox.enqueue(message)).toBe("queued");
  expect(outbox.due(1000)).toEqual([
    { ...message, id: 1, state: "queued", enqueuedAt: 1000, attempts: 0, attempt: null, reason: null },
  ]);
});

test("a delivery id is stored once, even after it was sent", () => {
  const outbox = anOutbox();
  outbox.enqueue(aMessage());
  expect(outbox.enqueue(aMessage({ text: "other" }))).toBe("duplicate");
  outbox.beginSend(1, null);
  outbox.sent(1, "m1");
  expect(outbox.enqueue(aMessage())).toBe("duplicate");
  expect(outbox.counts()).toMatchObject({ queued: 0, sent: 1 });
});

describe("due", () => {
  test("gives the head of each chat, and the next only when the head is settled", () => {
    const outbox = anOutbox();
    for (const [chat, id] of [["a", "a1"], ["a", "a2"], ["b", "b1"]] as const) outbox.enqueue(inChat(chat, id)); // prettier-ignore
    expect(deliveries(outbox.due(1000))).toEqual(["a1", "b1"]);
    outbox.beginSend(1, null);
    expect(deliveries(outbox.due(1000))).toEqual(["b1"]);
    outbox.sent(1, "m1");
    expect(deliveries(outbox.due(1000))).toEqual(["a2", "b1"]);
    outbox.reject(2, "blocked");
    expect(deliveries(outbox.due(1000))).toEqual(["b1"]);
  });

  test("treats threads as one chat, but never two accounts, kinds or providers", () => {
    const outbox = anOutbox();
    const chat = { kind: "group", id: "1", thread: null };
    const messages: Partial<OutboxMessage>[] = [
      { chat },
      { chat: { ...chat, thread: "9" } },
      { chat: { ...chat, kind: "dm" } },
      { chat, account: "work" },
      { chat, provider: "matrix" },
    ];
    messages.forEach((parts, index) => outbox.enqueue(aMessage({ ...parts, deliveryId: String(index) })));
    expect(deliveries(outbox.due(1000))).toEqual(["0", "2", "3", "4"]);
  });

  test("waits for the time of a retry, and the rest of the chat waits behind it", () => {
    const outbox = anOutbox();
    outbox.enqueue(inChat("a", "a1"));
    outbox.enqueue(inChat("a", "a2"));
    expect(outbox.nextDueAt()).toBe(0);
    outbox.beginSend(1, null);
    expect(outbox.nextDueAt()).toBeNull();
    outbox.retryAt(1, 9000, "rate limit");
    expect(outbox.due(8999)).toEqual([]);
    expect(outbox.nextDueAt()).toBe(9000);
    expect(outbox.due(9000)).toMatchObject([{ deliveryId: "a1", attempts: 1, reason: "rate limit" }]);
  });
});

describe("a message", () => {
  test("that is not queued cannot be begun: it would be sent twice", () => {
    const outbox = anOutbox();
    outbox.enqueue(aMessage());
    outbox.beginSend(1, null);
    const misuse = expect.objectContaining({ code: "CLAWD_STORE_MISUSE" });
    expect(() => outbox.beginSend(1, null)).toThrow(misuse);
    outbox.sent(1, "m1");
    expect(() => outbox.beginSend(1, null)).toThrow(misuse);
    expect(() => outbox.beginSend(2, null)).toThrow(misuse);
  });

  test("that was sent stays sent", () => {
    const outbox = anOutbox();
    outbox.enqueue(aMessage());
    outbox.beginSend(1, null);
    outbox.sent(1, "m1");
    const misuse = expect.objectContaining({ code: "CLAWD_STORE_MISUSE" });
    expect(() => outbox.retryAt(1, 0, "again")).toThrow(misuse);
    expect(() => outbox.reject(1, "blocked")).toThrow(misuse);
    expect(() => outbox.sent(1, "m2")).toThrow(misuse);
    expect(outbox.counts()).toMatchObject({ sent: 1, queued: 0, rejected: 0 });
  });

  test("can be rejected before it was ever tried", () => {
    const outbox = anOutbox();
    outbox.enqueue(aMessage());
    outbox.reject(1, "expired");
    expect(outbox.due(1000)).toEqual([]);
    expect(outbox.counts().rejected).toBe(1);
  });
});

describe("after a crash", () => {
  test("what was being sent is unsettled, with the note of its attempt, and holds its chat back", () => {
    const directory = aDirectory();
    const first = openStore({ directory, clock: fakeClock(1000) });
    first.outbox.enqueue(inChat("a", "a1"));
    first.outbox.enqueue(inChat("a", "a2"));
    first.outbox.beginSend(1, "nonce-1");
    first.close();
    const store = openStore({ directory, clock: fakeClock(2000) });
    onTestFinished(() => store.close());
    const { outbox } = store;
    expect(outbox.due(2000)).toEqual([]);
    expect(outbox.unsettled()).toMatchObject([
      { deliveryId: "a1", state: "unsettled", attempt: "nonce-1", attempts: 1 },
    ]);
    expect(() => outbox.beginSend(1, null)).toThrow(expect.objectContaining({ code: "CLAWD_STORE_MISUSE" }));
    outbox.retryAt(1, 0, "not sent");
    expect(outbox.unsettled()).toEqual([]);
    expect(deliveries(outbox.due(2000))).toEqual(["a1"]);
  });

  test("unsettled never lists what this process is sending", () => {
    const outbox = anOutbox();
    outbox.enqueue(aMessage());
    outbox.beginSend(1, null);
    expect(outbox.unsettled()).toEqual([]);
  });

  test.each(["sent", "rejected"] as const)("an unsettled message can become %s", (state) => {
    const directory = aDirectory();
    const first = openStore({ directory, clock: fakeClock() });
    first.outbox.enqueue(aMessage());
    first.outbox.beginSend(1, null);
    first.close();
    const store = openStore({ directory, clock: fakeClock() });
    onTestFinished(() => store.close());
    const { outbox } = store;
    if (state === "sent") outbox.sent(1, "m1");
    else outbox.reject(1, "unknown");
    expect(outbox.counts()).toMatchObject({ unsettled: 0, [state]: 1 });
  });
});

test("pruning erases old texts, later the entries, and never what is not settled", async () => {
  const clock = fakeClock(1000);
  const outbox = anOutbox(clock);
  for (const id of ["1", "2", "3"]) outbox.enqueue(inChat(id, id));
  outbox.beginSend(1, null);
  outbox.sent(1, "m1");
  await clock.advance(1000);
  outbox.reject(2, "blocked");
  outbox.prune({ textBefore: 5000, entryBefore: 2000 });
  expect(outbox.counts()).toMatchObject({ sent: 0, rejected: 1, queued: 1 });
  expect(outbox.due(5000)).toMatchObject([{ deliveryId: "3", text: "hello" }]);
  expect(outbox.enqueue(inChat("2", "2"))).toBe("duplicate");
});

test("whatever happens, every message is sent once, in the order of its chat, one at a time", () => {
  const step = fc.record({ act: fc.constantFrom("enqueue", "send", "fail", "drop"), chat: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = memoryStore({ clock: fakeClock() });
      const { outbox } = store;
      const settled: string[][] = [[], [], []];
      const enqueued: string[][] = [[], [], []];
      const settleOne = (chat: number, act: string) => {
        const entry = outbox.due(1).find((due) => due.chat.id === String(chat));
        if (entry === undefined) return;
        outbox.beginSend(entry.id, null);
        expect(outbox.due(1).some((due) => due.chat.id === String(chat))).toBe(false);
        if (act === "fail") return outbox.retryAt(entry.id, 1, "again");
        settled[chat]!.push(entry.deliveryId);
        if (act === "drop") outbox.reject(entry.id, "no");
        else outbox.sent(entry.id, "m");
      };
      steps.forEach(({ act, chat }, index) => {
        if (act !== "enqueue") return settleOne(chat, act);
        enqueued[chat]!.push(String(index));
        outbox.enqueue(inChat(String(chat), String(index)));
      });
      while (outbox.due(1).length > 0)
        for (const { chat } of outbox.due(1)) settleOne(Number(chat.id), "send");
      expect(settled).toEqual(enqueued);
      store.close();
    }),
    { numRuns: 60 },
  );
});

describe("files of messages", () => {
  const file = (digest: string) => ({ digest, name: "a.png", mimeType: "image/png", size: 3 });

  test("come back with the message, and are named as long as it waits", () => {
    const outbox = anOutbox();
    const files = [file("aa"), file("bb")];
    outbox.enqueue(aMessage({ files }));
    outbox.enqueue(inChat("43", "without"));
    outbox.enqueue({ ...inChat("44", "other"), files: [file("bb")] });
    const [message, , other] = outbox.due(1000);
    expect(message).toMatchObject({ files });
    expect(outbox.filesWaiting()).toEqual(new Set(["aa", "bb"]));
    outbox.beginSend(message!.id, null);
    expect(outbox.filesWaiting()).toEqual(new Set(["aa", "bb"]));
    outbox.sent(message!.id, "m1");
    expect(outbox.filesWaiting()).toEqual(new Set(["bb"]));
    outbox.reject(other!.id, "gone");
    expect(outbox.filesWaiting()).toEqual(new Set());
  });

  test("lose their names with the text", () => {
    const directory = aDirectory();
    const store = openStore({ directory, clock: fakeClock(1000) });
    store.outbox.enqueue(aMessage({ text: "", files: [{ ...file("aa"), name: "canary.png" }] }));
    store.outbox.reject(store.outbox.due(1000)[0]!.id, "gone");
    store.outbox.prune({ textBefore: 2000, entryBefore: 0 });
    store.close();
    expect(readFileSync(join(directory, "gateway.sqlite"), "latin1")).not.toContain("canary");
  });
});
