import { describe, expect, test } from "vitest";
import { aDm, aPolicy, aRoomMessage, flat } from "../../test/builders.ts";
import { carriedOut } from "../../test/carry-out.ts";
import type { MessageRequest, StateFacts } from "../index.ts";
import { explain } from "./explain.ts";

const base = {
  commands: { ownerAllowFrom: ["flat:42"] },
  agents: { list: [{ id: "main", default: true }, { id: "child" }] },
  flat: { allowFrom: ["42", "7"], groups: { "77": {} } },
};
const withProfile = (name: string, rights: object) => ({ ...base, access: { profiles: { [name]: rights } } });
const friend = (rights: object) => withProfile("friend", rights);

const table: readonly (readonly [
  code: string,
  config: object,
  request: MessageRequest,
  state: StateFacts,
  remedy: string,
])[] = [
  [
    "profile-unknown",
    base,
    aDm(flat, "7"),
    { profile: "gone" },
    "the approval of the sender named no profile",
  ],
  [
    "agent-not-allowed",
    friend({ agents: ["child"] }),
    aDm(flat, "7"),
    {},
    "access.profiles.friend.agents named main",
  ],
  [
    "agent-not-allowed",
    withProfile("stranger", { agents: ["child"] }),
    aRoomMessage(flat, "1"),
    {},
    "access.profiles.stranger.agents named main",
  ],
  [
    "command-not-allowed",
    friend({ commands: ["help"] }),
    aDm(flat, "7", { command: "status" }),
    {},
    "access.profiles.friend.commands named status",
  ],
  [
    "budget-spent",
    friend({ budget: { turnsPerDay: 3 } }),
    aDm(flat, "7"),
    {},
    "something were left of the budget (access.profiles.friend.budget)",
  ],
  [
    "pairing-required",
    friend({ agents: ["child"] }),
    aDm(flat, "1"),
    {},
    "the sender were listed in flat.allowFrom + access.profiles.friend.agents named main",
  ],
];

describe("what a profile takes away from a message can be given back, and then it gets through", () => {
  test.each(table)("%s", (code, config, request, state, remedy) => {
    const { decision, remedies } = explain(aPolicy(config), request, state);
    expect(decision.code).toBe(code);
    expect(remedies.map(({ changes }) => changes.map(({ text }) => text).join(" + "))).toContain(remedy);
    for (const each of remedies) {
      const after = carriedOut({ config, request, state }, each);
      const said = each.changes.map(({ text }) => text).join(" + ");
      expect(aPolicy(after.config).decide(after.request, after.state).effect, said).toBe("allow");
    }
  });
});

test("whoever is kept out of a topic by its list and by the group's is told of both", () => {
  const groups = { "77": { allowFrom: ["2"], topics: { "5": { allowFrom: ["3"] } } } };
  const config = { ...base, flat: { ...base.flat, groups } };
  const request = aRoomMessage(flat, "7", { chat: { kind: "group", id: "77", thread: "5" } });
  const { remedies } = explain(aPolicy(config), request);
  expect(remedies.map(({ changes }) => changes.map(({ rule }) => rule.path))).toEqual([
    ['flat.groups["77"].topics["5"].allowFrom', 'flat.groups["77"].allowFrom'],
  ]);
  const after = carriedOut({ config, request, state: {} }, remedies[0]!);
  expect(aPolicy(after.config).decide(request).effect).toBe("allow");
});
