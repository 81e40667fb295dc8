import { networkConformance, providerConformance } from "@clawd/provider-kit/conformance";
import { describe, test } from "vitest";
import { network } from "../src/network.ts";
import { providerOver } from "../src/provider.ts";
import type { Wire } from "../src/wire.ts";
import { memoryNetwork } from "./memory-network.ts";

const wires = new Map<string, Wire>();

networkConformance(
  {
    network,
    same: [["42", "example:42"]],
    different: [["42", "420"]],
    invalid: ["alice", "g77", "telegram:42", "-42"],
    chats: { same: [["g77", "example:g77"]], different: [["g77", "g770"]], invalid: ["77", "Family"] },
  },
  { describe, test },
);

providerConformance(
  {
    name: "example",
    provider: providerOver(({ token = "" }) => wires.get(token)!),
    createHarness: async ({ clock }) => {
      const harness = memoryNetwork(clock);
      wires.set(harness.settings.token!, harness.wire);
      return harness;
    },
    skip: [
      { test: "facts-channel", reason: "the example has direct messages and groups only" },
      { test: "facts-thread", reason: "the example has no threads" },
      { test: "reactions", reason: "the example has no reactions" },
      { test: "members", reason: "the example tells of no members" },
      { test: "native-commands", reason: "the example has no native commands" },
      { test: "shared-senders", reason: "every id of the example is one account's" },
      { test: "typing", reason: "the example shows no typing" },
    ],
  },
  { describe, test },
);
