import { networkConformance, providerConformance } from "@clawd/provider-kit/conformance";
import { describe, test } from "vitest";
import { network, webchat } from "../src/index.ts";
import { pageHarness } from "./page-harness.ts";

networkConformance(
  {
    network,
    same: [["operator", "webchat:operator"]],
    different: [],
    invalid: ["Operator", "operators", "admin", "owner", "telegram:operator", "42"],
  },
  { describe, test },
);

const oneSender = "the only sender is the operator: whoever holds the gateway's token";
const dmOnly = "WebChat has direct messages only";
const isTheGateway = "there is no network behind WebChat: it is the gateway's own server";

providerConformance(
  {
    name: "webchat",
    provider: webchat,
    createHarness: async ({ clock }) => pageHarness(clock),
    skip: [
      { test: "facts-group", reason: dmOnly },
      { test: "facts-channel", reason: dmOnly },
      { test: "chat-kind", reason: dmOnly },
      { test: "mentions", reason: dmOnly },
      { test: "replies", reason: dmOnly },
      { test: "own-messages", reason: "the agent's messages never come back from the page" },
      { test: "stable-sender", reason: oneSender },
      { test: "bots", reason: oneSender },
      { test: "shared-senders", reason: oneSender },
      { test: "edits", reason: "the page cannot edit" },
      { test: "reactions", reason: "the page has no reactions" },
      { test: "buttons", reason: dmOnly },
      { test: "button-stranger", reason: oneSender },
      { test: "button-elsewhere", reason: dmOnly },
      { test: "members", reason: dmOnly },
      { test: "native-commands", reason: "commands are written as text" },
      { test: "recovery", reason: isTheGateway },
      { test: "start-while-down", reason: isTheGateway },
      { test: "refused-credentials", reason: isTheGateway },
      { test: "send-while-down", reason: "messages for a page that is not open are kept for it" },
      { test: "rate-limit", reason: isTheGateway },
      { test: "ask-to-wait", reason: isTheGateway },
      { test: "refused", reason: isTheGateway },
      { test: "lost-answer", reason: isTheGateway },
      {
        test: "file-lies",
        reason: "the gateway counts what a page uploads, and takes no byte more than announced",
      },
      { test: "file-redirect", reason: isTheGateway },
      { test: "file-abort", reason: isTheGateway },
      { test: "file-broken", reason: isTheGateway },
      { test: "file-refused", reason: isTheGateway },
      { test: "file-pace", reason: isTheGateway },
      { test: "file-lost-answer", reason: isTheGateway },
    ],
  },
  { describe, test },
);
