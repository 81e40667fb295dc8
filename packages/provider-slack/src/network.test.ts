import { networkConformance } from "@clawd/provider-kit/conformance";
import { describe, expect, test } from "vitest";
import { network } from "./network.ts";

networkConformance(
  {
    network,
    same: [
      ["U024BE7LH", "slack:U024BE7LH"],
      ["U024BE7LH", "user:U024BE7LH"],
      ["U024BE7LH", "<@U024BE7LH>"],
      ["W0123456789", "<@W0123456789|alice>"],
      ["U024BE7LH", " U024BE7LH "],
    ],
    different: [
      ["U024BE7LH", "U024BE7LI"],
      ["U024BE7LH", "W024BE7LH"],
      ["U024BE7LO", "U024BE7L0"],
    ],
    invalid: [
      "u024be7lh",
      "wilson",
      "Wilson",
      "@alice",
      "alice.example",
      "C024BE91L",
      "D024BE91L",
      "B024BE91L",
      "T024BE91L",
      "<@U024BE7LH",
      "<@U024BE7LH|U0OTHER>x",
      "<#C024BE91L>",
      "discord:U024BE7LH",
      "slack:slack:U024BE7LH",
      "Ｕ024BE7LH",
    ],
    chats: {
      same: [
        ["C024BE91L", "channel:C024BE91L"],
        ["C024BE91L", "<#C024BE91L|general>"],
      ],
      different: [["C024BE91L", "G024BE91L"]],
      invalid: ["general", "#general", "c024be91l", "U024BE7LH", "D024BE91L"],
    },
  },
  { describe, test },
);

test("a name written inside a mention is not what counts", () => {
  expect(network.canonicalSender("<@U024BE7LH|U0MALLORY>")).toEqual({ ok: true, id: "U024BE7LH" });
});

test("Slackbot is nobody in particular", () => {
  expect(network.sharedSenders).toContain("USLACKBOT");
});
