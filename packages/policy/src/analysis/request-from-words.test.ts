import { describe, expect, test } from "vitest";
import { requestFromWords, type Words } from "./request-from-words.ts";

const who: Words = { provider: "net", sender: "42" };
const requestOf = (words: Words) => {
  const read = requestFromWords(words);
  return read.ok ? read.request : read;
};

describe("a message", () => {
  test("is one in the sender's own chat, that mentions nobody and could have", () => {
    expect(requestOf(who)).toEqual({
      action: "message",
      provider: "net",
      account: "default",
      chat: { kind: "dm", id: "42", thread: null, guild: null, team: null },
      sender: { id: "42", isBot: false, isSelf: false },
      mentioned: false,
      mentionDetectable: true,
      mentionsOthers: false,
      command: null,
    });
  });

  test("has what the words say", () => {
    const words = { ...who, chat: "group:-1:2", event: "button", mentioned: true, command: "status" };
    expect(requestOf({ ...words, "mention-undetectable": true })).toMatchObject({
      chat: { kind: "group", id: "-1:2" },
      event: "button",
      mentioned: true,
      mentionDetectable: false,
      command: "status",
    });
  });
});

test.each([
  [
    { tool: "bash", elevated: true },
    { action: "tool", agent: "main", tool: "bash", elevated: true },
  ],
  [
    { session: "agent:a:main", agent: "a" },
    { action: "session", operation: "read", agent: "a" },
  ],
  [
    { session: "k", operation: "send" },
    { action: "session", operation: "send", session: "k" },
  ],
  [
    { spawn: "b", run: "cron" },
    { action: "session", operation: "spawn", target: "b", run: "cron" },
  ],
  [
    { to: "net:group:-1001" },
    { action: "send", to: { provider: "net", chat: { kind: "group", id: "-1001" } } },
  ],
])("a run that is described by %j asks for %j", (words, asked) => {
  expect(requestOf({ ...who, ...words } as Words)).toMatchObject(asked);
});

test.each([
  {},
  { provider: "net" },
  { sender: "42" },
  { ...who, chat: "" },
  { ...who, chat: "group" },
  { ...who, chat: "group:" },
  { ...who, chat: "room:1" },
  { ...who, to: "" },
  { ...who, to: "net" },
  { ...who, to: "net:dm" },
  { ...who, to: ":dm:42" },
  { ...who, to: "net:room:42" },
])("%j says what is missing", (words) => {
  expect(requestFromWords(words)).toEqual({
    ok: false,
    message: expect.any(String),
    hint: expect.any(String),
  });
});
