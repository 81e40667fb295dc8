import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSessionKey, parseSessionKey, type SessionKey } from "./session-key.ts";

const part = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "main",
    "default",
    "dm",
    "group",
    "channel",
    "thread",
    "topic",
    "agent",
    ":",
    "%",
    "%3A",
    "%25",
    "",
  ),
);
const chats = fc.constantFrom("dm", "group", "channel");
const thread = fc.record({ kind: fc.constantFrom("thread", "topic"), id: part });
const key = fc.oneof(
  fc.record({ agent: part, chat: fc.constant("main") }),
  fc.record({ agent: part, chat: chats, provider: part, account: part, id: part }),
  fc.record({ agent: part, chat: chats, provider: part, account: part, id: part, thread }),
) as fc.Arbitrary<SessionKey>;

test("a key is what its name parses to, so two keys never share a name", () => {
  fc.assert(
    fc.property(key, (each) => {
      expect(parseSessionKey(formatSessionKey(each))).toEqual(each);
    }),
    { numRuns: 5000 },
  );
});

test("a text that parses is the name of what it parses to; any other gives undefined", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(part, { maxLength: 9 }).map((parts) => ["agent", ...parts].join(":")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseSessionKey(text);
      if (parsed !== undefined) expect(formatSessionKey(parsed)).toBe(text);
    }),
    { numRuns: 5000 },
  );
});

const group = {
  agent: "main",
  chat: "group",
  provider: "telegram",
  account: "default",
  id: "-1001",
} as const;

test.each<[string, SessionKey]>([
  ["agent:main:main", { agent: "main", chat: "main" }],
  ["agent:main:telegram:group:-1001", group],
  ["agent:main:telegram:group:-1001:topic:7", { ...group, thread: { kind: "topic", id: "7" } }],
  ["agent:main:telegram:work:dm:42", { ...group, chat: "dm", account: "work", id: "42" }],
  ["agent:main:x:channel:a%3Ab%25", { ...group, chat: "channel", provider: "x", id: "a:b%" }],
])("%s", (name, each) => {
  expect(formatSessionKey(each)).toBe(name);
});

test("the default account has one name, the short one", () => {
  expect(parseSessionKey("agent:main:telegram:default:group:-1001")).toBeUndefined();
});
