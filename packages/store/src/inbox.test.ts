import { fakeClock } from "@clawd/kernel/testing";
import { expect, onTestFinished, test } from "vitest";
import { anEvent } from "../test/builders.ts";
import type { Inbox } from "./index.ts";
import { memoryStore } from "./testing.ts";

function anInbox(): Inbox {
  const store = memoryStore({ clock: fakeClock() });
  onTestFinished(() => store.close());
  return store.inbox;
}

test("an event is stored once, whatever the second delivery carries", () => {
  const inbox = anInbox();
  const first = inbox.put(anEvent({ body: '"first"' }));
  expect(first.outcome).toBe("stored");
  expect(inbox.put(anEvent({ body: '"second"', receivedAt: 2000 }))).toEqual({
    outcome: "duplicate",
    id: first.id,
  });
  expect(inbox.pending()).toEqual([
    { id: first.id, provider: "irc", account: "default", eventId: "1", receivedAt: 1000, body: '"first"' },
  ]);
});

test("a finished event stays known, without its body", () => {
  const inbox = anInbox();
  const { id } = inbox.put(anEvent());
  inbox.finish(id);
  inbox.finish(id);
  expect(inbox.pending()).toEqual([]);
  expect(inbox.put(anEvent())).toEqual({ outcome: "duplicate", id });
  expect(inbox.count()).toBe(0);
});

test("a denied event leaves only its key", () => {
  const inbox = anInbox();
  expect(inbox.put(anEvent({ body: null, state: "finished" })).outcome).toBe("stored");
  expect(inbox.pending()).toEqual([]);
  expect(inbox.put(anEvent()).outcome).toBe("duplicate");
});

test("a pending event without a body cannot be stored: it could not be replayed", () => {
  expect(() => anInbox().put(anEvent({ body: null }))).toThrow(
    expect.objectContaining({ code: "CLAWD_STORE_FAULT" }),
  );
});

test("pending events come in the order of their arrival", () => {
  const inbox = anInbox();
  for (const eventId of ["9", "10", "1"]) inbox.put(anEvent({ eventId, receivedAt: 5000 - Number(eventId) }));
  expect(inbox.pending().map(({ eventId }) => eventId)).toEqual(["9", "10", "1"]);
  expect(inbox.count()).toBe(3);
});

test("the same event id of another provider or account is another event", () => {
  const inbox = anInbox();
  inbox.put(anEvent());
  expect(inbox.put(anEvent({ provider: "matrix" })).outcome).toBe("stored");
  expect(inbox.put(anEvent({ account: "work" })).outcome).toBe("stored");
});

test("hostile ids are kept apart and come back as they were", () => {
  const inbox = anInbox();
  const ids = [
    "", " ", "\0", "a\0b", "a", "__proto__", "constructor", "\ud800", "\udc00", "\ufffd", '","', '["', "a\u202eb", "a\u200bb",
    "%00", "'; DROP TABLE inbox; --", "x".repeat(4096), `${"x".repeat(4095)}y`,
  ]; // prettier-ignore
  for (const eventId of ids) expect(inbox.put(anEvent({ eventId })).outcome).toBe("stored");
  for (const eventId of ids) expect(inbox.put(anEvent({ eventId })).outcome).toBe("duplicate");
  expect(inbox.pending().map(({ eventId }) => eventId)).toEqual(ids);
  expect(inbox.put(anEvent({ provider: 'irc","default', account: "1" })).outcome).toBe("stored");
});

test("pruning forgets old finished events and keeps every pending one", () => {
  const inbox = anInbox();
  const old = inbox.put(anEvent({ eventId: "old", receivedAt: 100 }));
  inbox.put(anEvent({ eventId: "old-pending", receivedAt: 100 }));
  const young = inbox.put(anEvent({ eventId: "young", receivedAt: 200 }));
  inbox.finish(old.id);
  inbox.finish(young.id);
  expect(inbox.prune(200)).toBe(1);
  expect(inbox.put(anEvent({ eventId: "young" })).outcome).toBe("duplicate");
  expect(inbox.put(anEvent({ eventId: "old-pending" })).outcome).toBe("duplicate");
  const again = inbox.put(anEvent({ eventId: "old" }));
  expect(again.outcome).toBe("stored");
  // Ids are never used again, so an outbox message cannot point at another event than its cause.
  expect(again.id).toBeGreaterThan(young.id);
});
