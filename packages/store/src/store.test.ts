import { fakeClock } from "@clawd/kernel/testing";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { aDecision, aDirectory, aMessage, anEvent } from "../test/builders.ts";
import { memoryAnchor } from "./anchor.ts";
import { openDatabase } from "./database.ts";
import { openStore, openStoreReader, type Store } from "./index.ts";
import { storeOn } from "./store.ts";

function aStore(directory = aDirectory()): Store {
  const store = openStore({ directory, clock: fakeClock() });
  onTestFinished(() => store.close());
  return store;
}

function modesIn(directory: string): Record<string, string> {
  const names = readdirSync(directory);
  return Object.fromEntries(
    names.map((name) => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)]),
  );
}

describe("files", () => {
  test("are 0600 in 0700 while in use, even under an open umask", () => {
    const directory = join(aDirectory(), "state", "deep");
    const umask = process.umask(0);
    try {
      const store = aStore(directory);
      store.inbox.put(anEvent());
      store.audit.append(aDecision());
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      expect(modesIn(directory)).toEqual({
        "audit-head.json": "600",
        "gateway.lock": "600",
        "gateway.sqlite": "600",
        "gateway.sqlite-shm": "600",
        "gateway.sqlite-wal": "600",
      });
    } finally {
      process.umask(umask);
    }
  });

  test("stay 0600 when only a reader opens them", () => {
    const directory = aDirectory();
    aStore(directory).close();
    const umask = process.umask(0);
    try {
      const reader = openStoreReader({ directory });
      reader?.outbox.counts();
      expect(new Set(Object.values(modesIn(directory)))).toEqual(new Set(["600"]));
      reader?.close();
    } finally {
      process.umask(umask);
    }
  });

  test("hold no trace of a body that was finished and a text that was pruned", () => {
    const directory = aDirectory();
    const store = aStore(directory);
    for (let n = 0; n < 50; n++) {
      const { id } = store.inbox.put(
        anEvent({ eventId: `in ${n}`, body: JSON.stringify(`canary ${"x".repeat(n * 50)}`) }),
      );
      store.outbox.enqueue(aMessage({ deliveryId: `out ${n}`, text: `canary ${"y".repeat(n * 50)}` }));
      const [message] = store.outbox.due(0);
      store.outbox.beginSend(message!.id, null);
      store.outbox.sent(message!.id, "m1");
      store.inbox.finish(id);
    }
    store.outbox.prune({ textBefore: Number.MAX_SAFE_INTEGER, entryBefore: 0 });
    store.close();
    for (const name of readdirSync(directory)) {
      expect(readFileSync(join(directory, name), "latin1")).not.toContain("canary");
    }
  });
});

describe("opening", () => {
  test("finds again what was stored before", () => {
    const directory = aDirectory();
    const first = aStore(directory);
    first.inbox.put(anEvent({ eventId: "kept" }));
    first.outbox.enqueue(aMessage());
    const head = first.audit.append(aDecision());
    first.close();
    const second = aStore(directory);
    expect(second.inbox.pending().map(({ eventId }) => eventId)).toEqual(["kept"]);
    expect(second.outbox.due(0)).toMatchObject([{ deliveryId: "delivery-1", text: "hello" }]);
    expect(second.audit.head()).toEqual(head);
  });

  test("fails with CLAWD_STATE_IN_USE while another gateway of this process has the directory", () => {
    const directory = aDirectory();
    const store = aStore(directory);
    expect(() => openStore({ directory, clock: fakeClock() })).toThrow(
      expect.objectContaining({
        code: "CLAWD_STATE_IN_USE",
        hint: expect.stringContaining("CLAWDBOT_STATE_DIR"),
      }),
    );
    // The failed attempt must not have dropped the lock of the first.
    expect(() => openStore({ directory, clock: fakeClock() })).toThrow(/Another gateway/);
    store.close();
    store.close();
    expect(aStore(directory).inbox.pending()).toEqual([]);
  });

  test("fails while another process has the directory, and works once that was killed", async () => {
    const directory = aDirectory();
    const holder = spawn(
      process.execPath,
      ["--conditions=@clawd/source", join(import.meta.dirname, "../test/hold.ts"), directory],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    await once(holder.stdout, "data");
    expect(() => aStore(directory)).toThrow(expect.objectContaining({ code: "CLAWD_STATE_IN_USE" }));
    expect(openStoreReader({ directory })?.audit.verify()).toMatchObject({ ok: true, count: 1 });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(aStore(directory).audit.verify()).toMatchObject({ ok: true, count: 1 });
  });

  test.each([
    ["text", "this is not a database, but long enough to be taken for one ".repeat(20)],
    ["a cut-off database", undefined],
  ])("refuses %s with CLAWD_STORE_CORRUPT and changes nothing", (_, content) => {
    const directory = aDirectory();
    const path = join(directory, "gateway.sqlite");
    if (content === undefined) {
      aStore(directory).close();
      writeFileSync(path, readFileSync(path).subarray(0, 5000));
    } else writeFileSync(path, content, { mode: 0o600 });
    const before = readFileSync(path);
    expect(() => openStore({ directory, clock: fakeClock() })).toThrow(
      expect.objectContaining({ code: "CLAWD_STORE_CORRUPT", hint: expect.stringContaining("backup") }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(() => openStoreReader({ directory })?.audit.head()).toThrow(
      expect.objectContaining({ code: "CLAWD_STORE_CORRUPT" }),
    );
  });

  test.each([
    ["another program", "CREATE TABLE bookmarks (url TEXT)"],
    ["a newer Clawdbot", "PRAGMA user_version = 99"],
  ])("refuses the database of %s and changes nothing", (_, sql) => {
    const directory = aDirectory();
    const path = join(directory, "gateway.sqlite");
    const other = new DatabaseSync(path);
    other.exec(sql);
    other.close();
    const before = readFileSync(path);
    expect(() => openStore({ directory, clock: fakeClock() })).toThrow(
      expect.objectContaining({ code: "CLAWD_STORE_VERSION" }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("brings a store of the version before to this one, with what is in it", () => {
    const directory = aDirectory();
    const store = aStore(directory);
    store.outbox.enqueue(aMessage());
    store.close();
    const file = new DatabaseSync(join(directory, "gateway.sqlite"));
    file.exec("DROP INDEX outbox_files; PRAGMA user_version = 2");
    file.close();
    const { outbox } = aStore(directory);
    outbox.enqueue(
      aMessage({ deliveryId: "2", files: [{ digest: "aa", name: "a", mimeType: "a/b", size: 1 }] }),
    );
    expect(outbox.counts()).toMatchObject({ queued: 2 });
    expect(outbox.filesWaiting()).toEqual(new Set(["aa"]));
  });

  test.each([
    ["the directory is a file", (directory: string) => writeFileSync(join(directory, "state"), "")],
    [
      "the database is a directory",
      (directory: string) => mkdirSync(join(directory, "state", "gateway.sqlite"), { recursive: true }),
    ],
  ])("fails with CLAWD_FILE_WRITE when %s, and holds no lock afterwards", (_, arrange) => {
    const directory = aDirectory();
    arrange(directory);
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(() => openStore({ directory: join(directory, "state"), clock: fakeClock() })).toThrow(
        expect.objectContaining({ code: "CLAWD_FILE_WRITE" }),
      );
    }
  });
});

describe("a transaction", () => {
  test("stores everything or nothing", () => {
    const store = aStore();
    store.audit.append(aDecision({ code: "before" }));
    expect(() =>
      store.transaction(() => {
        store.inbox.put(anEvent());
        store.outbox.enqueue(aMessage());
        store.audit.append(aDecision());
        throw new Error("crash");
      }),
    ).toThrow("crash");
    expect(store.inbox.count()).toBe(0);
    expect(store.outbox.counts().queued).toBe(0);
    store.audit.append(aDecision({ code: "after" }));
    expect([...store.audit.list()].map(({ seq, code }) => [seq, code])).toEqual([
      [1, "before"],
      [2, "after"],
    ]);
    expect(store.audit.verify().ok).toBe(true);
  });

  test("gives back what the work returns", () => {
    expect(aStore().transaction(() => "value")).toBe("value");
  });

  test("undoes an inner one alone, and the chain goes on from the right place", () => {
    const store = aStore();
    store.transaction(() => {
      store.audit.append(aDecision({ code: "outer" }));
      expect(() =>
        store.transaction(() => {
          store.audit.append(aDecision({ code: "inner" }));
          throw new Error("inner");
        }),
      ).toThrow("inner");
      store.transaction(() => store.audit.append(aDecision({ code: "second" })));
    });
    expect([...store.audit.list()].map(({ code }) => code)).toEqual(["outer", "second"]);
    expect(store.audit.verify().ok).toBe(true);
  });

  test("that lost its database transaction on the way stores nothing more and says so", () => {
    const database = openDatabase(":memory:");
    const store = storeOn(database, fakeClock(), memoryAnchor(), () => {});
    onTestFinished(() => store.close());
    expect(() =>
      store.transaction(() => {
        store.audit.append(aDecision());
        // What SQLite does by itself on some faults, when the caller then ignores the fault.
        database.execute("ROLLBACK");
      }),
    ).toThrow(expect.objectContaining({ code: "CLAWD_STORE_MISUSE" }));
    expect(store.audit.head().seq).toBe(0);
    expect(store.transaction(() => store.audit.append(aDecision())).seq).toBe(1);
  });

  test("refuses asynchronous work and stores nothing of it", () => {
    const store = aStore();
    expect(() =>
      store.transaction(() => {
        store.inbox.put(anEvent());
        return Promise.resolve();
      }),
    ).toThrow(expect.objectContaining({ code: "CLAWD_STORE_MISUSE" }));
    expect(store.inbox.count()).toBe(0);
  });
});

describe("a full disk", () => {
  /** A store that may grow by two pages. */
  function aFullStore(): Store {
    const database = openDatabase(join(aDirectory(), "full.sqlite"));
    const store = storeOn(database, fakeClock(), memoryAnchor(), () => {});
    onTestFinished(() => store.close());
    const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
    database.execute(`PRAGMA max_page_count = ${pages + 2}`);
    return store;
  }
  const large = JSON.stringify("x".repeat(100_000));

  test("is CLAWD_DISK_FULL, keeps what was acknowledged, and smaller things still fit", () => {
    const store = aFullStore();
    store.inbox.put(anEvent({ eventId: "small" }));
    expect(() => store.inbox.put(anEvent({ eventId: "large", body: large }))).toThrow(
      expect.objectContaining({ code: "CLAWD_DISK_FULL" }),
    );
    expect(store.inbox.pending().map(({ eventId }) => eventId)).toEqual(["small"]);
    store.audit.append(aDecision());
    expect(store.audit.verify()).toMatchObject({ ok: true, count: 1 });
  });

  test("undoes the whole transaction, with its own fault and the chain intact", () => {
    const store = aFullStore();
    expect(() =>
      store.transaction(() => {
        store.audit.append(aDecision());
        store.inbox.put(anEvent({ body: large }));
      }),
    ).toThrow(expect.objectContaining({ code: "CLAWD_DISK_FULL" }));
    store.audit.append(aDecision());
    expect(store.audit.verify()).toMatchObject({ ok: true, count: 1 });
  });
});

describe("a reader", () => {
  test("is undefined where nothing was stored, and makes nothing", () => {
    const directory = aDirectory();
    expect(openStoreReader({ directory })).toBeUndefined();
    expect(openStoreReader({ directory: join(directory, "absent") })).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
    writeFileSync(join(directory, "gateway.sqlite"), "");
    expect(openStoreReader({ directory })).toBeUndefined();
  });

  test("sees what a running gateway stored a moment ago, and cannot write", () => {
    const directory = aDirectory();
    const store = aStore(directory);
    const reader = openStoreReader({ directory });
    onTestFinished(() => reader?.close());
    store.transaction(() => {
      store.inbox.put(anEvent());
      store.outbox.enqueue(aMessage());
    });
    store.audit.append(aDecision());
    expect(reader?.inbox.count()).toBe(1);
    expect(reader?.outbox.counts()).toEqual({ queued: 1, sending: 0, unsettled: 0, sent: 0, rejected: 0 });
    expect([...(reader?.audit.list() ?? [])]).toHaveLength(1);
    expect(reader?.audit.verify()).toMatchObject({ ok: true, count: 1 });
    expect(reader?.damage()).toEqual([]);
    expect(Object.keys(reader ?? {})).not.toContain("transaction");
  });

  test("names the damage of a file whose middle was overwritten", () => {
    const directory = aDirectory();
    const store = aStore(directory);
    store.transaction(() => {
      for (let i = 0; i < 500; i++) store.audit.append(aDecision({ sender: String(i) }));
    });
    store.close();
    const path = join(directory, "gateway.sqlite");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x5a, bytes.length - 4096 * 5, bytes.length - 4096 * 2));
    const reader = openStoreReader({ directory });
    onTestFinished(() => reader?.close());
    expect(reader?.damage()).not.toEqual([]);
  });

  test("refuses a store of another version", () => {
    const directory = aDirectory();
    aStore(directory).close();
    const file = new DatabaseSync(join(directory, "gateway.sqlite"));
    file.exec("PRAGMA user_version = 99");
    file.close();
    expect(() => openStoreReader({ directory })).toThrow(
      expect.objectContaining({ code: "CLAWD_STORE_VERSION" }),
    );
  });
});
