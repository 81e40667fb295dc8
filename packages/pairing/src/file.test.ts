import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aPairing, approvedIds, inDirectory, minute } from "../test/a-pairing.ts";
import { type Disk, realDisk } from "./disk.ts";
import { filePairingStore } from "./file.ts";
import { pairingStoreConformance } from "./testing.ts";

pairingStoreConformance({
  name: "file",
  test,
  create() {
    const directory = mkdtempSync(join(tmpdir(), "pairing-"));
    return {
      open: () => filePairingStore({ directory, provider: "telegram" }),
      dispose: () => rmSync(directory, { recursive: true }),
    };
  },
});

const corrupt = expect.objectContaining({ code: "CLAWD_PAIRING_CORRUPT", hint: expect.any(String) });
const time = "2026-01-01T00:00:00.000Z";

/** Pairing over the files of a directory. */
function inFiles<Result>(
  run: (
    files: ReturnType<typeof aPairing> & {
      readonly directory: string;
      readonly path: (name: string) => string;
      readonly open: typeof aPairing;
    },
  ) => Result,
): Result {
  return inDirectory((directory) => {
    const open: typeof aPairing = (options) =>
      aPairing({ store: filePairingStore({ directory, provider: "telegram" }), ...options });
    return run({ ...open(), directory, open, path: (name) => join(directory, name) });
  });
}

const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

test("the files have the documented names and exactly the documented shape", () =>
  inFiles(({ pairing, paired, path }) => {
    const code = paired("1");
    pairing.ask({ id: "2", meta: { username: "ann" } });
    expect(readFileSync(path("telegram-pairing.json"), "utf8")).toBe(
      `${JSON.stringify(
        {
          version: 1,
          requests: [
            { id: "1", code, createdAt: time, lastSeenAt: time, meta: {} },
            {
              id: "2",
              code: pairing.list()[1]?.code,
              createdAt: time,
              lastSeenAt: time,
              meta: { username: "ann" },
            },
          ],
        },
        null,
        2,
      )}\n`,
    );
    pairing.approve(code);
    expect(readFileSync(path("telegram-allowFrom.json"), "utf8")).toBe(
      '{\n  "version": 1,\n  "allowFrom": [\n    "1"\n  ]\n}\n',
    );
  }));

const end = Date.UTC(2026, 0, 8);
const friend = { profile: "friend", until: end };
const allowFile = "telegram-allowFrom.json";

test("profile and end stand beside the documented list, and go when nobody has one", () =>
  inFiles(({ pairing, path }) => {
    pairing.approveId("1", friend);
    pairing.approveId("2");
    pairing.approveId("3", { profile: "kids" });
    const entries = {
      "1": { profile: "friend", until: "2026-01-08T00:00:00.000Z" },
      "3": { profile: "kids" },
    };
    expect(readFileSync(path(allowFile), "utf8")).toBe(
      `${JSON.stringify({ version: 1, allowFrom: ["1", "2", "3"], grants: entries }, null, 2)}\n`,
    );
    pairing.approveId("1");
    pairing.revoke("3");
    expect(readFileSync(path(allowFile), "utf8")).toBe(
      `${JSON.stringify({ version: 1, allowFrom: ["1", "2"] }, null, 2)}\n`,
    );
  }));

test("files are 0600 and their directory 0700, even under umask 000", () =>
  inDirectory((parent) => {
    const directory = join(parent, "state", "credentials");
    const umask = process.umask(0);
    try {
      const { pairing, paired } = aPairing({ store: filePairingStore({ directory, provider: "telegram" }) });
      pairing.approve(paired("1"));
    } finally {
      process.umask(umask);
    }
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    const names = readdirSync(directory);
    expect(names.sort()).toEqual([
      "telegram-allowFrom.json",
      "telegram-pairing.json",
      "telegram-pairing.lock",
      "telegram-pairing.notes.json",
    ]);
    expect(names.map((name) => modeOf(join(directory, name)))).toEqual(names.map(() => 0o600));
    expect([directory, join(parent, "state")].map(modeOf)).toEqual([0o700, 0o700]);
  }));

test("reading makes no file and no directory", () =>
  inDirectory((parent) => {
    const directory = join(parent, "credentials");
    const { pairing } = aPairing({ store: filePairingStore({ directory, provider: "telegram" }) });
    expect([pairing.list(), pairing.waiting(), pairing.approved(), pairing.isApproved("1")]).toEqual([
      [],
      [],
      [],
      false,
    ]);
    expect(readdirSync(parent)).toEqual([]);
  }));

test("an approval on one account admits nobody on another", () =>
  inDirectory((directory) => {
    const on = (provider: string, account?: string) =>
      aPairing({
        store: filePairingStore({ directory, provider, ...(account === undefined ? {} : { account }) }),
      });
    const production = on("telegram");
    for (const other of [on("telegram", "test"), on("discord")]) {
      const code = other.paired("1");
      expect(production.pairing.approve(code)).toBeUndefined();
      other.pairing.approve(code);
    }
    expect(production.pairing.isApproved("1")).toBe(false);
    ["1", "2", "3"].forEach(production.paired);
    expect(on("telegram", "test").pairing.ask({ id: "4" })).toMatchObject({ outcome: "created" });
  }));

const broken = [
  ["cut off", '{"version":1,"requests":[{"id":"1"'],
  ["empty", ""],
  ["null", "null"],
  ["a list", "[]"],
  ["of a later version", '{"version":2,"requests":[],"allowFrom":[],"answers":[]}'],
  ["without its list", '{"version":1}'],
  [
    "with a number for an id",
    '{"version":1,"requests":[{"id":7}],"allowFrom":[7],"answers":[{"id":7}],"waiting":[],"wrongCodes":{"count":0,"lastAt":null}}',
  ],
] as const;

test.each(broken)("a file that is %s is an error, and stays as it is", (_, text) => {
  for (const name of ["telegram-pairing.json", "telegram-allowFrom.json", "telegram-pairing.notes.json"]) {
    inFiles(({ path, open, directory }) => {
      writeFileSync(path(name), text);
      const { pairing } = open();
      expect(() => pairing.ask({ id: "1" })).toThrow(corrupt);
      expect(() => pairing.approve("ABCD2345")).toThrow(corrupt);
      expect(() => pairing.approveId("1")).toThrow(corrupt);
      expect(() => pairing.revoke("1")).toThrow(corrupt);
      expect(() => pairing.list()).toThrow(corrupt);
      expect(readFileSync(path(name), "utf8")).toBe(text);
      expect(readdirSync(directory)).toEqual([name]);
    });
  }
});

test("what cannot be read is an error like what cannot be parsed, and nobody is approved by it", () =>
  inFiles(({ path, open }) => {
    mkdirSync(path("telegram-allowFrom.json"));
    expect(() => open().pairing.isApproved("1")).toThrow(corrupt);
    expect(() => open().pairing.approveId("1")).toThrow(corrupt);
    const denied: Disk = {
      ...realDisk,
      read() {
        throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
      },
    };
    const store = filePairingStore({ directory: path("other"), provider: "telegram", disk: denied });
    expect(() => open({ store }).pairing.isApproved("1")).toThrow(corrupt);
  }));

test("the error names the file and quotes nothing of it", () =>
  inFiles(({ path, open }) => {
    writeFileSync(path("telegram-pairing.json"), "ABCD2345");
    expect(() => open().pairing.list()).toThrow(/telegram-pairing\.json: it is not JSON\.$/);
    expect(() => open().pairing.list()).not.toThrow(/ABCD/);
  }));

test("people who were approved are known though the other files are broken", () =>
  inFiles(({ pairing, path }) => {
    pairing.approveId("1");
    writeFileSync(path("telegram-pairing.json"), "{");
    writeFileSync(path("telegram-pairing.notes.json"), "{");
    expect(pairing.isApproved("1")).toBe(true);
    expect(pairing.isApproved("2")).toBe(false);
  }));

test("a file that breaks while the gateway runs stops counting at the next message", () =>
  inFiles(({ pairing, path }) => {
    pairing.approveId("1");
    expect(pairing.isApproved("1")).toBe(true);
    writeFileSync(path("telegram-allowFrom.json"), "{");
    expect(() => pairing.isApproved("1")).toThrow(corrupt);
    unlinkSync(path("telegram-allowFrom.json"));
    expect(pairing.isApproved("1")).toBe(false);
  }));

test("what a person added to a file stays there", () =>
  inFiles(({ path, open, clock }) => {
    const request = {
      note: "my aunt",
      id: "1",
      code: "ABCD2345",
      createdAt: time,
      lastSeenAt: time,
      __proto__x: 1,
    };
    writeFileSync(
      path("telegram-pairing.json"),
      JSON.stringify({ version: 1, comment: ["a"], requests: [request] }),
    );
    writeFileSync(
      path("telegram-allowFrom.json"),
      JSON.stringify({ comment: "b", version: 1, allowFrom: ["test:9"] }),
    );
    const { pairing, paired } = open({ clock });
    pairing.approve(paired("2"));
    expect(json(path("telegram-pairing.json"))).toEqual({
      version: 1,
      comment: ["a"],
      requests: [{ ...request, meta: {} }],
    });
    expect(json(path("telegram-allowFrom.json"))).toEqual({
      version: 1,
      comment: "b",
      allowFrom: ["test:9", "2"],
    });
    expect(pairing.isApproved("9")).toBe(true);
    expect(pairing.approve("ABCD2345")?.id).toBe("1");
  }));

test("a hand-edited request may lack what is not needed, and without a code or a time it is none", () =>
  inFiles(({ path, open }) => {
    const requests = [
      { id: "1", code: "abcd2345", createdAt: time },
      { id: "2", code: " ", createdAt: time },
      { id: "3", code: "ABCD2347" },
    ];
    writeFileSync(path("telegram-pairing.json"), JSON.stringify({ version: 1, requests }));
    const { pairing } = open();
    expect(pairing.list()).toEqual([
      { id: "1", code: "abcd2345", createdAt: time, lastSeenAt: time, meta: {} },
    ]);
    expect(pairing.ask({ id: "2" })).toMatchObject({ outcome: "created" });
    expect(pairing.approve("ABCD2345")?.id).toBe("1");
  }));

test("a person approves by writing an id, bounds it by writing a grant, and takes it out by removing the id", () =>
  inFiles(({ pairing, path }) => {
    const write = (document: object) =>
      writeFileSync(path(allowFile), JSON.stringify({ version: 1, ...document }));
    write({ allowFrom: ["1"] });
    expect(pairing.grantOf("1")).toEqual({ profile: null, until: null });
    write({ comment: "x", grants: { "test:1": { until: "2026-01-08T00:00Z" } }, allowFrom: ["1"] });
    expect(pairing.grantOf("1")).toEqual({ profile: null, until: end });
    pairing.approveId("2", { profile: "kids" });
    expect(json(path(allowFile))).toEqual({
      version: 1,
      comment: "x",
      allowFrom: ["1", "2"],
      grants: { "test:1": { until: "2026-01-08T00:00Z" }, "2": { profile: "kids" } },
    });
    write({ allowFrom: ["2"], grants: { "1": { profile: "friend" } } });
    expect([pairing.isApproved("1"), pairing.grantOf("1")]).toEqual([false, undefined]);
  }));

test.each([
  ["a list", "[]"],
  ["a text", '"1"'],
  ["null", "null"],
])("grants that are %s approve nobody, also nobody who has none", (_, grants) =>
  inFiles(({ pairing, path }) => {
    writeFileSync(path(allowFile), `{"version":1,"allowFrom":["1"],"grants":${grants}}`);
    for (const look of [
      () => pairing.isApproved("1"),
      () => pairing.approveId("2"),
      () => pairing.approved(),
    ])
      expect(look).toThrow(corrupt);
  }),
);

test.each(["grant", "Grants", "gRants", "grnats", "grantss"])(
  "a file that says %j has nobody approved",
  (name) =>
    inFiles(({ pairing, path }) => {
      const grants = { "1": { until: "2026-01-02T00:00Z" } };
      writeFileSync(path(allowFile), JSON.stringify({ version: 1, allowFrom: ["1"], [name]: grants }));
      expect(() => pairing.isApproved("1")).toThrow(corrupt);
    }),
);

test("cut off or damaged at any one character, the file lends nobody more than it said", () =>
  inFiles(({ pairing, path, open }) => {
    pairing.approveId("1", friend);
    const text = readFileSync(path(allowFile), "utf8");
    // An id that became another id binds somebody else; that alone no reader can tell.
    const key = text.lastIndexOf('"1"') + 1;
    const damaged = Array.from(text, (_, at) => {
      const [before, after] = [text.slice(0, at), text.slice(at + 1)];
      const changed = [before + after, `${before}x${after}`, `${before}x${text.slice(at)}`];
      return at === key || at === key + 1 ? [before] : [before, ...changed];
    }).flat();
    const held = new Set<string>();
    for (const content of damaged) {
      writeFileSync(path(allowFile), content);
      try {
        held.add(JSON.stringify(open().pairing.grantOf("1")) ?? "nothing");
      } catch {
        held.add("error");
      }
    }
    expect(held).toContain("error");
    expect(held).toContain("nothing");
    expect(held).toContain(JSON.stringify(friend));
    for (const answer of held) {
      if (!answer.startsWith("{")) continue;
      // A letter of a profile makes another profile, which the config does not have.
      expect(JSON.parse(answer)).toEqual({ profile: expect.stringMatching(/^[a-z]+$/), until: end });
    }
  }));

test("the previous release finds nobody in the list whose end a change has passed, and its own changes widen nothing", async () => {
  await inDirectory(async (directory) => {
    const { pairing, clock } = aPairing({ store: filePairingStore({ directory, provider: "telegram" }) });
    const path = join(directory, allowFile);
    interface Document {
      readonly allowFrom: readonly string[];
    }
    /** It reads and writes `allowFrom`, and keeps every other field as it is. */
    const change = (edit: (allowFrom: readonly string[]) => readonly string[]) => {
      const document = json(path) as Document;
      writeFileSync(path, JSON.stringify({ ...document, version: 1, allowFrom: edit(document.allowFrom) }));
    };
    pairing.approveId("1", friend);
    pairing.approveId("2", { profile: "kids" });
    change((ids) => ids.filter((id) => id !== "1"));
    expect(pairing.isApproved("1")).toBe(false);
    change((ids) => [...ids, "1", "3"]);
    expect(pairing.grantOf("1")).toEqual(friend);
    expect(pairing.grantOf("2")).toEqual({ profile: "kids", until: null });
    expect(pairing.grantOf("3")).toEqual({ profile: null, until: null });
    await clock.advance(end - clock.now());
    expect(pairing.grantOf("1")).toBeUndefined();
    pairing.ask({ id: "4" });
    expect((json(path) as Document).allowFrom).toEqual(["2", "3"]);
  });
});

test("a revocation by another process counts at the next message, however fast the file changes back and forth", () =>
  inFiles(({ pairing, open }) => {
    const cli = open().pairing;
    for (let round = 0; round < 20; round++) {
      cli.approveId("1");
      expect(pairing.isApproved("1")).toBe(true);
      cli.approveId("2");
      cli.revoke("1");
      expect(pairing.isApproved("1")).toBe(false);
      cli.revoke("2");
      expect(pairing.isApproved("2")).toBe(false);
    }
  }));

test("a file edited in place, within one tick and with its time set back, is noticed", () =>
  inFiles(({ pairing, path }) => {
    pairing.approveId("1");
    const file = path("telegram-allowFrom.json");
    const { atime, mtime } = statSync(file);
    expect(pairing.isApproved("1")).toBe(true);
    writeFileSync(file, readFileSync(file, "utf8").replace('"1"', '"2"'));
    utimesSync(file, atime, mtime);
    expect(pairing.isApproved("1")).toBe(false);
    expect(pairing.isApproved("2")).toBe(true);
  }));

test("a change does not trust the time of a file, on whatever file system", () =>
  inFiles(({ pairing, open, directory }) => {
    const disk: Disk = { ...realDisk, stamp: () => ({ id: "always the same", isSettled: true }) };
    const blind = open({ store: filePairingStore({ directory, provider: "telegram", disk }) }).pairing;
    blind.approved();
    pairing.approveId("1");
    blind.approveId("2");
    expect(approvedIds(pairing)).toEqual(["1", "2"]);
  }));

test("as long as a settled file is unchanged it is not read again, and a repeat takes no lock", async () =>
  await inDirectory(async (directory) => {
    const calls: string[] = [];
    const disk: Disk = {
      stamp: (path) => ({ ...realDisk.stamp(path), isSettled: true }),
      read(path) {
        calls.push("read");
        return realDisk.read(path);
      },
      replace(path, text) {
        calls.push("replace");
        realDisk.replace(path, text);
      },
      exclusively(path, action) {
        calls.push("lock");
        return realDisk.exclusively(path, action);
      },
    };
    const { pairing, paired, clock } = aPairing({
      store: filePairingStore({ directory, provider: "telegram", disk }),
    });
    ["1", "2", "3"].forEach(paired);
    pairing.approveId("5", { profile: "kids", until: clock.now() + 2 });
    pairing.ask({ id: "4" });
    pairing.ask({ id: "1" });
    calls.length = 0;
    for (let message = 0; message < 50; message++) {
      pairing.ask({ id: "1" });
      pairing.ask({ id: "4" });
      pairing.isApproved("1");
      pairing.grantOf("1");
      expect(pairing.grantOf("5")?.profile).toBe("kids");
    }
    await clock.advance(2);
    expect(pairing.grantOf("5")).toBeUndefined();
    expect(calls).toEqual([]);
    pairing.revoke("5");
    pairing.ask({ id: "1" });
    calls.length = 0;
    await clock.advance(minute);
    pairing.ask({ id: "1" });
    expect(calls.filter((call) => call !== "read")).toEqual(["lock", "replace"]);
  }));

test("a lock file that is something else is an error with a remedy, and nothing is written", () =>
  inFiles(({ pairing, path, directory }) => {
    writeFileSync(path("telegram-pairing.lock"), "not a database, and long enough to be looked at");
    expect(() => pairing.approveId("1")).toThrow(corrupt);
    expect(readdirSync(directory)).toEqual(["telegram-pairing.lock"]);
  }));

test("a full or read-only place is an error, and what was there stays", () =>
  inFiles(({ path, open, pairing }) => {
    pairing.approveId("1");
    symlinkSync("/dev/full", path("nowhere"));
    const store = filePairingStore({ directory: path("nowhere"), provider: "telegram" });
    expect(() => open({ store }).pairing.approveId("2")).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^CLAWD_/) }),
    );
    expect(approvedIds(pairing)).toEqual(["1"]);
  }));
