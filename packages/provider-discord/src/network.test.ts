import { networkConformance } from "@clawd/provider-kit/conformance";
import { describe, expect, test } from "vitest";
import { network } from "./network.ts";

const alice = "80351110224678912";

networkConformance(
  {
    network,
    same: [
      [alice, `discord:${alice}`],
      [alice, `user:${alice}`],
      [alice, `<@${alice}>`],
      [alice, `<@!${alice}>`],
      [alice, `Discord:${alice}`],
    ],
    different: [
      [alice, `${alice}0`],
      ["18446744073709551615", "1844674407370955161"],
    ],
    invalid: [
      "alice",
      "@alice",
      "alice#1234",
      `telegram:${alice}`,
      `<@&${alice}>`,
      `<#${alice}>`,
      `<@${alice}`,
      `<@0${alice}>`,
      `user:user:${alice}`,
      "18446744073709551616",
      "+15551234567",
    ],
    chats: {
      same: [
        [alice, `channel:${alice}`],
        [alice, `guild:${alice}`],
        [alice, `<#${alice}>`],
      ],
      different: [[alice, `${alice}0`]],
      invalid: ["general", "#general", `<@${alice}>`, "My server"],
    },
  },
  { describe, test },
);

test("says what is wrong with a name, a role and a channel", () => {
  const messageOf = (entry: string) => {
    const canonical = network.canonicalSender(entry);
    return canonical.ok ? "" : canonical.message;
  };
  expect(messageOf("alice#1234")).toMatch(/name/);
  expect(messageOf(`<@&${alice}>`)).toMatch(/role/);
  expect(messageOf(`<#${alice}>`)).toMatch(/channel/);
});
