import { expect, test } from "vitest";
import { approvedMessage, pairingMessage } from "./message.ts";

test("the message names the reader's id, the code and the command to ask for", () => {
  const message = pairingMessage({
    senderIdLabel: "Telegram user id",
    id: "42",
    code: "ABCD2345",
    provider: "telegram",
  });
  expect(message.split("\n")).toEqual([
    "Clawdbot: access not configured.",
    "",
    "Your Telegram user id: 42",
    "",
    "Pairing code: ABCD2345",
    "",
    "Ask the bot owner to approve with:",
    "clawdbot pairing approve telegram ABCD2345",
  ]);
});

test("an approved sender is told what to do next", () => {
  expect(approvedMessage()).toBe("✅ Clawdbot access approved. Send a message to start chatting.");
});

test("an approved sender is told when it ends", () => {
  expect(approvedMessage(Date.UTC(2026, 1, 3, 4, 5, 59, 999))).toBe(
    "✅ Clawdbot access approved until 2026-02-03 04:05 UTC. Send a message to start chatting.",
  );
  expect(approvedMessage(null)).toBe(approvedMessage());
});
