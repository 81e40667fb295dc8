import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@clawd/kernel/testing";
import { expect, onTestFinished, test } from "vitest";
import { describeRecord } from "./audit-line.ts";
import { examineStore } from "./examine-store.ts";
import { fileNames, openStore } from "./store.ts";

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-examine-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("a store that is not there, and one that is sound, have nothing wrong", () => {
  const directory = aDirectory();
  expect(examineStore({ directory })).toEqual({ damage: [], badAudit: null });
  const store = openStore({ directory, clock: fakeClock() });
  store.audit.append({ kind: "gateway-started" });
  store.close();
  expect(examineStore({ directory })).toEqual({ damage: [], badAudit: null });
});

test("a file that is no database is damaged, and nothing is thrown", () => {
  const directory = aDirectory();
  writeFileSync(join(directory, fileNames.database), "no database at all".repeat(300));
  expect(examineStore({ directory })).toMatchObject({ damage: [expect.any(String)], badAudit: null });
});

test("a record is one line, however it was decided", () => {
  const directory = aDirectory();
  const store = openStore({ directory, clock: fakeClock() });
  onTestFinished(() => store.close());
  store.audit.append({ kind: "gateway-started" });
  store.audit.append({
    kind: "access-decision",
    provider: "telegram",
    chat: { kind: "dm", id: "42" },
    sender: "4\n2",
    effect: "deny",
    code: "sender-not-listed",
    rules: [{ path: "telegram.allowFrom", file: "clawdbot.json", line: 7 }],
  });
  const [plain, decided] = [...store.audit.list()].map(describeRecord);
  expect(plain).toMatch(/^1 {2}\S+ {2}gateway-started {4}$/);
  expect(decided).toContain(
    'telegram dm:42 from "4\\n2"  deny sender-not-listed  telegram.allowFrom (clawdbot.json:7)',
  );
});
