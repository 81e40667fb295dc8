import { expect, test } from "vitest";
import { aPairing, approvedIds, aStoreOf, hour, minute } from "../test/a-pairing.ts";

const start = Date.UTC(2026, 0, 1);
const day = 24 * hour;
const week = start + 7 * day;
const plain = { profile: null, until: null };
const corrupt = expect.objectContaining({ code: "CLAWD_PAIRING_CORRUPT", hint: expect.any(String) });

test("an approval names a profile and ends, by code and by id", async () => {
  const { pairing, paired, clock } = aPairing();
  const code = paired("1");
  expect(pairing.approve(code, { profile: "friend", until: week })).toEqual({
    id: "1",
    meta: {},
    grant: { profile: "friend", until: week },
  });
  pairing.approveId("2", { profile: "kids" });
  pairing.approveId("3", { until: start + 1 });
  pairing.approveId("4");
  expect(pairing.approved()).toEqual([
    { id: "1", profile: "friend", until: week },
    { id: "2", profile: "kids", until: null },
    { id: "3", profile: null, until: start + 1 },
    { id: "4", ...plain },
  ]);
  expect(pairing.grantOf(" test:1")).toEqual({ profile: "friend", until: week });
  expect(pairing.grantOf("4")).toEqual(plain);
  expect([pairing.grantOf("5"), pairing.grantOf("*"), pairing.grantOf("0")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  await clock.advance(7 * day);
  expect(approvedIds(pairing)).toEqual(["2", "4"]);
});

test("an approval is over at the very millisecond of its end, and nothing is written for it", async () => {
  const { pairing, clock, store } = aPairing();
  pairing.approveId("1", { profile: "friend", until: start + minute });
  const before = store.read();
  await clock.advance(minute - 1);
  expect([pairing.isApproved("1"), pairing.grantOf("1")?.profile]).toEqual([true, "friend"]);
  await clock.advance(1);
  expect([pairing.isApproved("1"), pairing.grantOf("1"), pairing.approved()]).toEqual([false, undefined, []]);
  expect(store.read()).toBe(before);
});

test("whoever's approval is over is a stranger again, with a new code", async () => {
  const { pairing, paired, clock } = aPairing();
  const first = paired("1");
  pairing.approve(first, { until: start + minute });
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "approved" });
  await clock.advance(minute);
  const second = paired("1");
  expect(second).not.toBe(first);
  expect(pairing.approve(first)).toBeUndefined();
  expect(pairing.list().map(({ id }) => id)).toEqual(["1"]);
  expect(pairing.approve(second)).toEqual({ id: "1", meta: {}, grant: plain });
  expect(pairing.grantOf("1")).toEqual(plain);
});

test.each(["ask", "approve", "approveId", "deny", "revoke", "wrong code"])(
  "the next change takes what is over out of the file: %s",
  async (change) => {
    const store = aStoreOf(["1", "test:2", "3", "4"], {
      "1": { until: "2026-01-01T00:01:00.000Z" },
      "TEST:2": { until: "2026-01-01T00:01:00.000Z", profile: "friend" },
      "3": { until: "2026-01-01T00:01:00.001Z" },
    });
    const { pairing, paired, clock } = aPairing({ store });
    const code = paired("5");
    await clock.advance(minute);
    if (change === "ask") pairing.ask({ id: "6" });
    if (change === "approve") pairing.approve(code);
    if (change === "approveId") pairing.approveId("6");
    if (change === "deny") pairing.deny(code);
    if (change === "revoke") pairing.revoke("6");
    if (change === "wrong code") pairing.approve("AAAABBBB");
    const left = { approve: ["5"], approveId: ["6"] }[change] ?? [];
    expect(store.approvals()).toEqual({
      allowFrom: ["3", "4", ...left],
      grants: { "3": { until: "2026-01-01T00:01:00.001Z" } },
    });
  },
);

test("a new approval of the same person replaces profile and end, and says what gave way", () => {
  const { pairing, store } = aPairing();
  const friend = { profile: "friend", until: week };
  expect(pairing.approveId("1", friend).replaced).toBeUndefined();
  expect(pairing.approveId("1", friend).replaced).toBeUndefined();
  expect(pairing.approveId("1", { profile: "kids" })).toEqual({
    id: "1",
    meta: {},
    grant: { profile: "kids", until: null },
    replaced: friend,
  });
  pairing.approveId("3", { profile: "kids", until: week });
  pairing.approveId("3", friend);
  expect(pairing.grantOf("3")).toEqual(friend);
  pairing.revoke("3");
  expect(pairing.approveId("1", { until: week }).replaced).toEqual({ profile: "kids", until: null });
  expect(pairing.approveId("1").replaced).toEqual({ profile: null, until: week });
  expect(pairing.grantOf("1")).toEqual(plain);
  expect(store.approvals()).toEqual({ allowFrom: ["1"], grants: {} });
  expect(pairing.approveId("1", friend).replaced).toEqual(plain);
});

test("the same approval again writes nothing", () => {
  const { pairing, store } = aPairing();
  pairing.approveId("1", { profile: "friend", until: week });
  const before = store.read();
  pairing.approveId("1", { profile: "friend", until: week });
  expect(store.read()).toBe(before);
});

test("an approval with an end that is over, absurd or no time, or a bad name, is refused whole", async () => {
  const { pairing, paired, clock, store } = aPairing();
  const code = paired("1");
  const before = store.read();
  await clock.advance(1);
  const refused = expect.objectContaining({ code: "CLAWD_PAIRING_GRANT" });
  for (const grant of [
    { until: start + 1 },
    { until: start + 20 * 365 * day },
    { until: NaN },
    { profile: "A" },
  ]) {
    expect(() => pairing.approve(code, grant)).toThrow(refused);
    expect(() => pairing.approve("AAAABBBB", grant)).toThrow(refused);
    expect(() => pairing.approveId("1", grant)).toThrow(refused);
  }
  expect(store.read()).toBe(before);
});

test("a revocation takes the profile and the end along, in every spelling", () => {
  const grants = { "1": { profile: "kids" }, "test:1": { profile: "kids" }, "2": { profile: "friend" } };
  const store = aStoreOf(["1", "TEST:1", "2"], grants);
  const { pairing } = aPairing({ store });
  expect(pairing.revoke("1")).toBe(true);
  expect(store.approvals()).toEqual({ allowFrom: ["2"], grants: { "2": { profile: "friend" } } });
  expect(pairing.approveId("1").replaced).toBeUndefined();
  expect(pairing.grantOf("1")).toEqual(plain);
});

test("an id that only the grants name is nobody, and its revocation removes what is left of it", () => {
  const store = aStoreOf(["2"], { "1": { profile: "friend" } });
  const { pairing } = aPairing({ store });
  expect([pairing.isApproved("1"), pairing.grantOf("1"), approvedIds(pairing)]).toEqual([
    false,
    undefined,
    ["2"],
  ]);
  expect(pairing.ask({ id: "1" })).toMatchObject({ outcome: "created" });
  expect(pairing.revoke("1")).toBe(false);
  expect(store.approvals()).toEqual({ allowFrom: ["2"], grants: {} });
});

test("who was taken out of the list by hand comes back with the grant that stayed, not with more", () => {
  const { pairing } = aPairing({ store: aStoreOf(["1"], { "1": { profile: "kids" } }) });
  expect(pairing.grantOf("1")).toEqual({ profile: "kids", until: null });
});

test.each([
  ["a misspelt end", { "1": { profile: "friend", untill: "2026-01-02T00:00:00Z" } }],
  ["an end that is no time", { "1": { until: "next week" } }],
  ["an end absurdly far ahead", { "1": { until: "9999-12-31T00:00:00.000Z" } }],
  ["no profile's name", { "1": { profile: "Friend!" } }],
  ["nothing", { "1": null }],
  ["two spellings that contradict each other", { "1": { profile: "a" }, "TEST:1": { profile: "b" } }],
  ["two spellings that agree", { "1": { profile: "a" }, "test:1": { profile: "a" } }],
])("a grant with %s approves nobody, concerns nobody else, and stays for whoever mends it", (_, grants) => {
  const store = aStoreOf(["1", "2"], { ...grants, "2": { profile: "friend" } });
  const { pairing, paired, logger } = aPairing({ store });
  expect(pairing.isApproved("1")).toBe(false);
  expect(() => pairing.grantOf("1")).toThrow(corrupt);
  expect(pairing.approved()).toEqual([{ id: "2", profile: "friend", until: null }]);
  const code = paired("1");
  pairing.approveId("3");
  expect(store.approvals()).toEqual({
    allowFrom: ["1", "2", "3"],
    grants: { ...grants, "2": { profile: "friend" } },
  });
  expect(logger.lines.some(({ level, fields }) => level === "warn" && fields["count"] === 1)).toBe(true);
  // The code works, and what it approves takes the place of what was not understood.
  expect(pairing.list()).toHaveLength(1);
  expect(pairing.approve(code, { profile: "kids" })).toEqual({
    id: "1",
    meta: {},
    grant: { profile: "kids", until: null },
  });
  expect(pairing.grantOf("1")).toEqual({ profile: "kids", until: null });
});

test.each(["two words", "*", "", "0"])(
  "a grant for %j, which is nobody, frees nobody: the file is not trusted",
  (name) => {
    const { pairing } = aPairing({ store: aStoreOf(["1"], { [name]: { profile: "kids" } }) });
    for (const look of [
      () => pairing.isApproved("1"),
      () => pairing.grantOf("1"),
      () => pairing.approved(),
      () => pairing.approveId("2"),
      () => pairing.ask({ id: "3" }),
    ])
      expect(look).toThrow(corrupt);
  },
);

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "%s holds a grant like any other id",
  (id) => {
    const { pairing, store } = aPairing();
    pairing.approveId("1");
    pairing.approveId(id, { profile: "kids" });
    expect(pairing.grantOf(id)).toEqual({ profile: "kids", until: null });
    expect(pairing.grantOf("1")).toEqual(plain);
    expect(pairing.grantOf("valueOf")).toBeUndefined();
    expect(Object.keys(store.approvals().grants)).toEqual([id]);
    pairing.revoke(id);
    expect(store.approvals()).toEqual({ allowFrom: ["1"], grants: {} });
  },
);

test("a clock that is set back lends nobody more than the rest of it, and what was taken out stays out", async () => {
  const { pairing, clock } = aPairing();
  pairing.approveId("1", { until: start + hour });
  await clock.advance(hour);
  await clock.advance(-minute);
  expect(pairing.isApproved("1")).toBe(true);
  await clock.advance(minute);
  pairing.ask({ id: "2" });
  await clock.advance(-minute);
  expect(pairing.isApproved("1")).toBe(false);
});
