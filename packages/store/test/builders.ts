/** What the tests of this package store, with the parts they care about put in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AuditEntry, InboxEvent, OutboxMessage } from "../src/index.ts";

/** A directory that is gone after the test. */
export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-store-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function anEvent(parts: Partial<InboxEvent> = {}): InboxEvent {
  return {
    provider: "irc",
    account: "default",
    eventId: "1",
    receivedAt: 1000,
    body: "{}",
    state: "pending",
    ...parts,
  };
}

export function aMessage(parts: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    deliveryId: "delivery-1",
    provider: "irc",
    account: "default",
    chat: { kind: "dm", id: "42", thread: null },
    text: "hello",
    replyToMessageId: null,
    purpose: "reply",
    session: "agent:main:main",
    cause: 1,
    ...parts,
  };
}

export function aDecision(parts: Partial<AuditEntry> = {}): AuditEntry {
  return {
    kind: "access-decision",
    provider: "irc",
    account: "default",
    chat: { kind: "dm", id: "42" },
    sender: "42",
    effect: "deny",
    code: "sender-not-listed",
    rules: [{ path: "irc.dmPolicy" }],
    policy: "sha256:00",
    ...parts,
  };
}
