import { silentLogger } from "@clawd/kernel";
import { fakeClock, recordingLogger, type FakeClock } from "@clawd/kernel/testing";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { aMessage, aStateDir } from "../test/builders.ts";
import { openSessions, openSessionsReader, type Route, type Sessions } from "./index.ts";

const KEY = "agent:main:irc:dm:42";
const route = (id: string): Route => ({
  provider: "irc",
  account: "default",
  chat: { kind: "dm", id, thread: null },
});

interface Setting {
  readonly stateDir: string;
  readonly clock: FakeClock;
  /** Opens the sessions of this directory; a second call is a restart. */
  readonly open: () => Sessions;
  readonly indexPath: string;
  readonly transcriptOf: (sessionId: string) => string;
}

function aSetting(idleMinutes = 60, logger = silentLogger): Setting {
  const stateDir = aStateDir();
  const clock = fakeClock(1_000_000);
  const directory = join(stateDir, "agents", "main", "sessions");
  return {
    stateDir,
    clock,
    open() {
      const sessions = openSessions({ stateDir, clock, idleMinutes, logger });
      onTestFinished(() => sessions.close());
      return sessions;
    },
    indexPath: join(directory, "sessions.json"),
    transcriptOf: (sessionId) => join(directory, `${sessionId}.jsonl`),
  };
}

const onDisk = (path: string) =>
  JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, unknown>>;
const contents = (sessions: Sessions, limit = 100) =>
  sessions.history("main", KEY, limit).map(({ content }) => content);

describe("a session", () => {
  test("is there for the next turn and after a restart", () => {
    const { open, indexPath } = aSetting();
    const first = open();
    const entry = first.open("main", KEY, { chatType: "dm", provider: "irc", lastRoute: route("42") });
    // Written at once: nothing was flushed or closed yet.
    expect(onDisk(indexPath)[KEY]).toEqual(entry);
    expect(first.open("main", KEY)).toEqual(entry);
    expect(open().find("main", KEY)).toEqual(entry);
  });

  test("that was never opened is not there, and looking makes nothing", () => {
    const { open, stateDir } = aSetting();
    const sessions = open();
    expect(sessions.find("main", KEY)).toBeUndefined();
    expect(sessions.history("main", KEY, 10)).toEqual([]);
    expect(sessions.list()).toEqual([]);
    expect(sessions.show(KEY)).toBeUndefined();
    expect(readdirSync(stateDir)).toEqual([]);
  });

  test("begins anew after idleMinutes, not a moment before", async () => {
    const { open, clock } = aSetting(30);
    const sessions = open();
    const first = sessions.open("main", KEY);
    await clock.advance(30 * 60_000);
    const second = sessions.open("main", KEY);
    expect(second.sessionId).toBe(first.sessionId);
    await clock.advance(30 * 60_000 + 1);
    expect(sessions.open("main", KEY).sessionId).not.toBe(first.sessionId);
  });

  test("keeps another person's session apart", () => {
    const sessions = aSetting().open();
    sessions.append("main", KEY, aMessage({ content: "secret of 42" }));
    sessions.append("main", "agent:main:irc:dm:43", aMessage({ content: "of 43" }));
    sessions.append("work", "agent:work:irc:dm:42", aMessage({ content: "of work" }));
    expect(contents(sessions)).toEqual(["secret of 42"]);
  });
});

describe("a patch", () => {
  test("changes the fields it names and no other", () => {
    const { open, indexPath } = aSetting();
    const sessions = open();
    sessions.open("main", KEY, { chatType: "group", activation: "always", lastRoute: route("1") });
    sessions.patch("main", KEY, { lastRoute: route("2") });
    expect(sessions.find("main", KEY)).toMatchObject({
      chatType: "group",
      activation: "always",
      lastRoute: route("2"),
    });
    sessions.patch("main", KEY, { activation: null });
    expect(onDisk(indexPath)[KEY]).toMatchObject({
      chatType: "group",
      activation: null,
      lastRoute: route("2"),
    });
  });

  test("of the activation is on the disk at once, one of the route a second later", async () => {
    const { open, indexPath, clock } = aSetting();
    const sessions = open();
    sessions.open("main", KEY);
    sessions.patch("main", KEY, { lastRoute: route("7") });
    expect(onDisk(indexPath)[KEY]).toMatchObject({ lastRoute: null });
    await clock.advance(1000);
    expect(onDisk(indexPath)[KEY]).toMatchObject({ lastRoute: route("7") });
    sessions.patch("main", KEY, { activation: "mention" });
    expect(onDisk(indexPath)[KEY]).toMatchObject({ activation: "mention" });
  });

  test("that waits is written at close", () => {
    const { open, indexPath } = aSetting();
    const sessions = open();
    sessions.open("main", KEY);
    sessions.patch("main", KEY, { lastRoute: route("7") });
    sessions.close();
    sessions.close();
    expect(onDisk(indexPath)[KEY]).toMatchObject({ lastRoute: route("7") });
  });

  test("keeps fields of a later version", () => {
    const { open, indexPath } = aSetting();
    const first = open();
    first.open("main", KEY);
    first.close();
    const file = onDisk(indexPath);
    file[KEY]!["thinkingLevel"] = "high";
    writeFileSync(indexPath, JSON.stringify(file));
    open().patch("main", KEY, { activation: "always" });
    expect(onDisk(indexPath)[KEY]).toMatchObject({ thinkingLevel: "high", activation: "always" });
  });

  test("that cannot be written is not there afterwards", () => {
    const { open, indexPath } = aSetting();
    const sessions = open();
    sessions.open("main", KEY);
    rmSync(indexPath);
    mkdirSync(indexPath);
    const fault = expect.objectContaining({ code: "CLAWD_FILE_WRITE" });
    expect(() => sessions.patch("main", KEY, { activation: "always" })).toThrow(fault);
    expect(sessions.find("main", KEY)?.activation).toBeNull();
    expect(() => sessions.open("main", "agent:main:other")).toThrow(fault);
    expect(sessions.find("main", "agent:main:other")).toBeUndefined();
  });

  test("that fails in the background is told, and goes along with the next", async () => {
    const logger = recordingLogger();
    const { open, indexPath, clock } = aSetting(60, logger);
    const sessions = open();
    sessions.open("main", KEY);
    rmSync(indexPath);
    mkdirSync(indexPath);
    sessions.patch("main", KEY, { lastRoute: route("7") });
    await clock.advance(1000);
    expect(logger.lines).toMatchObject([{ level: "error", message: "session index not written" }]);
    rmSync(indexPath, { recursive: true });
    sessions.patch("main", KEY, { lastRoute: route("8") });
    await clock.advance(1000);
    expect(onDisk(indexPath)[KEY]).toMatchObject({ lastRoute: route("8") });
  });
});

describe("a reset", () => {
  test("gives a new id and an empty history, keeps the old file, and is on the disk at once", () => {
    const { open, indexPath, transcriptOf } = aSetting();
    const sessions = open();
    sessions.append("main", KEY, aMessage({ content: "old" }));
    const before = sessions.find("main", KEY)!;
    const after = sessions.reset("main", KEY);
    expect(after.sessionId).not.toBe(before.sessionId);
    expect(onDisk(indexPath)[KEY]).toMatchObject({ sessionId: after.sessionId });
    expect(contents(sessions)).toEqual([]);
    expect(readFileSync(transcriptOf(before.sessionId), "utf8")).toContain('"old"');
    sessions.append("main", KEY, aMessage({ content: "new" }));
    expect(contents(sessions)).toEqual(["new"]);
  });

  test("keeps the place and the owner's activation, and drops everything else", () => {
    const { open, indexPath } = aSetting();
    const first = open();
    first.open("main", KEY, {
      chatType: "group",
      provider: "irc",
      activation: "mention",
      lastRoute: route("1"),
    });
    first.close();
    const file = onDisk(indexPath);
    file[KEY]!["elevatedLevel"] = "on";
    writeFileSync(indexPath, JSON.stringify(file));
    open().reset("main", KEY);
    const after = onDisk(indexPath)[KEY]!;
    expect(after).toMatchObject({
      chatType: "group",
      provider: "irc",
      activation: "mention",
      lastRoute: route("1"),
    });
    expect(after).not.toHaveProperty("elevatedLevel");
  });

  test("of a session that was never there makes it", () => {
    const sessions = aSetting().open();
    expect(sessions.reset("main", KEY)).toEqual(sessions.find("main", KEY));
  });
});

describe("a transcript", () => {
  test("says who wrote what, where, why it was let through and which event caused it", () => {
    const { open, transcriptOf, clock } = aSetting();
    const sessions = open();
    sessions.append("main", KEY, aMessage());
    sessions.append(
      "main",
      KEY,
      aMessage({ role: "assistant", content: "hi", sender: null, decision: null }),
    );
    const { sessionId } = sessions.find("main", KEY)!;
    const lines = readFileSync(transcriptOf(sessionId), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line)); // prettier-ignore
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(lines).toEqual([
      { type: "session", version: 1, id: sessionId, timestamp: clock.now(), key: KEY },
      { type: "message", id, parentId: null, timestamp: clock.now(), ...aMessage() },
      {
        type: "message",
        id,
        parentId: lines[1].id,
        timestamp: clock.now(),
        ...aMessage({ role: "assistant", content: "hi", sender: null, decision: null }),
      },
    ]);
  });

  test("takes a message once for its cause, role and step, also after a restart", () => {
    const { open } = aSetting();
    const first = open();
    expect(first.append("main", KEY, aMessage())).toBe("stored");
    expect(first.append("main", KEY, aMessage({ content: "replayed" }))).toBe("duplicate");
    const second = open();
    expect(second.append("main", KEY, aMessage({ content: "replayed" }))).toBe("duplicate");
    expect(second.append("main", KEY, aMessage({ role: "assistant" }))).toBe("stored");
    expect(second.append("main", KEY, aMessage({ role: "assistant", step: 1 }))).toBe("stored");
    expect(second.append("main", KEY, aMessage({ cause: "2" }))).toBe("stored");
    expect(second.history("main", KEY, 10)).toHaveLength(4);
    expect(second.append("main", KEY, aMessage({ cause: null }))).toBe("stored");
    expect(second.append("main", KEY, aMessage({ cause: null }))).toBe("stored");
  });

  test("gives the newest messages, oldest first", () => {
    const sessions = aSetting().open();
    for (let cause = 1; cause <= 5; cause++)
      sessions.append("main", KEY, aMessage({ cause: String(cause), content: cause }));
    expect(contents(sessions, 2)).toEqual([4, 5]);
    expect(contents(sessions, 0)).toEqual([]);
    expect(contents(sessions, -1)).toEqual([]);
    expect(contents(sessions)).toEqual([1, 2, 3, 4, 5]);
  });

  test("costs no file read once it is in memory", () => {
    const { open, transcriptOf } = aSetting();
    const sessions = open();
    sessions.append("main", KEY, aMessage());
    rmSync(transcriptOf(sessions.find("main", KEY)!.sessionId));
    expect(contents(sessions)).toEqual(["hello"]);
  });

  test("is read again after 64 others", () => {
    const { open } = aSetting();
    const sessions = open();
    sessions.append("main", KEY, aMessage());
    for (let n = 0; n < 70; n++) sessions.append("main", `agent:main:irc:dm:x${n}`, aMessage());
    expect(contents(sessions)).toEqual(["hello"]);
    expect(sessions.append("main", KEY, aMessage())).toBe("duplicate");
    sessions.append("main", KEY, aMessage({ cause: "2", content: "second" }));
    expect(contents(open())).toEqual(["hello", "second"]);
  });

  test("that is longer than 1 MiB gives its end, the same from memory and from the file", () => {
    const { open } = aSetting();
    const sessions = open();
    for (let cause = 1; cause <= 30; cause++) {
      sessions.append(
        "main",
        KEY,
        aMessage({ cause: String(cause), content: `${cause}:${"é".repeat(30_000)}` }),
      );
    }
    const inMemory = contents(sessions).map((content) => String(content).split(":")[0]);
    const fromFile = contents(open()).map((content) => String(content).split(":")[0]);
    expect(inMemory.at(-1)).toBe("30");
    expect(fromFile.at(-1)).toBe("30");
    expect(fromFile.length).toBeGreaterThan(10);
    expect(fromFile.length).toBeLessThan(30);
  });

  test("holds any text on one line", () => {
    const { open } = aSetting();
    const content =
      "line\nline\r\u2028\u2029\0\ud800\u202e\u200b" + '"}\n{"type":"message","id":"forged"}\n' + "__proto__";
    open().append("main", KEY, aMessage({ content }));
    const again = open();
    expect(contents(again)).toEqual([content]);
    expect(again.show(KEY)?.damagedLines).toBe(0);
  });
});

describe("a line torn by a crash", () => {
  test.each([1, 20, 150])("of which %i bytes are missing costs that line alone", (missing) => {
    const { open, transcriptOf } = aSetting();
    const first = open();
    first.append("main", KEY, aMessage({ cause: "1", content: "kept" }));
    first.append("main", KEY, aMessage({ cause: "2", content: "torn" }));
    const path = transcriptOf(first.find("main", KEY)!.sessionId);
    truncateSync(path, statSync(path).size - missing);
    const second = open();
    // Without its newline alone the line is still whole.
    const survives = missing === 1;
    expect(contents(second)).toEqual(survives ? ["kept", "torn"] : ["kept"]);
    expect(second.append("main", KEY, aMessage({ cause: "2", content: "again" }))).toBe(
      survives ? "duplicate" : "stored",
    );
    second.append("main", KEY, aMessage({ cause: "3", content: "next" }));
    const expected = survives ? ["kept", "torn", "next"] : ["kept", "again", "next"];
    expect(contents(second)).toEqual(expected);
    expect(contents(open())).toEqual(expected);
    expect(open().show(KEY)?.damagedLines).toBe(survives ? 0 : 1);
  });

  test("in the header is repaired by the next append", () => {
    const { open, transcriptOf } = aSetting();
    const first = open();
    const { sessionId } = first.open("main", KEY);
    writeFileSync(transcriptOf(sessionId), '{"type":"sess');
    first.append("main", KEY, aMessage());
    expect(contents(open())).toEqual(["hello"]);
  });

  test.each(["null", "5", "[]", '"text"', '{"type":"message"}', '{"__proto__":{"type":"message","id":"x"}}'])(
    "or by a stranger's hand (%s) is counted and passed over",
    (line) => {
      const { open, transcriptOf } = aSetting();
      const first = open();
      first.append("main", KEY, aMessage());
      appendFileSync(transcriptOf(first.find("main", KEY)!.sessionId), `${line}\n`);
      expect(contents(open())).toEqual(["hello"]);
      expect(open().show(KEY)?.damagedLines).toBe(1);
    },
  );
});

describe("a write that fails", () => {
  test("throws, stores nothing, and the next one is whole", () => {
    const { open, transcriptOf } = aSetting();
    const sessions = open();
    const path = transcriptOf(sessions.open("main", KEY).sessionId);
    mkdirSync(path);
    expect(() => sessions.append("main", KEY, aMessage())).toThrow(
      expect.objectContaining({ code: expect.any(String) }),
    );
    rmSync(path, { recursive: true });
    expect(sessions.append("main", KEY, aMessage())).toBe("stored");
    expect(open().show(KEY)).toMatchObject({ damagedLines: 0, messages: [{ content: "hello" }] });
  });

  test("forgets what was in memory: the file may hold a part of the line", () => {
    const { open, transcriptOf } = aSetting();
    const sessions = open();
    sessions.append("main", KEY, aMessage({ cause: "1", content: "kept" }));
    const path = transcriptOf(sessions.find("main", KEY)!.sessionId);
    const before = readFileSync(path);
    rmSync(path);
    mkdirSync(path);
    expect(() => sessions.append("main", KEY, aMessage({ cause: "2" }))).toThrow(
      expect.objectContaining({ code: "CLAWD_FILE_WRITE" }),
    );
    rmSync(path, { recursive: true });
    writeFileSync(path, Buffer.concat([before, Buffer.from('{"type":"mess')]));
    expect(sessions.append("main", KEY, aMessage({ cause: "2", content: "next" }))).toBe("stored");
    expect(contents(open())).toEqual(["kept", "next"]);
  });

  test("never goes through a symbolic link put there later", () => {
    const { open, transcriptOf, stateDir } = aSetting();
    const sessions = open();
    sessions.append("main", KEY, aMessage());
    const path = transcriptOf(sessions.find("main", KEY)!.sessionId);
    rmSync(path);
    symlinkSync(join(stateDir, "victim"), path);
    expect(() => sessions.append("main", KEY, aMessage({ cause: "2" }))).toThrow(
      expect.objectContaining({ code: "CLAWD_FILE_WRITE" }),
    );
    expect(existsSync(join(stateDir, "victim"))).toBe(false);
  });

  test("never goes through a symbolic link", () => {
    const { open, transcriptOf, stateDir } = aSetting();
    const sessions = open();
    const path = transcriptOf(sessions.open("main", KEY).sessionId);
    const target = join(stateDir, "victim");
    writeFileSync(target, "untouched");
    symlinkSync(target, path);
    expect(() => sessions.append("main", KEY, aMessage())).toThrow(
      expect.objectContaining({ code: "CLAWD_TRANSCRIPT_READ" }),
    );
    expect(readFileSync(target, "utf8")).toBe("untouched");
  });
});

describe("files", () => {
  test("are 0600 in 0700, even under an open umask", () => {
    const { open, stateDir, indexPath, transcriptOf } = aSetting();
    const umask = process.umask(0);
    try {
      const sessions = open();
      sessions.append("main", KEY, aMessage());
      const mode = (path: string) => statSync(path).mode & 0o777;
      expect(mode(indexPath)).toBe(0o600);
      expect(mode(transcriptOf(sessions.find("main", KEY)!.sessionId))).toBe(0o600);
      for (const directory of ["agents", "agents/main", "agents/main/sessions"]) {
        expect(mode(join(stateDir, directory))).toBe(0o700);
      }
    } finally {
      process.umask(umask);
    }
  });

  const hostile = ["", ".", "..", "../x", "a/../../x", "a/b", "/etc", "a\\b", "a\0b", "Main", "mäin", "a b", "x".repeat(65), "a\u202eb", "agents\n"]; // prettier-ignore
  test.each(hostile)(
    "never lie outside the state directory: agent id %j is refused by every method",
    (agent) => {
      const { open, stateDir } = aSetting();
      const sessions = open();
      const refused = expect.objectContaining({ code: "CLAWD_SESSION_ID" });
      const key = "main";
      expect(() => sessions.find(agent, key)).toThrow(refused);
      expect(() => sessions.open(agent, key)).toThrow(refused);
      expect(() => sessions.patch(agent, key, {})).toThrow(refused);
      expect(() => sessions.reset(agent, key)).toThrow(refused);
      expect(() => sessions.append(agent, key, aMessage())).toThrow(refused);
      expect(() => sessions.history(agent, key, 1)).toThrow(refused);
      expect(() => sessions.list(agent)).toThrow(refused);
      expect(() => sessions.show(key, agent)).toThrow(refused);
      expect(() => sessions.show(`agent:${agent}:main`)).toThrow(refused);
      expect(readdirSync(stateDir)).toEqual([]);
    },
  );

  test("of one agent are never reached with another agent's key", () => {
    const sessions = aSetting().open();
    const refused = expect.objectContaining({ code: "CLAWD_SESSION_ID" });
    expect(() => sessions.open("public", "agent:main:main")).toThrow(refused);
    expect(() => sessions.history("public", "agent:main:main", 1)).toThrow(refused);
    expect(() => sessions.open("main", "")).toThrow(refused);
    expect(sessions.open("main", "cron:job")).toMatchObject({ activation: null });
  });

  test("hold hostile keys as keys, nothing more", () => {
    const { open } = aSetting();
    const keys = ["__proto__", "constructor", "toString", "a\0b", "\u202e", "../../x", "x".repeat(4096)];
    const first = open();
    for (const key of keys) first.append("main", key, aMessage({ content: key }));
    const second = open();
    for (const key of keys) expect(second.history("main", key, 1)).toMatchObject([{ content: key }]);
    expect(second.find("main", "valueOf")).toBeUndefined();
    expect(second.list().map(({ key }) => key).sort()).toEqual([...keys].sort()); // prettier-ignore
  });
});

describe("a damaged index", () => {
  const entry = { sessionId: "s1", updatedAt: 1 };
  test.each([
    ["is empty", ""],
    ["is torn", '{"agent:main:main":{"sessionId":"s1","upda'],
    ["is a list", "[]"],
    ["is null", "null"],
    ["has an entry without an id", JSON.stringify({ a: { updatedAt: 1 } })],
    ["has a session id that is a path", JSON.stringify({ a: { ...entry, sessionId: "../../x" } })],
    ["has a time that is a text", JSON.stringify({ a: { ...entry, updatedAt: "1" } })],
    ["has an unknown activation", JSON.stringify({ a: { ...entry, activation: "never" } })],
    ["has an unknown chat type", JSON.stringify({ a: { ...entry, chatType: "room" } })],
    ["has a route that is none", JSON.stringify({ a: { ...entry, lastRoute: { provider: 1 } } })],
    ["has a list for an entry", JSON.stringify({ a: [] })],
  ])("that %s is a fault, never an empty one, and stays as it is", (_, text) => {
    const { open, indexPath } = aSetting();
    mkdirSync(join(indexPath, ".."), { recursive: true });
    writeFileSync(indexPath, text);
    const sessions = open();
    const corrupt = expect.objectContaining({ code: "CLAWD_SESSIONS_CORRUPT" });
    expect(() => sessions.open("main", KEY)).toThrow(corrupt);
    expect(() => sessions.append("main", KEY, aMessage())).toThrow(corrupt);
    expect(() => sessions.reset("main", KEY)).toThrow(corrupt);
    sessions.close();
    expect(readFileSync(indexPath, "utf8")).toBe(text);
  });

  test("of one agent does not touch another", () => {
    const { open, indexPath } = aSetting();
    mkdirSync(join(indexPath, ".."), { recursive: true });
    writeFileSync(indexPath, "torn");
    expect(open().open("work", "agent:work:main")).toBeDefined();
  });

  test("works again once it was mended, without a restart", () => {
    const { open, indexPath } = aSetting();
    mkdirSync(join(indexPath, ".."), { recursive: true });
    writeFileSync(indexPath, "torn");
    const sessions = open();
    expect(() => sessions.open("main", KEY)).toThrow();
    writeFileSync(indexPath, JSON.stringify({ [KEY]: entry }));
    expect(sessions.find("main", KEY)).toMatchObject({ sessionId: "s1", createdAt: 1, activation: null });
  });
});

describe("a look", () => {
  test("lists all sessions, the last used first, and shows one with its messages", async () => {
    const { open, clock, stateDir } = aSetting();
    const sessions = open();
    sessions.append("main", KEY, aMessage());
    await clock.advance(1000);
    sessions.open("work", "agent:work:main");
    sessions.close();
    for (const reader of [sessions, openSessionsReader({ stateDir })]) {
      expect(reader.list().map(({ agent, key }) => [agent, key])).toEqual([
        ["work", "agent:work:main"],
        ["main", KEY],
      ]);
      expect(reader.list("main")).toHaveLength(1);
      expect(reader.show(KEY)).toMatchObject({
        agent: "main",
        key: KEY,
        messages: [{ content: "hello" }],
        damagedLines: 0,
      });
      expect(reader.show("agent:main:absent")).toBeUndefined();
    }
  });

  test("makes no files", () => {
    const stateDir = aStateDir();
    expect(openSessionsReader({ stateDir }).list()).toEqual([]);
    expect(openSessionsReader({ stateDir }).show(KEY)).toBeUndefined();
    expect(existsSync(join(stateDir, "agents"))).toBe(false);
  });
});
