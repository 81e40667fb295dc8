/** Every config of docs/configuration.md is valid as it stands there and decides what the page says. */
import { afterAll, expect, test } from "vitest";
import { configsOf, decisionsOf, install } from "./documented-page.ts";
import { aHome } from "./harness.ts";

const token = "123456:a-token-that-nobody-has-00000000000";
const home = aHome({ TELEGRAM_BOT_TOKEN: token, HOME_BOT_TOKEN: token, WORK_BOT_TOKEN: `1${token}` });
afterAll(() => home.remove());

const configs = configsOf("configuration.md");

const dm = (id: string, more: object = {}) => ({
  provider: "telegram",
  chat: { kind: "dm", id },
  sender: { id },
  ...more,
});
const inGroup = (group: string, id: string, more: object = {}) => ({
  provider: "telegram",
  chat: { kind: "group", id: group },
  sender: { id },
  mentioned: false,
  mentionDetectable: true,
  ...more,
});
const mentioned = { mentioned: true };
const discord = (id: string) => ({
  provider: "discord",
  chat: { kind: "channel", id: "323456789012345678", guild: "223456789012345678" },
  sender: { id },
});

/** In the order of the page: the requests and what is decided about them. */
const claims: readonly (readonly (readonly [object, object])[])[] = [
  [[dm("7"), { effect: "challenge", code: "pairing-required" }]],
  [
    [dm("42"), { code: "allowed" }],
    [dm("7"), { code: "sender-not-listed" }],
  ],
  [[dm("7"), { code: "allowed" }]],
  [
    [inGroup("-1001234567890", "7"), { code: "mention-required" }],
    [inGroup("-1001234567890", "7", mentioned), { code: "allowed" }],
    [inGroup("-1001234567891", "42"), { code: "allowed" }],
    [inGroup("-1001234567891", "7", mentioned), { code: "group-sender-not-listed" }],
    [
      { ...inGroup("-1001234567891", "42"), chat: { kind: "group", id: "-1001234567891", thread: "7" } },
      { code: "mention-required" },
    ],
    [inGroup("-1001234567899", "42", mentioned), { code: "group-not-listed" }],
  ],
  [
    [inGroup("-1001234567899", "42", mentioned), { code: "allowed" }],
    [inGroup("-1001234567899", "7", mentioned), { code: "group-sender-not-listed" }],
  ],
  [],
  [[dm("42", { command: "status" }), { code: "pairing-required" }]],
  [
    [dm("42", { account: "home" }), { code: "allowed" }],
    [dm("42", { account: "work" }), { code: "sender-not-listed" }],
    [dm("43", { account: "work" }), { code: "allowed" }],
  ],
  [
    [inGroup("-1001234567890", "7", mentioned), { code: "allowed", agent: "family" }],
    [dm("7"), { agent: "main" }],
  ],
  [
    [dm("42"), { code: "allowed" }],
    [dm("7"), { code: "sender-not-listed" }],
  ],
  [
    [discord("123456789012345678"), { code: "allowed" }],
    [discord("923456789012345678"), { code: "group-sender-not-listed" }],
    [
      {
        provider: "slack",
        chat: { kind: "channel", id: "C0123456789" },
        sender: { id: "U0123456789" },
        mentionDetectable: true,
      },
      { code: "mention-required" },
    ],
  ],
];

test("every config of the page has its claims", () => expect(claims).toHaveLength(configs.length));

test.each(configs.map((config, index) => [index + 1, config] as const))(
  "config %i of the page",
  async (number, config) => {
    await install(home, config);
    const decisions = await decisionsOf(
      home,
      claims[number - 1]!.map(([request]) => request),
    );
    expect(decisions).toEqual(claims[number - 1]!.map(([, decision]) => expect.objectContaining(decision)));
  },
);
