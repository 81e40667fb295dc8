/** Three policies and none × the map × the people × the mention × commands, in three layouts. */
import { describe, expect, test } from "vitest";
import type { DecisionCode } from "../src/index.ts";
import {
  aPolicy,
  aRoomMessage,
  chatNetworks,
  flat,
  guilded,
  roomy,
  section,
  type Rules,
} from "./builders.ts";

const rooms: readonly [Rules["room"], unset: DecisionCode, open: DecisionCode][] = [
  [undefined, "group-not-listed", "allowed"],
  ["none", "group-not-listed", "group-not-listed"],
  ["78", "group-not-listed", "group-not-listed"],
  ["77", "allowed", "allowed"],
  ["*", "allowed", "allowed"],
];

describe.each(chatNetworks)("$id", (network) => {
  const code = (rules: Rules, sender = "1", more = {}) =>
    aPolicy({ [network.id]: section(network, rules) }).decide(aRoomMessage(network, sender, more)).code;

  test.each(rooms)(
    "with the map %j: %s without a policy, %s when open, never when disabled",
    (room, unset, open) => {
      expect(code({ room })).toBe(unset);
      expect(code({ room, groupPolicy: "open" })).toBe(open);
      expect(code({ room, groupPolicy: "disabled" })).toBe("group-disabled");
    },
  );

  test.each([undefined, "none", "78"] as const)("an allowlist with the map %j accepts no group", (room) => {
    expect(code({ room, groupPolicy: "allowlist", allowFrom: ["1"], groupAllowFrom: ["1"] })).toBe(
      "group-not-listed",
    );
  });

  test("the room's own list is kept under every policy; [] is nobody, absent anybody", () => {
    for (const groupPolicy of [undefined, "open", "allowlist"]) {
      const rules: Rules = { room: "77", groupPolicy, groupAllowFrom: ["1"] };
      expect(code({ ...rules, people: ["1"] })).toBe("allowed");
      expect(code({ ...rules, people: ["2"] })).toBe("group-sender-not-listed");
      expect(code({ ...rules, people: [] })).toBe("group-sender-not-listed");
      expect(code(rules)).toBe("allowed");
    }
  });

  test("a room that is switched off stays off", () => {
    const entry = { enabled: false };
    const map = {
      flat: { groups: { "77": entry } },
      roomy: { channels: { "77": entry } },
      guilded: { guilds: { "9": { channels: { "77": { allow: false } } } } },
    };
    expect(aPolicy(map).decide(aRoomMessage(network, "1"))).toMatchObject({ code: "group-disabled" });
  });

  test("a mention is asked for until the config says otherwise, or an owner where it says nothing", () => {
    const unmentioned = { mentioned: false };
    expect(code({ room: "77" }, "1", unmentioned)).toBe("mention-required");
    expect(code({ room: "77", requireMention: true }, "1", unmentioned)).toBe("mention-required");
    expect(code({ room: "77", requireMention: false }, "1", unmentioned)).toBe("allowed");
    expect(code({ room: "77" }, "1", { mentioned: false, mentionDetectable: false })).toBe(
      "mention-undetectable",
    );
    const decide = (requireMention: boolean | undefined) =>
      aPolicy({ [network.id]: section(network, { room: "77", requireMention }) }).decide(
        aRoomMessage(network, "1", unmentioned),
        { activation: "always" },
      ).code;
    expect(decide(undefined)).toBe("allowed");
    expect(decide(true)).toBe("mention-required");
  });

  test("what was not for the bot is kept as context, but only from those who may trigger it", () => {
    const decide = (people: unknown) =>
      aPolicy({ [network.id]: section(network, { room: "77", people }) }).decide(
        aRoomMessage(network, "1", { mentioned: false }),
      ).obligations;
    expect(decide(["1"])).toEqual([{ kind: "remember-as-context" }]);
    expect(decide(["2"])).toEqual([{ kind: "stay-silent" }]);
  });

  test("a press of a button is a mention; a side event is noted or, from those kept out, nothing", () => {
    const rules: Rules = { room: "77", people: ["1"] };
    expect(code(rules, "1", { event: "button", mentioned: false })).toBe("allowed");
    for (const event of ["edit", "reaction", "member"]) {
      expect(code(rules, "1", { event, mentioned: false })).toBe("side-event-noted");
      expect(code(rules, "2", { event, mentioned: true })).toBe("group-sender-not-listed");
    }
  });

  test("a stranger's turn is a stranger's, a listed person's is theirs", () => {
    const authority = (sender: string) =>
      aPolicy({
        [network.id]: section(network, { room: "77", groupPolicy: "open", people: ["*", "1"] }),
        commands: { ownerAllowFrom: [`${network.id}:3`] },
      }).decide(aRoomMessage(network, sender)).obligations;
    expect(authority("1")).toEqual([{ kind: "start-turn", authority: "listed" }]);
    expect(authority("2")).toEqual([{ kind: "start-turn", authority: "stranger" }]);
    expect(authority("3")).toEqual([{ kind: "start-turn", authority: "owner" }]);
  });

  describe("commands", () => {
    const unmentioned = { mentioned: false };
    const rules: Rules = { room: "77", groupPolicy: "open", people: ["*", "1"] };

    test("somebody who may use it needs no mention, unless somebody else is mentioned", () => {
      expect(code(rules, "1", { ...unmentioned, command: "status" })).toBe("command-allowed");
      expect(code(rules, "1", { ...unmentioned, command: "status", mentionsOthers: true })).toBe(
        "mention-required",
      );
    });

    test("somebody who may not is refused, mentioned or not, and the text goes nowhere", () => {
      for (const mentioned of [true, false]) {
        for (const event of ["message", "command", "edit", "button"]) {
          const decision = aPolicy({ [network.id]: section(network, rules) }).decide(
            aRoomMessage(network, "2", { mentioned, command: "status", event: event as "message" }),
          );
          expect(decision).toMatchObject({
            code: "command-not-allowed",
            obligations: [{ kind: "stay-silent" }],
          });
        }
      }
    });

    test("a text of no known command is ordinary text, and wakes nobody up", () => {
      expect(code(rules, "1", { ...unmentioned, command: "frobnicate" })).toBe("mention-required");
      expect(code(rules, "1", { command: "frobnicate" })).toBe("allowed");
      expect(code(rules, "1", { event: "command", command: "frobnicate" })).toBe("command-unknown");
    });
  });
});

describe("who may trigger in groups", () => {
  const code = (rules: Record<string, unknown>, sender = "1", more = {}) =>
    aPolicy({ flat: { groups: { "77": {} }, ...rules } }).decide(aRoomMessage(flat, sender, more)).code;

  test("an allowlist asks for groupAllowFrom, else for allowFrom, never for an approval", () => {
    const groupPolicy = "allowlist";
    expect(code({ groupPolicy, groupAllowFrom: ["1"] })).toBe("allowed");
    expect(code({ groupPolicy, groupAllowFrom: ["2"], allowFrom: ["1"] })).toBe("group-sender-not-listed");
    expect(code({ groupPolicy, groupAllowFrom: [], allowFrom: ["1"] })).toBe("group-sender-not-listed");
    expect(code({ groupPolicy, allowFrom: ["1"] })).toBe("allowed");
    expect(code({ groupPolicy, allowFrom: ["2"] })).toBe("group-sender-not-listed");
    expect(code({ groupPolicy })).toBe("group-sender-not-listed");
    const policy = aPolicy({ flat: { groupPolicy, groups: { "77": {} } } });
    expect(policy.decide(aRoomMessage(flat, "1"), { isPaired: true }).effect).toBe("deny");
  });

  test("a star of an open dmPolicy reaches no group", () => {
    expect(code({ groupPolicy: "allowlist", dmPolicy: "open", allowFrom: ["*"] })).toBe(
      "group-sender-not-listed",
    );
  });

  test("groupAllowFrom is kept wherever groupPolicy is not open", () => {
    expect(code({ groupAllowFrom: ["2"] })).toBe("group-sender-not-listed");
    expect(code({ groupAllowFrom: [] })).toBe("group-sender-not-listed");
    expect(code({ groupPolicy: "open", groupAllowFrom: ["2"] })).toBe("allowed");
  });

  test("lists of one place only narrow each other, and the one that kept somebody out is named", () => {
    const groups = { "*": { allowFrom: ["1", "2"] }, "77": { topics: { "5": { allowFrom: ["2", "3"] } } } };
    const policy = aPolicy({ flat: { groups } });
    const decide = (sender: string) =>
      policy.decide({ ...aRoomMessage(flat, sender), chat: { kind: "group", id: "77", thread: "5" } });
    expect(decide("2")).toMatchObject({ code: "allowed", session: "agent:main:flat:group:77:topic:5" });
    expect(decide("1").rules).toEqual([{ path: 'flat.groups["77"].topics["5"].allowFrom' }]);
    expect(decide("3").rules).toEqual([{ path: 'flat.groups["*"].allowFrom' }]);
  });

  test("an entry inherits from the star what it does not say itself", () => {
    const groups = {
      "*": { requireMention: false, allowFrom: ["1"] },
      "77": {},
      "78": { requireMention: true },
    };
    const decide = (id: string, sender: string) =>
      aPolicy({ flat: { groups } }).decide({
        ...aRoomMessage(flat, sender, { mentioned: false }),
        chat: { kind: "group", id },
      }).code;
    expect(decide("77", "1")).toBe("allowed");
    expect(decide("77", "2")).toBe("group-sender-not-listed");
    expect(decide("78", "1")).toBe("mention-required");
  });
});

describe("guilds and rooms", () => {
  test("a guild without channels names all of its rooms, but not under an allowlist", () => {
    const guilds = { "9": { users: ["1"] } };
    expect(aPolicy({ guilded: { guilds } }).decide(aRoomMessage(guilded, "1")).code).toBe("allowed");
    expect(aPolicy({ guilded: { guilds } }).decide(aRoomMessage(guilded, "2")).code).toBe(
      "group-sender-not-listed",
    );
    const strict = aPolicy({ guilded: { groupPolicy: "allowlist", guilds } });
    expect(strict.decide(aRoomMessage(guilded, "1")).code).toBe("group-not-listed");
  });

  test("a guild that is not named, and a room that names no guild, are refused", () => {
    const policy = aPolicy({ guilded: { guilds: { "9": {} } } });
    const decide = (guild: string | null) =>
      policy.decide({ ...aRoomMessage(guilded, "1"), chat: { kind: "channel", id: "77", guild } }).code;
    expect([decide("9"), decide("8"), decide(null)]).toEqual([
      "allowed",
      "group-not-listed",
      "group-not-listed",
    ]);
  });

  test("a thread stands under its room's rules and has a session of its own", () => {
    const policy = aPolicy({ guilded: { guilds: { "9": { channels: { "77": {} } } } } });
    const chat = { kind: "channel", id: "500", parent: "77", guild: "9" } as const;
    expect(policy.decide({ ...aRoomMessage(guilded, "1"), chat })).toMatchObject({
      code: "allowed",
      session: "agent:main:guilded:channel:500",
    });
    expect(policy.decide({ ...aRoomMessage(guilded, "1"), chat: { ...chat, parent: null } }).effect).toBe(
      "deny",
    );
  });

  test("group DMs are off until they are switched on, then all or those that are named", () => {
    const decide = (dm: object, more = {}) =>
      aPolicy({ roomy: { dm, ...more } }).decide({
        ...aRoomMessage(roomy, "1"),
        chat: { kind: "group", id: "77" },
      });
    expect(decide({})).toMatchObject({ code: "group-disabled", rules: [{ path: "roomy.dm.groupEnabled" }] });
    expect(decide({ groupEnabled: true }).code).toBe("allowed");
    expect(decide({ groupEnabled: true, groupChannels: ["77"] }).code).toBe("allowed");
    expect(decide({ groupEnabled: true, groupChannels: ["78"] }).code).toBe("group-not-listed");
    expect(decide({ groupEnabled: true, groupChannels: [] }).code).toBe("group-not-listed");
    expect(decide({ groupEnabled: true }, { groupPolicy: "disabled" }).code).toBe("group-disabled");
    expect(decide({ groupEnabled: true, enabled: false }).code).toBe("group-disabled");
  });
});
