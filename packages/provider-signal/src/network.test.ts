import { networkConformance } from "@clawd/provider-kit/conformance";
import { describe, expect, test } from "vitest";
import { network } from "./network.ts";

const alice = "a1b2c3d4-e5f6-4a5b-8c9d-0123456789ab";
const family = "S2Ft77Kh+KJ4q3hD9rMZ8w2Vb0yqXo5uJp1LcTfEnaA=";

networkConformance(
  {
    network,
    same: [
      [alice, alice.toUpperCase()],
      [alice, `uuid:${alice}`],
      [alice, `signal:${alice}`],
      [alice, alice.replaceAll("-", "")],
      ["+15551234567", "signal:+1 555 123-4567"],
    ],
    different: [
      [alice, alice.replace("a1", "a2")],
      ["+15551234567", "+15551234568"],
    ],
    invalid: [
      "15551234567",
      "PNI:a1b2c3d4-e5f6-4a5b-8c9d-0123456789ab",
      `{${alice}}`,
      `${alice}0`,
      alice.slice(1),
      "alice.42",
      `group:${family}`,
      family,
      "imessage:+15551234567",
      "uuid:uuid:a1b2c3d4-e5f6-4a5b-8c9d-0123456789ab",
    ],
    chats: {
      same: [[family, `group:${family}`]],
      different: [[family, family.replace("S2", "s2")]],
      invalid: [
        alice,
        "+15551234567",
        family.replace("=", ""),
        family.replace("+", "-"),
        family.replace("aA=", "aB="),
        "Family",
      ],
    },
  },
  { describe, test },
);

test("the uuid of nobody known never stands for one person", () => {
  expect(network.sharedSenders).toContain("00000000-0000-0000-0000-000000000000");
});
