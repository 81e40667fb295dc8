/** Every fact that a decision may need is there, has its type, is canonical, and is what the network knows. */
import assert from "node:assert/strict";
import type { InboundEvent } from "../event.ts";
import type { Provider } from "../provider.ts";
import type { Expected } from "./harness.ts";

/** Milliseconds of the year 2001: what is below counts seconds. */
const earliest = 1_000_000_000_000;

export function assertFacts(
  event: InboundEvent,
  expected: Expected,
  { network }: Pick<Provider, "network">,
): void {
  assert.equal(event.provider, network.id, "provider is the network's id");
  assert.equal(event.account, "default", "account is the one of the ports");
  assertText(event.eventId, "eventId");
  assert.ok(Number.isSafeInteger(event.sentAt) && event.sentAt > earliest, "sentAt is in milliseconds");

  const { chat, sender } = event;
  assert.ok(["dm", "group", "channel"].includes(chat.kind), `chat.kind "${chat.kind}" is one of three`);
  assertText(chat.id, "chat.id");
  for (const fact of ["parent", "thread", "guild", "team", "title"] as const) {
    assertTextOrNull(chat[fact], `chat.${fact}`);
  }
  for (const [fact, value] of Object.entries(expected.chat)) {
    assert.equal(chat[fact as keyof typeof chat], value, `chat.${fact} is what the network says`);
  }

  assertTextOrNull(sender.id, "sender.id");
  assert.equal(sender.id, expected.sender, "sender.id is what the network says");
  assert.equal(sender.isSelf, false, "sender.isSelf: own messages do not get here");
  assert.equal(typeof sender.isBot, "boolean", "sender.isBot is a boolean");
  assertShownName(sender.name, "sender.name");
  assertShownName(sender.username, "sender.username");
  if (sender.id !== null) assertCanonical(network.canonicalSender(sender.id), sender.id, "sender.id");
  if (chat.kind === "dm") assert.equal(chat.id, sender.id, "the id of a direct chat is its sender's");
  else assertCanonical(network.canonicalChat(chat.id), chat.id, "chat.id");

  for (const fact of ["mentioned", "mentionsOthers", "mentionDetectable"] as const) {
    assert.equal(typeof event[fact], "boolean", `${fact} is a boolean`);
  }
  assert.equal(typeof event.text, "string", "text is a string, empty where there is none");
  assertTextOrNull(event.messageId, "messageId");
  assert.ok(Array.isArray(event.attachments), "attachments is a list");
  if (event.command !== null) {
    assert.match(event.command.name, /^[a-z][a-z0-9_-]*$/, "command.name is bare and lower-case");
    assert.equal(typeof event.command.args, "string", "command.args is a string");
  }
  if (event.replyTo !== null) {
    assertText(event.replyTo.messageId, "replyTo.messageId");
    assert.equal(typeof event.replyTo.text, "string", "replyTo.text is a string");
    assertShownName(event.replyTo.senderName, "replyTo.senderName");
  }
}

function assertText(value: unknown, name: string): void {
  assert.ok(typeof value === "string" && value !== "", `${name} is a text and not empty`);
}

function assertTextOrNull(value: unknown, name: string): void {
  if (value !== null) assertText(value, name);
}

/** Names are shown to people and models: one short line, nothing invisible. */
function assertShownName(value: unknown, name: string): void {
  assertTextOrNull(value, name);
  if (typeof value !== "string") return;
  assert.ok(Array.from(value).length <= 64, `${name} is short: displayName makes it so`);
  assert.doesNotMatch(value, /[\p{C}\p{Zl}\p{Zp}]/u, `${name} is one visible line: displayName makes it so`);
}

function assertCanonical(canonical: { ok: boolean; id?: string }, id: string, name: string): void {
  assert.deepEqual(canonical, { ok: true, id }, `${name} is canonical`);
}
