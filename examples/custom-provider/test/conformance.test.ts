import { networkConformance, providerConformance } from "@clawd/provider-kit/conformance";
import { describe, test } from "vitest";
import { network } from "../src/network.ts";
import { provider } from "../src/provider.ts";
import { startTalk } from "./talk-network.ts";

networkConformance(
  {
    network,
    same: [["42", "talk:42"]],
    different: [["42", "420"]],
    invalid: ["alice", "g77", "telegram:42", "-42"],
    chats: { same: [["g77", "talk:g77"]], different: [["g77", "g770"]], invalid: ["77", "Family"] },
  },
  { describe, test },
);

providerConformance(
  {
    name: "talk",
    provider,
    createHarness: ({ clock }) => startTalk(clock),
    skip: [
      { test: "facts-channel", reason: "Talk has direct messages and groups only" },
      { test: "facts-thread", reason: "Talk has no threads" },
      { test: "reactions", reason: "Talk has no reactions" },
      { test: "buttons", reason: "Talk has no buttons" },
      { test: "members", reason: "Talk tells of no members" },
      { test: "native-commands", reason: "Talk has no native commands" },
      { test: "shared-senders", reason: "every id of Talk is one account's" },
      { test: "attachments", reason: "Talk has no files" },
      { test: "typing", reason: "Talk shows no typing" },
    ],
  },
  { describe, test },
);
