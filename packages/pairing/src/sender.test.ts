import fc from "fast-check";
import { expect, test } from "vitest";
import { aPairing, approvedIds, aStoreOf } from "../test/a-pairing.ts";
import { memoryPairingStore } from "./memory.ts";
import { emptyState } from "./store.ts";
import { testNetwork } from "./testing.ts";

const neverIds = [
  "",
  "  ",
  "*",
  "test:*",
  "1*",
  "0",
  "test:0",
  "two words",
  "1\u0000",
  "1\n2",
  "\u202e1",
  "1\u200b",
  "\ud800",
  "1\u20282",
  "x".repeat(257),
];

test.each(neverIds)("%j never enters the files", (id) => {
  const { pairing, store } = aPairing();
  expect(pairing.ask({ id })).toEqual({ outcome: "refused" });
  expect(() => pairing.approveId(id)).toThrow(expect.objectContaining({ code: "CLAWD_PAIRING_ID" }));
  expect(pairing.isApproved(id)).toBe(false);
  expect(store.read()).toBe(emptyState);
});

test.each(neverIds)("%j admits nobody, even when a person wrote it into the list", (id) => {
  const { pairing } = aPairing({ store: aStoreOf([id]) });
  expect(approvedIds(pairing)).toEqual([]);
  expect(pairing.isApproved(id)).toBe(false);
  expect(pairing.isApproved("1")).toBe(false);
});

test.each(["*", "0", "two words", "test:1"])(
  "the code of a request for %j, written by hand, approves nobody",
  (id) => {
    const time = "2026-01-01T00:00:00.000Z";
    const request = { id, code: "ABCD2345", createdAt: time, lastSeenAt: time, meta: {} };
    const { pairing, store } = aPairing({
      store: memoryPairingStore({ ...emptyState, requests: [request] }),
    });
    expect(pairing.approve("ABCD2345")).toBeUndefined();
    expect(store.approvals().allowFrom).toEqual([]);
  },
);

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("%s is an id like any other", (id) => {
  const { pairing, paired } = aPairing();
  expect(pairing.isApproved(id)).toBe(false);
  expect(pairing.approve(paired(id))?.id).toBe(id);
  expect(approvedIds(pairing)).toEqual([id]);
  expect(pairing.isApproved("valueOf")).toBe(false);
});

test("one person in two spellings has one request and one approval", () => {
  const { pairing, paired } = aPairing();
  const code = paired("TEST:1");
  expect(pairing.ask({ id: " 1 " })).toEqual({ outcome: "repeat" });
  expect(pairing.list().map(({ id }) => id)).toEqual(["1"]);
  pairing.approve(code);
  expect(pairing.isApproved("test:1")).toBe(true);
});

test("a network that gives a wildcard or nothing as canonical id cannot smuggle it in", () => {
  for (const id of ["*", ""]) {
    const network = { ...testNetwork, canonicalSender: () => ({ ok: true, id }) as const };
    expect(aPairing({ network }).pairing.ask({ id: "1" })).toEqual({ outcome: "refused" });
  }
});

test("any text whatever is answered, and only what was approved is approved", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.string(), (id, other) => {
      const { pairing } = aPairing();
      const asked = pairing.ask({ id, meta: { [id]: id, name: other } });
      expect(["created", "refused"]).toContain(asked.outcome);
      if ("code" in asked) pairing.approve(asked.code);
      expect(pairing.isApproved(id)).toBe(asked.outcome === "created");
      const isSame = testNetwork.canonicalSender(id).ok && approvedIds(pairing).includes(other.trim());
      if (!isSame && !/^test:/i.test(other.trim())) expect(pairing.isApproved(other)).toBe(false);
    }),
    { seed: 7, numRuns: 300 },
  );
});
