import { describe, expect, test } from "vitest";
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

describe("pairing", () => {
  test("is asked for the sender of a direct message", () => {
    const grant = (provider: string, account: string, id: string) =>
      `${provider}:${account}:${id}` === "example:default:42" ? { profile: null } : undefined;
    expect(judge(anEvent(), ports({}, { grant })).effect).toBe("allow");
  });

  test("when its file cannot be read, nobody counts as paired", () => {
    expect(judge(anEvent(), ports({}, { grant: corrupt })).effect).toBe("challenge");
  });

  test("when its file cannot be read, whoever is no owner has a stranger's rights, and is heard as before", () => {
    const access = { profiles: { stranger: { commands: [] } } };
    const listed = { access, example: { ...group.example, allowFrom: ["42"] } };
    const owned = { ...listed, commands: { ownerAllowFrom: ["example:42"] } };
    const status = { command: { name: "status", args: "" }, mentionsOthers: false };
    const codes = (config: unknown, event: object) =>
      judge(anEvent(event), ports(config, { grant: corrupt })).code;
    expect([codes(listed, {}), codes(listed, status)]).toEqual(["allowed", "command-not-allowed"]);
    expect(codes(owned, status)).toBe("command-allowed");
  });

  test("its profile narrows its holder in groups too", () => {
    const config = { ...group, access: { profiles: { kids: { agents: [] } } } };
    const decision = judge(
      anEvent({ ...inGroup, mentioned: true }),
      ports(config, { grant: () => ({ profile: "kids" }) }),
    );
    expect(decision).toMatchObject({ effect: "deny", code: "agent-not-allowed" });
  });

  test("never speaks for a group", () => {
    const config = { example: { groupPolicy: "allowlist", groups: { "-7": {} } } };
    const decision = judge(
      anEvent({ ...inGroup, mentioned: true }),
      ports(config, { grant: () => ({ profile: null }) }),
    );
    expect(decision.effect).toBe("deny");
  });
});

describe("a budget", () => {
  const config = {
    example: { dmPolicy: "allowlist", allowFrom: ["42"] },
    access: { profiles: { friend: { budget: { turnsPerHour: 2, tokensPerDay: 100 } } } },
  };
  const codeAfter = (turnsThisHour: number, tokensToday: number) =>
    judge(
      anEvent(),
      ports(config, { usage: { read: () => ({ turnsThisHour, turnsToday: 9, tokensToday }) } }),
    ).code;

  test("lets through what is below each of its bounds", () => {
    expect(codeAfter(1, 99)).toBe("allowed");
    expect(codeAfter(2, 0)).toBe("budget-spent");
    expect(codeAfter(0, 100)).toBe("budget-spent");
  });

  test("is read for the person, without the turn that is asked about", () => {
    const asked: unknown[] = [];
    const usage = {
      read: (...about: unknown[]) => {
        asked.push(about);
        return { turnsThisHour: 0, turnsToday: 0, tokensToday: 0 };
      },
    };
    const event = anEvent();
    judge(event, ports(config, { usage }));
    expect(asked).toEqual([["example:42", JSON.stringify(["example", "default", event.eventId])]]);
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
