import { fakeClock } from "@clawd/kernel/testing";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { aDecision, aDirectory } from "../test/builders.ts";
import { openStore, openStoreReader, type AuditHead, type AuditVerification, type Store } from "./index.ts";
import { memoryStore } from "./testing.ts";

function aStore(directory = aDirectory(), clock = fakeClock(1000)): Store {
  const store = openStore({ directory, clock });
  onTestFinished(() => store.close());
  return store;
}

/** A closed store of ten records of senders 1 to 10. */
function tenRecords(): { readonly directory: string; readonly heads: readonly AuditHead[] } {
  const directory = aDirectory();
  const store = aStore(directory);
  const heads = Array.from({ length: 10 }, (_, index) =>
    store.audit.append(aDecision({ sender: String(index + 1) })),
  );
  store.close();
  return { directory, heads };
}

/** What somebody does who can write to the file: the triggers go first. */
function tamper(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, "gateway.sqlite"));
  database.exec(
    `DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_in_order; ${sql}`,
  );
  database.close();
}

function verify(directory: string, known?: AuditHead): AuditVerification | undefined {
  const reader = openStoreReader({ directory });
  try {
    return reader?.audit.verify(known);
  } finally {
    reader?.close();
  }
}

describe("append", () => {
  test("numbers records from 1 and binds each to the one before", () => {
    const store = aStore();
    const first = store.audit.append(aDecision());
    const second = store.audit.append(aDecision());
    expect([first.seq, second.seq]).toEqual([1, 2]);
    expect(first.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(second.hash).not.toBe(first.hash);
    expect(store.audit.head()).toEqual(second);
  });

  test("keeps every field, with null for what the entry leaves out", () => {
    const store = aStore();
    store.audit.append(aDecision({ detail: { attempts: 2 } }));
    store.audit.append({ kind: "gateway-started" });
    expect([...store.audit.list()]).toMatchObject([
      {
        seq: 1, time: 1000, kind: "access-decision", provider: "irc", account: "default", chat: { kind: "dm", id: "42" },
        sender: "42", session: null, agent: null, effect: "deny", code: "sender-not-listed",
        rules: [{ path: "irc.dmPolicy" }], policy: "sha256:00", detail: { attempts: 2 },
      },
      { seq: 2, kind: "gateway-started", provider: null, rules: [], detail: null },
    ]); // prettier-ignore
  });

  test("takes any value, within bounds", () => {
    const store = aStore();
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const hostile = [
      "\ud800", "\0", "\u202e", "__proto__", "x".repeat(1_000_000), cyclic, () => 1, Symbol("s"), 10n, Number.NaN, undefined,
      JSON.parse('{"__proto__":{"kind":"forged"},"a":1}'), Array.from({ length: 10_000 }, () => "y"),
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index])),
    ]; // prettier-ignore
    for (const value of hostile) {
      store.audit.append(aDecision({ sender: value as string, detail: value as string }));
    }
    const records = [...store.audit.list()];
    expect(records).toHaveLength(hostile.length);
    expect(records.every(({ kind }) => kind === "access-decision")).toBe(true);
    expect(Math.max(...records.map((record) => JSON.stringify(record).length))).toBeLessThan(10_000);
    expect(store.audit.verify().ok).toBe(true);
  });

  test.each([
    ["changed", "UPDATE audit SET record = '{}' WHERE seq = 3"],
    ["removed", "DELETE FROM audit WHERE seq = 3"],
    ["replaced", "INSERT OR REPLACE INTO audit VALUES (3, 1000, '{}', 'x')"],
    ["put in ahead", "INSERT INTO audit VALUES (12, 1000, '{}', 'x')"],
    ["put in behind", "INSERT INTO audit VALUES (0, 1000, '{}', 'x')"],
  ])("a record cannot be %s by a statement", (_, sql) => {
    const { directory } = tenRecords();
    const database = new DatabaseSync(join(directory, "gateway.sqlite"));
    expect(() => database.exec(sql)).toThrow("append-only");
    database.close();
    expect(verify(directory)).toMatchObject({ ok: true, count: 10 });
  });
});

describe("verify", () => {
  test("passes an untouched record and names its newest place", () => {
    const { directory, heads } = tenRecords();
    expect(verify(directory)).toEqual({ ok: true, count: 10, head: heads[9] });
  });

  test("passes an empty record", () => {
    expect(aStore().audit.verify()).toMatchObject({ ok: true, count: 0 });
  });

  test.each([
    [
      "a changed text",
      'UPDATE audit SET record = replace(record, \'"sender":"4"\', \'"sender":"5"\') WHERE seq = 4',
      4,
    ],
    ["a changed time", "UPDATE audit SET time = 5 WHERE seq = 4", 4],
    ["a changed hash", "UPDATE audit SET hash = replace(hash, substr(hash, 1, 1), 'z') WHERE seq = 4", 4],
    ["a removed record", "DELETE FROM audit WHERE seq = 4", 4],
    ["a removed first record", "DELETE FROM audit WHERE seq = 1", 1],
    ["a removed last record", "DELETE FROM audit WHERE seq = 10", 10],
    ["a removed second half", "DELETE FROM audit WHERE seq > 5", 6],
    ["everything removed", "DELETE FROM audit", 1],
    ["a record put in before the first", "INSERT INTO audit VALUES (0, 1000, '{}', 'x')", 0],
    [
      "a record put in at the end",
      "INSERT INTO audit SELECT 11, time, record, hash FROM audit WHERE seq = 10",
      11,
    ],
    [
      "a removed record with the rest moved up",
      "DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = seq - 1 WHERE seq > 4",
      4,
    ],
    [
      "two records in each other's place",
      "UPDATE audit SET seq = 99 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 99",
      4,
    ],
    ["text that is no JSON", "UPDATE audit SET record = 'x' WHERE seq = 4", 4],
  ])("names the first bad record after %s", (_, sql, badSeq) => {
    const { directory } = tenRecords();
    tamper(directory, sql);
    expect(verify(directory)).toMatchObject({ ok: false, badSeq, reason: expect.any(String) });
  });

  test("goes on failing after a gateway has started again and appended to a cut-off record", () => {
    const { directory } = tenRecords();
    tamper(directory, "DELETE FROM audit WHERE seq > 5");
    const store = aStore(directory);
    for (let n = 0; n < 600; n++) store.audit.append(aDecision());
    store.close();
    expect(verify(directory)).toMatchObject({ ok: false, badSeq: 10 });
  });

  test.each([
    ["missing", (path: string) => rmSync(path)],
    ["unreadable", (path: string) => writeFileSync(path, "{}")],
    ["not JSON", (path: string) => writeFileSync(path, "\0")],
  ])("fails when the anchor is %s, also after the next start", (_, damage) => {
    const { directory } = tenRecords();
    damage(join(directory, "audit-head.json"));
    expect(verify(directory)).toMatchObject({
      ok: false,
      reason: expect.stringContaining("audit-head.json"),
    });
    const store = aStore(directory);
    store.audit.append(aDecision());
    store.close();
    expect(verify(directory)).toMatchObject({
      ok: false,
      reason: expect.stringContaining("audit-head.json"),
    });
  });

  test("a head noted elsewhere exposes a record rewritten together with its anchor", () => {
    const { directory, heads } = tenRecords();
    const forged = tenRecords();
    const other = aStore(aDirectory());
    for (let n = 0; n < 10; n++) other.audit.append(aDecision({ sender: "forged" }));
    const rewritten = [...other.audit.list()].at(-1)!;
    expect(verify(forged.directory, { seq: rewritten.seq, hash: rewritten.hash })).toMatchObject({
      ok: false,
      badSeq: 10,
    });
    expect(verify(directory, heads[4])).toMatchObject({ ok: true });
    expect(verify(directory, { seq: 11, hash: "0".repeat(64) })).toMatchObject({ ok: false, badSeq: 11 });
  });

  test("works in memory", () => {
    const store = memoryStore({ clock: fakeClock() });
    onTestFinished(() => store.close());
    for (let n = 0; n < 1200; n++) store.audit.append(aDecision());
    expect(store.audit.verify()).toMatchObject({ ok: true, count: 1200 });
  });
});

describe("the anchor", () => {
  const anchoredSeq = (directory: string) =>
    (JSON.parse(readFileSync(join(directory, "audit-head.json"), "utf8")) as { seq: number }).seq;

  test("is written at the first start, after 256 records, after a minute, and at close", async () => {
    const directory = aDirectory();
    const clock = fakeClock(1000);
    const store = aStore(directory, clock);
    expect(anchoredSeq(directory)).toBe(0);
    for (let n = 0; n < 255; n++) store.audit.append(aDecision());
    expect(anchoredSeq(directory)).toBe(0);
    store.audit.append(aDecision());
    expect(anchoredSeq(directory)).toBe(256);
    store.audit.append(aDecision());
    await clock.advance(60_000);
    store.audit.append(aDecision());
    expect(anchoredSeq(directory)).toBe(258);
    store.audit.append(aDecision());
    store.close();
    expect(anchoredSeq(directory)).toBe(259);
    expect(statSync(join(directory, "audit-head.json")).mode & 0o777).toBe(0o600);
  });

  test("never runs ahead of what was committed", () => {
    const directory = aDirectory();
    const store = aStore(directory);
    expect(() =>
      store.transaction(() => {
        for (let n = 0; n < 300; n++) store.audit.append(aDecision());
        throw new Error("rolled back");
      }),
    ).toThrow("rolled back");
    expect(anchoredSeq(directory)).toBe(0);
    expect(store.audit.verify()).toMatchObject({ ok: true, count: 0 });
  });
});

describe("list", () => {
  test("filters, and limits to the newest", async () => {
    const clock = fakeClock(1000);
    const store = aStore(aDirectory(), clock);
    for (const sender of ["1", "2", "1", "2", "1"]) {
      store.audit.append(aDecision({ sender, session: `s${sender}` }));
      await clock.advance(10);
    }
    const seqs = (query: Parameters<typeof store.audit.list>[0]) =>
      [...store.audit.list(query)].map(({ seq }) => seq);
    expect(seqs({})).toEqual([1, 2, 3, 4, 5]);
    expect(seqs({ since: 1020 })).toEqual([3, 4, 5]);
    expect(seqs({ sender: "1" })).toEqual([1, 3, 5]);
    expect(seqs({ sender: "1", limit: 2 })).toEqual([3, 5]);
    expect(seqs({ session: "s2", provider: "irc", kind: "access-decision" })).toEqual([2, 4]);
    expect(seqs({ kind: "other" })).toEqual([]);
    expect(seqs({ limit: 0 })).toEqual([]);
  });

  test("reads on while the gateway appends", () => {
    const store = aStore();
    store.transaction(() => {
      for (let n = 0; n < 700; n++) store.audit.append(aDecision());
    });
    let count = 0;
    for (const { seq } of store.audit.list()) {
      expect(seq).toBe(++count);
      if (count === 10) store.audit.append(aDecision());
    }
    expect(count).toBe(701);
  });
});
