import { fakeClock } from "@clawd/kernel/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { aDecision, aDirectory } from "../test/builders.ts";
import { openStore, type AuditRecord, type Store } from "./index.ts";
import { mostAlike, windowMilliseconds } from "./refusals.ts";
import { memoryStore } from "./testing.ts";

const denied = (parts: object = {}) => aDecision({ effect: "deny", code: "sender-not-listed", ...parts });
const records = ({ audit }: Store) => [...audit.list()];
const repeated = ({ detail }: AuditRecord): number => (detail as { repeated?: number } | null)?.repeated ?? 0;
/** How many refusals the record tells of. */
const told = (store: Store) => records(store).reduce((sum, record) => sum + (repeated(record) || 1), 0);

test("the first of a kind are records as they come; a flood is a number, told at the end of its minute", () => {
  const clock = fakeClock(1000);
  const store = memoryStore({ clock });
  for (let index = 0; index < 1000; index++)
    store.refusals.record(denied({ detail: { eventId: String(index) } }));
  expect(records(store)).toHaveLength(mostAlike);
  expect(records(store)[3]!.detail).toEqual({ eventId: "3" });
  void clock.advance(windowMilliseconds - 1);
  store.refusals.settle();
  expect(records(store)).toHaveLength(mostAlike);
  void clock.advance(1);
  store.refusals.settle();
  expect(records(store).at(-1)).toMatchObject({
    kind: "access-decision",
    code: "sender-not-listed",
    sender: denied().sender,
    detail: { repeated: 1000 - mostAlike, since: 1000, until: 61_000 },
  });
  expect(told(store)).toBe(1000);
  store.refusals.settle();
  expect(records(store)).toHaveLength(mostAlike + 1);
  expect(store.audit.verify()).toMatchObject({ ok: true });
});

test("another sender, chat, reason or matter is another kind", () => {
  const store = memoryStore({ clock: fakeClock() });
  const others = [
    {},
    { sender: "2" },
    { code: "mention-required" },
    { chat: { kind: "group", id: "7" } },
    { session: "s" },
  ];
  for (let round = 0; round < 50; round++)
    for (const other of others) {
      store.refusals.record(denied(other));
      store.refusals.record(denied(other), "another matter");
    }
  expect(records(store)).toHaveLength(others.length * 2 * mostAlike);
});

test("of more kinds than are told apart, each refusal is a record", () => {
  const store = memoryStore({ clock: fakeClock() });
  store.transaction(() => {
    for (let index = 0; index < 1005; index++)
      for (let round = 0; round <= mostAlike; round++)
        store.refusals.record(denied({ sender: String(index) }));
  });
  expect(records(store)).toHaveLength(1000 * mostAlike + 5 * (mostAlike + 1));
});

test("what was counted is there after a crash, and told by the next process", () => {
  const directory = aDirectory();
  const clock = fakeClock(1000);
  const first = openStore({ directory, clock });
  for (let index = 0; index < 40; index++) first.refusals.record(denied());
  // Nothing is written at the end: as if it had been killed.
  first.close();
  void clock.advance(windowMilliseconds);
  const second = openStore({ directory, clock });
  second.refusals.record(denied({ sender: "another" }));
  expect(told(second)).toBe(41);
  second.close();
});

test("what is rolled back was not refused", () => {
  const clock = fakeClock();
  const store = memoryStore({ clock });
  for (let index = 0; index < 20; index++) store.refusals.record(denied());
  expect(() =>
    store.transaction(() => {
      store.refusals.record(denied());
      throw new RangeError("the disk is full");
    }),
  ).toThrow(RangeError);
  void clock.advance(windowMilliseconds);
  store.refusals.settle();
  expect(told(store)).toBe(20);
});

test("whoever is refused, whenever: none is lost and none told twice", () => {
  const step = fc.record({
    sender: fc.constantFrom("1", "2", "3"),
    code: fc.constantFrom("sender-not-listed", "mention-required"),
    wait: fc.constantFrom(0, 0, 0, 500, 30_000, 90_000),
    times: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const clock = fakeClock(1000);
      const store = memoryStore({ clock });
      let refused = 0;
      for (const { sender, code, wait, times } of steps) {
        void clock.advance(wait);
        for (let index = 0; index < times; index++) store.refusals.record(denied({ sender, code }));
        refused += times;
      }
      void clock.advance(windowMilliseconds);
      store.refusals.settle();
      expect(told(store)).toBe(refused);
      expect(store.audit.verify()).toMatchObject({ ok: true });
    }),
    { numRuns: 60, seed: 3 },
  );
});
