import { expect, test } from "vitest";
import { aPairing, hour, minute } from "../test/a-pairing.ts";
import { memoryPairingStore } from "./memory.ts";
import { emptyState } from "./store.ts";

test("a message that failed is handed out again with the same code, three times in all", () => {
  const { pairing, paired } = aPairing();
  const first = pairing.ask({ id: "1" });
  pairing.undeliverable("1");
  const second = pairing.ask({ id: "1" });
  expect(second).toEqual({ ...first, outcome: "undelivered" });
  pairing.undeliverable("1");
  expect(pairing.ask({ id: "1" })).toEqual(second);
  expect(pairing.list()).toHaveLength(1);
  pairing.undeliverable("1");
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  // Its slot is free, and the owner still sees who could not be reached.
  expect(pairing.list()).toEqual([]);
  expect(pairing.waiting().map(({ id }) => id)).toEqual(["1"]);
  ["2", "3", "4"].forEach(paired);
});

test("the tries are counted anew with the next code", async () => {
  const { pairing, clock } = aPairing();
  for (let message = 0; message < 3; message++) {
    pairing.ask({ id: "1" });
    pairing.undeliverable("1");
  }
  await clock.advance(hour + 1);
  expect(pairing.ask({ id: "1" })).toMatchObject({ outcome: "created" });
});

test("once delivered, a code is not sent again, whatever is reported later", () => {
  const { pairing } = aPairing();
  pairing.ask({ id: "1" });
  pairing.delivered("1");
  pairing.undeliverable("1");
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
});

test("two messages in a row do not fetch the code twice while it is being sent", async () => {
  const { pairing, clock } = aPairing();
  expect(pairing.ask({ id: "1" })).toMatchObject({ outcome: "created" });
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  await clock.advance(minute - 1);
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
});

test("a message of which nothing is heard for a minute counts as lost, three times in all", async () => {
  const { pairing, clock } = aPairing();
  const outcomes = [];
  for (let elapsed = 0; elapsed < 10; elapsed++) {
    outcomes.push(pairing.ask({ id: "1" }).outcome);
    await clock.advance(minute);
  }
  expect(outcomes.filter((outcome) => outcome !== "repeat")).toEqual([
    "created",
    "undelivered",
    "undelivered",
  ]);
});

test("a request without notes, as a person or an older version wrote it, counts as delivered", () => {
  const time = "2026-01-01T00:00:00.000Z";
  const request = { id: "1", code: "ABCD2345", createdAt: time, lastSeenAt: time, meta: {} };
  const { pairing } = aPairing({ store: memoryPairingStore({ ...emptyState, requests: [request] }) });
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  expect(pairing.approve("abcd2345")?.id).toBe("1");
});

test("a report on a message that nobody sent changes nothing", () => {
  const { pairing, store } = aPairing();
  const before = store.read();
  for (const id of ["1", "", "*", "__proto__"]) {
    pairing.delivered(id);
    pairing.undeliverable(id);
  }
  expect(store.read()).toBe(before);
});

test("a sender whose message failed protects no slot", () => {
  const { pairing, paired } = aPairing();
  ["1", "2"].forEach(paired);
  pairing.ask({ id: "3" });
  pairing.undeliverable("3");
  expect(pairing.ask({ id: "4" })).toMatchObject({ outcome: "created" });
  expect(pairing.list().map(({ id }) => id)).toEqual(["1", "2", "4"]);
});
