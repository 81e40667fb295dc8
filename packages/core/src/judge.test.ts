import { describe, expect, test } from "vitest";
import { anEvent } from "@clawd/provider-kit/testing";
import { policyOf } from "../test/a-road.ts";
import { judge, type JudgePorts } from "./judge.ts";

const ports = (config: unknown, more: Partial<JudgePorts> = {}): JudgePorts => {
  const policy = policyOf(config);
  return {
    policy: () => policy,
    isPaired: () => false,
    activation: () => null,
    matchMention: () => ({ matched: false, available: false }),
    ...more,
  };
};
const group = { example: { groups: { "-7": {} } } };
const inGroup = { chat: { kind: "group", id: "-7" } } as const;

describe("pairing", () => {
  test("is asked for the sender of a direct message", () => {
    const isPaired = (provider: string, account: string, id: string) =>
      `${provider}:${account}:${id}` === "example:default:42";
    expect(judge(anEvent(), ports({}, { isPaired })).effect).toBe("allow");
  });

  test("when its file cannot be read, nobody counts as paired", () => {
    const isPaired = () => {
      throw new Error("corrupt");
    };
    expect(judge(anEvent(), ports({}, { isPaired })).effect).toBe("challenge");
  });

  test("never speaks for a group", () => {
    const config = { example: { groupPolicy: "allowlist", groups: { "-7": {} } } };
    const decision = judge(anEvent({ ...inGroup, mentioned: true }), ports(config, { isPaired: () => true }));
    expect(decision.effect).toBe("deny");
  });
});

describe("a mention", () => {
  test("by the owner's pattern counts like one of the network", () => {
    const matchMention = () => ({ matched: true, available: true });
    expect(judge(anEvent(inGroup), ports(group, { matchMention })).code).toBe("allowed");
  });

  test("that neither the network nor a pattern could have seen keeps the bot silent", () => {
    const event = anEvent({ ...inGroup, mentionDetectable: false });
    expect(judge(event, ports(group)).code).toBe("mention-undetectable");
  });

  test("is detectable where there are patterns", () => {
    const event = anEvent({ ...inGroup, mentionDetectable: false });
    const matchMention = () => ({ matched: false, available: true });
    expect(judge(event, ports(group, { matchMention })).code).toBe("mention-required");
  });
});

test("an activation that an owner set for the session is heeded", () => {
  expect(judge(anEvent(inGroup), ports(group, { activation: () => "always" })).code).toBe("allowed");
});

test("the policy in force now decides, not the one of a moment ago", () => {
  let policy = policyOf({ example: { dmPolicy: "allowlist", allowFrom: ["42"] } });
  const changing = ports({}, { policy: () => policy });
  expect(judge(anEvent(), changing).effect).toBe("allow");
  policy = policyOf({ example: { dmPolicy: "disabled" } });
  expect(judge(anEvent(), changing).effect).toBe("deny");
});
