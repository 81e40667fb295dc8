import { expect, test } from "vitest";
import { aPairing, approvedIds, aStoreOf, hour, minute } from "../test/a-pairing.ts";
import { memoryPairingStore } from "./memory.ts";
import { emptyState } from "./store.ts";

const plain = { profile: null, until: null };

test("a stranger gets a code once, and silence afterwards", async () => {
  const { pairing, paired, clock } = aPairing();
  expect(paired("1")).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  await clock.advance(59 * minute);
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
});

test("an approval admits the sender, and the code works once", () => {
  const { pairing, paired } = aPairing();
  const code = paired("1");
  expect(pairing.isApproved("1")).toBe(false);
  expect(pairing.approve(code)).toEqual({ id: "1", meta: {}, grant: plain });
  expect(pairing.isApproved("1")).toBe(true);
  expect(approvedIds(pairing)).toEqual(["1"]);
  expect(pairing.list()).toEqual([]);
  expect(pairing.approve(code)).toBeUndefined();
  expect(approvedIds(pairing)).toEqual(["1"]);
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "approved" });
});

test("a code is typed with spaces and in any letter case, and otherwise exactly", () => {
  const { pairing, paired } = aPairing();
  const code = paired("1");
  for (const wrong of ["", code.slice(1), `${code}A`, `${code.slice(0, 4)}-${code.slice(4)}`, `${code}\0`]) {
    expect(pairing.approve(wrong)).toBeUndefined();
  }
  expect(pairing.approve(`  ${code.toLowerCase()}\n`)?.id).toBe("1");
});

test("a code lives for exactly an hour from its request, however often the sender writes", async () => {
  const { pairing, paired, clock } = aPairing();
  const code = paired("1");
  await clock.advance(hour);
  pairing.ask({ id: "1" });
  expect(pairing.list()).toHaveLength(1);
  await clock.advance(1);
  expect(pairing.list()).toEqual([]);
  expect(pairing.approve(code)).toBeUndefined();
  expect(pairing.ask({ id: "1" })).toMatchObject({ outcome: "created" });
});

test("at exactly an hour a code still approves", async () => {
  const { pairing, paired, clock } = aPairing();
  const code = paired("1");
  await clock.advance(hour);
  expect(pairing.approve(code)?.id).toBe("1");
});

test("a clock that is set back keeps requests alive, and none lives more than two hours by any clock", async () => {
  const { pairing, paired, clock } = aPairing();
  paired("1");
  await clock.advance(-30 * minute);
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  await clock.advance(-30 * minute);
  expect(pairing.list()).toHaveLength(1);
  await clock.advance(-1);
  expect(pairing.list()).toEqual([]);
});

test.each(["2999-01-01T00:00:00.000Z", "", "yesterday", "-1"])(
  "a request created at %j is dead",
  (createdAt) => {
    const request = { id: "1", code: "ABCD2345", createdAt, lastSeenAt: createdAt, meta: {} };
    const { pairing } = aPairing({ store: memoryPairingStore({ ...emptyState, requests: [request] }) });
    expect(pairing.list()).toEqual([]);
    expect(pairing.approve("ABCD2345")).toBeUndefined();
  },
);

test("a fourth stranger gets no code, is not forgotten, and gets one when a slot is free", () => {
  const { pairing, paired, logger } = aPairing();
  const codes = ["1", "2", "3"].map(paired);
  expect(pairing.ask({ id: "4", meta: { name: "Dora" } })).toEqual({ outcome: "full" });
  expect(pairing.ask({ id: "5" })).toEqual({ outcome: "full" });
  expect(pairing.list()).toHaveLength(3);
  expect(pairing.waiting().map(({ id }) => id)).toEqual(["5", "4"]);
  expect(pairing.waiting()[1]?.meta).toEqual({ name: "Dora" });
  expect(logger.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  pairing.deny(codes[1]!);
  expect(pairing.ask({ id: "4" })).toMatchObject({ outcome: "created" });
  expect(pairing.waiting().map(({ id }) => id)).toEqual(["5"]);
});

test("of a list that was filled by hand beyond three, those seen last stay", () => {
  const requests = [3, 1, 4, 2].map((minutes) => {
    const time = new Date(Date.UTC(2026, 0, 1) - minutes * minute).toISOString();
    return {
      id: String(minutes),
      code: `ABCD234${minutes + 1}`,
      createdAt: time,
      lastSeenAt: time,
      meta: {},
    };
  });
  const { pairing } = aPairing({ store: memoryPairingStore({ ...emptyState, requests }) });
  expect(pairing.list().map(({ id }) => id)).toEqual(["3", "2", "1"]);
  expect(pairing.approve("ABCD2345")).toBeUndefined();
});

test("a code that another request has is not given again", () => {
  const digits = [0, 0, 1, 2].flatMap((symbol) => Array<number>(8).fill(symbol));
  const { pairing, paired } = aPairing({ randomInt: () => digits.shift() ?? 3 });
  expect(paired("1")).toBe("AAAAAAAA");
  expect(paired("2")).toBe("BBBBBBBB");
  expect(pairing.list().map(({ code }) => code)).toEqual(["AAAAAAAA", "BBBBBBBB"]);
});

test("a source of numbers that repeats itself is a fault, and changes nothing", () => {
  const { pairing, paired } = aPairing({ randomInt: () => 0 });
  paired("1");
  expect(() => pairing.ask({ id: "2" })).toThrow(expect.objectContaining({ code: "CLAWD_PAIRING_RANDOM" }));
  expect(pairing.list()).toHaveLength(1);
});

test("a denied code is dead, its slot free, and its sender silent until the hour is over", async () => {
  const { pairing, paired, clock } = aPairing();
  const code = paired("1");
  expect(pairing.deny(code.toLowerCase())).toEqual({ id: "1", meta: {} });
  expect(pairing.deny(code)).toBeUndefined();
  expect(pairing.approve(code)).toBeUndefined();
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  expect(pairing.list()).toEqual([]);
  await clock.advance(hour + 1);
  expect(pairing.ask({ id: "1" })).toMatchObject({ outcome: "created" });
});

test("a revoked sender is a stranger again", () => {
  const { pairing, paired } = aPairing();
  const code = paired("1");
  pairing.approve(code);
  expect(pairing.revoke("test:1 ")).toBe(true);
  expect(pairing.revoke("1")).toBe(false);
  expect(pairing.isApproved("1")).toBe(false);
  expect(pairing.approve(code)).toBeUndefined();
  expect(pairing.ask({ id: "1" })).toMatchObject({ outcome: "created" });
});

test("a revocation takes a pending code along, so that nothing can restore the sender", () => {
  const { pairing, paired } = aPairing();
  const code = paired("1");
  expect(pairing.revoke("1")).toBe(false);
  expect(pairing.approve(code)).toBeUndefined();
});

test("every spelling of a revoked id leaves the list, and no other entry", () => {
  const store = aStoreOf(["TEST:1", "1", "11", "two words"]);
  const { pairing } = aPairing({ store });
  expect(approvedIds(pairing)).toEqual(["1", "11"]);
  expect(pairing.revoke("1")).toBe(true);
  expect(store.approvals().allowFrom).toEqual(["11", "two words"]);
  expect(pairing.revoke("two words")).toBe(true);
  expect(store.approvals().allowFrom).toEqual(["11"]);
});

test("the owner admits somebody by id, whether they asked, wait or never wrote", () => {
  const { pairing, paired } = aPairing();
  const code = paired("1");
  paired("2");
  paired("3");
  pairing.ask({ id: "4", meta: { name: "Dora" } });
  expect(pairing.approveId("4")).toEqual({ id: "4", meta: { name: "Dora" }, grant: plain });
  expect(pairing.approveId("test:5")).toEqual({ id: "5", meta: {}, grant: plain });
  expect(pairing.approveId("1")).toEqual({ id: "1", meta: {}, grant: plain });
  expect(pairing.approveId("1")).toEqual({ id: "1", meta: {}, grant: plain });
  expect(approvedIds(pairing)).toEqual(["4", "5", "1"]);
  expect(pairing.waiting()).toEqual([]);
  expect(pairing.approve(code)).toBeUndefined();
});

test("a repeat writes at most once a minute, and then what the sender looks like now", async () => {
  const { pairing, paired, clock, store } = aPairing();
  paired("1");
  const before = store.read();
  for (let message = 0; message < 100; message++) pairing.ask({ id: "1", meta: { name: `n${message}` } });
  expect(store.read()).toBe(before);
  await clock.advance(minute);
  pairing.ask({ id: "1", meta: { name: " Ann ", empty: " ", gone: undefined } });
  expect(pairing.list()[0]).toMatchObject({ meta: { name: "Ann" }, lastSeenAt: "2026-01-01T00:01:00.000Z" });
  expect(pairing.list()[0]?.createdAt).toBe("2026-01-01T00:00:00.000Z");
});

test("nothing that is logged holds a code or an id", () => {
  const { pairing, paired, logger } = aPairing();
  const codes = ["+15550001", "+15550002", "+15550003"].map(paired);
  pairing.ask({ id: "+15550004" });
  pairing.approve(codes[0]!);
  const log = JSON.stringify(logger.lines);
  for (const secret of [...codes, "1555"]) expect(log).not.toContain(secret);
  expect(logger.lines.length).toBeGreaterThan(0);
});
