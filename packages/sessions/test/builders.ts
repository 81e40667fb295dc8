/** What the tests of this package store, with the parts they care about put in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { NewMessage } from "../src/index.ts";

/** A state directory that is gone after the test. */
export function aStateDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-sessions-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function aMessage(parts: Partial<NewMessage> = {}): NewMessage {
  return {
    role: "user",
    content: "hello",
    sender: { id: "42", name: "Ann" },
    provider: "irc",
    account: "default",
    chat: { kind: "dm", id: "42", thread: null },
    decision: { code: "allowed", rules: [{ path: "irc.allowFrom" }], policy: "sha256:00" },
    cause: "1",
    ...parts,
  };
}
