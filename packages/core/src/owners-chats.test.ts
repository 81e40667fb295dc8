import type { Provider } from "@clawd/provider-kit";
import { expect, test } from "vitest";
import { heldNotices } from "./config/held-notice.ts";
import { ownersChats } from "./owners-chats.ts";

const connection = (id: string, account = "default", operator?: string) => ({
  account,
  provider: {
    network: { id, ...(operator === undefined ? {} : { operator }) },
  } as unknown as Provider<unknown>,
});

test("owners are told in their own chats at the networks they are owners of, and at the operator's page", () => {
  const connections = [
    connection("telegram"),
    connection("telegram", "work"),
    connection("tele"),
    connection("webchat", "default", "operator"),
  ];
  const owners = ["telegram:42", "telegram:a:b", "discord:7", "telegram2:9"];
  expect(ownersChats(owners, connections).map(({ provider, id }) => `${provider} ${id}`)).toEqual([
    "telegram 42",
    "telegram a:b",
    "webchat operator",
  ]);
  expect(ownersChats(owners, [])).toEqual([]);
});

test("a notice names what is given, counts the rest, and has its two answers", () => {
  const lines = Array.from({ length: 14 }, (_, at) => `line ${at}`);
  const held = { hash: "sha256:1f2e3d4c5b6a", shortHash: "1f2e3d4c", lines };
  const chats = [{ provider: "telegram", account: "default", id: "42" }];
  const [notice] = heldNotices(held, chats);
  expect(notice).toMatchObject({
    chat: { kind: "dm", id: "42", thread: null },
    buttons: [{ command: "/approve 1f2e3d4c" }, { command: "/deny 1f2e3d4c" }],
  });
  expect(notice!.text).toContain("line 11\n… and 2 more: clawdbot config apply");
  // The same difference that begins to wait again is told again.
  expect(heldNotices(held, chats)[0]!.deliveryId).not.toBe(notice!.deliveryId);
});
