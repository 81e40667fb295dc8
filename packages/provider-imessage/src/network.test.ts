import { networkConformance } from "@clawd/provider-kit/conformance";
import { describe, expect, test } from "vitest";
import { network } from "./network.ts";

networkConformance(
  {
    network,
    same: [
      ["+15551234567", "imessage:+1 (555) 123-4567"],
      ["+15551234567", "sms:+15551234567"],
      ["alice@example.com", "Alice@Example.COM"],
      ["alice@example.com", "auto:alice@example.com"],
    ],
    different: [
      ["+15551234567", "+15551234568"],
      ["alice@example.com", "alice@example.org"],
      ["alice@example.com", "alice@example.com.evil.example"],
    ],
    invalid: [
      "5551234567",
      "262966",
      "AMAZON",
      "alice",
      "alice@",
      "@example.com",
      "alice@localhost",
      "alice@exаmple.com",
      "alice@example.com\n",
      "a b@example.com",
      "chat_id:7",
      "chat_guid:iMessage;+;chat831551415676550949",
      "guid:iMessage;+;chat831551415676550949",
      "signal:+15551234567",
      "sms:imessage:+15551234567",
    ],
    chats: {
      same: [
        ["7", "chat_id:7"],
        ["7", "chatid:7"],
        ["7", "CHAT:7"],
        ["7", "group:7"],
      ],
      different: [["7", "77"]],
      invalid: [
        "+15551234567",
        "alice@example.com",
        "chat_guid:iMessage;+;chat8315",
        "chat_identifier:chat8315",
        "07",
        "Family",
      ],
    },
  },
  { describe, test },
);

test("a chat in a people list would let in everybody in it, and is told so", () => {
  expect(network.canonicalSender("chat_id:7")).toMatchObject({
    ok: false,
    hint: 'Chats belong under "groups".',
  });
});
