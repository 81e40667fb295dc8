/** Which agent answers where: every tier, ties, fields that must all match. */
import { describe, expect, test } from "vitest";
import type { ChatReference } from "../src/index.ts";
import { aDm, aPolicy, aRoomMessage, flat, guilded } from "./builders.ts";

const agents = {
  list: ["fallback", "a", "b", "c", "d", "e"].map((id, index) => ({ id, default: index === 0 })),
};
const bind = (agentId: string, match: object) => ({ agentId, match: { provider: "guilded", ...match } });
const channel = (more: Partial<ChatReference> = {}): ChatReference => ({
  kind: "channel",
  id: "77",
  guild: "9",
  team: "5",
  ...more,
});

function agentFor(bindings: readonly object[], chat = channel(), account = "default"): string | null {
  const policy = aPolicy({ agents, bindings, guilded: { groupPolicy: "open", accounts: { work: {} } } });
  return policy.decide({ ...aRoomMessage(guilded, "1"), chat, account }).agent;
}

const tiers = [
  bind("a", { peer: { kind: "channel", id: "77" } }),
  bind("b", { peer: { kind: "channel", id: "*" } }),
  bind("c", { guildId: "9" }),
  bind("d", { teamId: "5" }),
  bind("e", {}),
];

test("the most specific wins, whatever the order", () => {
  for (let first = 0; first < tiers.length; first++) {
    const rest = tiers.slice(first);
    expect(agentFor(rest)).toBe("abcde"[first]);
    expect(agentFor([...rest].reverse())).toBe("abcde"[first]);
  }
  expect(agentFor([])).toBe("fallback");
});

test("inside a tier the first wins", () => {
  expect(agentFor([bind("b", { guildId: "9" }), bind("a", { guildId: "9" })])).toBe("b");
});

test("all fields that a binding gives must match", () => {
  const peer = { kind: "channel", id: "77" };
  expect(agentFor([bind("a", { peer, guildId: "8" })])).toBe("fallback");
  expect(agentFor([bind("a", { peer, guildId: "9" })])).toBe("a");
  expect(agentFor([bind("a", { peer, guildId: "9" })], channel({ id: "78" }))).toBe("fallback");
  expect(agentFor([bind("a", { guildId: "9", teamId: "6" })])).toBe("fallback");
});

test("a thread belongs to its room's agent unless it is bound itself", () => {
  const thread = channel({ id: "500", parent: "77" });
  expect(agentFor(tiers, thread)).toBe("a");
  expect(agentFor([...tiers, bind("e", { peer: { kind: "channel", id: "500" } })], thread)).toBe("e");
});

test("a binding without account is for the default account, one with a star for any", () => {
  expect(agentFor([bind("a", {})], channel(), "work")).toBe("fallback");
  expect(agentFor([bind("a", { accountId: "*" })], channel(), "work")).toBe("a");
  expect(agentFor([bind("a", { accountId: "*" }), bind("b", { accountId: "work" })], channel(), "work")).toBe(
    "b",
  );
  expect(agentFor([bind("a", { accountId: "*" }), bind("b", {})])).toBe("b");
});

describe("direct messages", () => {
  const decide = (sender: string) =>
    aPolicy({
      agents,
      bindings: [{ agentId: "a", match: { provider: "flat", peer: { kind: "dm", id: "flat:1" } } }],
      flat: { dmPolicy: "open", allowFrom: ["*"] },
    }).decide(aDm(flat, sender));

  test("a person's binding is for their direct messages, by id", () => {
    expect(decide("1")).toMatchObject({ agent: "a", session: "agent:a:flat:dm:1" });
    expect(decide("2")).toMatchObject({ agent: "fallback", session: "agent:fallback:flat:dm:2" });
  });

  test("a room of the same number is another peer", () => {
    const policy = aPolicy({
      agents,
      bindings: [{ agentId: "a", match: { provider: "flat", peer: { kind: "dm", id: "77" } } }],
      flat: { groupPolicy: "open" },
    });
    expect(policy.decide(aRoomMessage(flat, "1")).agent).toBe("fallback");
  });
});

test("without a default the first agent of the list answers, without a list main", () => {
  const list = [{ id: "b" }, { id: "a" }];
  expect(aPolicy({ agents: { list } }).decide(aDm(flat, "1")).agent).toBe("b");
  expect(aPolicy({}).decide(aDm(flat, "1")).agent).toBe("main");
});
