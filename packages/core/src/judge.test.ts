import { describe, expect, test } from "vitest";
import { unreadableProfile } from "@clawd/pairing";
import type { Policy, StateFacts } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import { anEvent } from "@clawd/provider-kit/testing";
import { policyOf } from "../test/a-road.ts";
import { judge, type JudgePorts } from "./judge.ts";

const ports = (config: unknown, more: Partial<JudgePorts> = {}): JudgePorts => {
  const policy = policyOf(config);
  return {
    policy: () => policy,
    grant: () => undefined,
    usage: { read: () => ({ turnsThisHour: 0, turnsToday: 0, tokensToday: 0 }) },
    activation: () => null,
    matchMention: () => ({ matched: false, available: false }),
    ...more,
  };
};
const group = { example: { groups: { "-7": {} } } };
const inGroup = { chat: { kind: "group", id: "-7" } } as const;

const corrupt = () => {
  throw new Error("corrupt");
};

/** What the policy is told. */
function toldOf(event: InboundEvent, more: Partial<JudgePorts>): readonly (StateFacts | undefined)[] {
  const told: (StateFacts | undefined)[] = [];
  const policy = policyOf(group);
  const spy: Policy = {
    ...policy,
    decide(request, state) {
      told.push(state);
      return policy.decide(request, state);
    },
  };
  judge(event, ports(group, { policy: () => spy, ...more }));
  return told;
}

const broken = () => {
  throw new Error("corrupt");
};

describe("an approval", () => {
  test("is looked up for the sender of a direct message", () => {
    const grant = (provider: string, account: string, id: string) =>
      `${provider}:${account}:${id}` === "example:default:42" ? { profile: null } : undefined;
    expect(judge(anEvent(), ports({}, { grant })).effect).toBe("allow");
    expect(judge(anEvent({ sender: { id: "43" }, chat: { id: "43" } }), ports({}, { grant })).effect).toBe(
      "challenge",
    );
  });

  test("that cannot be read lets nobody in, and names a profile that cannot exist, in groups too", () => {
    expect(judge(anEvent(), ports({}, { grant: broken })).effect).toBe("challenge");
    for (const event of [anEvent(), anEvent(inGroup)])
      expect(toldOf(event, { grant: broken })).toEqual([{ isPaired: false, profile: unreadableProfile }]);
  });

  test("never lets anybody into a group", () => {
    const config = { example: { groupPolicy: "allowlist", groups: { "-7": {} } } };
    const grant = () => ({ profile: "friend" });
    const decision = judge(anEvent({ ...inGroup, mentioned: true }), ports(config, { grant }));
    expect(decision.effect).toBe("deny");
  });

  test("takes its profile along into a group, and there into every question", () => {
    const grant = () => ({ profile: "kids" });
    const matchMention = () => ({ matched: true, available: true });
    expect(toldOf(anEvent(), { grant })).toEqual([{ isPaired: true, profile: "kids" }]);
    expect(toldOf(anEvent(inGroup), { grant, matchMention })).toEqual([
      { isPaired: false, profile: "kids" },
      { isPaired: false, profile: "kids", activation: null },
    ]);
  });

  test("that there is not narrows nobody", () => {
    expect(toldOf(anEvent(inGroup), {})).toEqual([{ isPaired: false, profile: null }]);
    expect(toldOf(anEvent({ sender: { id: null } }), { grant: broken })).toEqual([{}]);
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
