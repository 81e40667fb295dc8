import { describe, expect, test } from "vitest";
import { aDm, aPolicy, aRoomMessage, flat, guilded } from "../../test/builders.ts";
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

describe("what would get a message through is found for every kind of chat, and carried out it does", () => {
  const people = { commands: { ownerAllowFrom: ["guilded:42"] } };
  const groupDm = aRoomMessage(guilded, "7", { chat: { kind: "group", id: "66" } });
  const nowhere = aRoomMessage(guilded, "7", { chat: { kind: "channel", id: "77" } });
  const inGuild = aRoomMessage(guilded, "7", { chat: { kind: "channel", id: "77", guild: "9" } });
  const guilds = { "8": { enabled: false }, "9": { channels: { "77": {} } } };

  test.each<readonly [string, object, MessageRequest, readonly string[]]>([
    [
      "a group of people, off unless switched on",
      {},
      groupDm,
      ["guilded.dm.groupEnabled were true + guilded.dm.groupChannels, where it is set, named the chat"],
    ],
    [
      "one that is not named among those that are on",
      { guilded: { dm: { groupEnabled: true, groupChannels: ["65"] } } },
      groupDm,
      ["guilded.dm.groupChannels named the chat"],
    ],
    [
      "one that an allowlist asks for",
      { guilded: { groupPolicy: "allowlist" } },
      groupDm,
      ["guilded.dm.groupEnabled were true + guilded.dm.groupChannels named the chat"],
    ],
    [
      "one where direct messages are off as well",
      { guilded: { dm: { enabled: false } } },
      groupDm,
      [
        "guilded.dm.enabled were true + guilded.dm.groupEnabled were true + guilded.dm.groupChannels, where it is set, named the chat",
      ],
    ],
    [
      "a room whose guild the request does not say",
      { guilded: { guilds } },
      nowhere,
      ["the request said that the chat is in guild 9"],
    ],
    [
      "a room that its guild does not name",
      { guilded: { guilds: { "9": { channels: { "76": {} } } } } },
      inGuild,
      ['guilded.guilds["9"].channels named the chat'],
    ],
    [
      "one of a guild that does not list the sender",
      { guilded: { guilds: { "9": { users: ["6"], channels: { "76": {} } } } } },
      inGuild,
      ['guilded.guilds["9"].channels named the chat + the sender were listed in guilded.guilds["9"].users'],
    ],
    [
      "one of a guild that is switched off",
      { guilded: { guilds: { "9": { enabled: false, channels: { "76": {} } } } } },
      inGuild,
      [
        'guilded.guilds["9"].channels named the chat + the chat were switched on (guilded.guilds["9"].enabled)',
      ],
    ],
    [
      "three things at once",
      {
        flat: { groupPolicy: "disabled", groups: { "77": { allowFrom: ["2"] } } },
        access: { profiles: { friend: { agents: [] } } },
      },
      aRoomMessage(flat, "1"),
      [
        'flat.groupPolicy were removed + the sender were listed in flat.groups["77"].allowFrom + access.profiles.friend.agents named main',
        'flat.groupPolicy were removed + the sender were listed in commands.ownerAllowFrom + the sender were listed in flat.groups["77"].allowFrom',
      ],
    ],
  ])("%s", (_, more, request, expected) => {
    const config = { ...people, ...more };
    const { decision, remedies } = explain(aPolicy(config), request);
    expect(decision.effect).not.toBe("allow");
    expect(remedies.map(({ changes }) => changes.map(({ text }) => text).join(" + "))).toEqual(expected);
    for (const remedy of remedies) {
      const after = carriedOut({ config, request, state: {} }, remedy);
      expect(aPolicy(after.config).decide(after.request, after.state).effect).toBe("allow");
    }
  });

  test("of a room whose guild is not known nothing is said that would be written for another", () => {
    const { remedies } = explain(aPolicy({ guilded: { groupPolicy: "open" } }), {
      ...nowhere,
      mentioned: false,
    });
    const paths = remedies.flatMap(({ changes }) => changes.map(({ rule }) => rule.path));
    expect(remedies.length).toBeGreaterThan(0);
    expect(remedies.flatMap(({ changes }) => changes.map(({ text }) => text))).not.toContain(
      `${paths[0]} were false`,
    );
  });
});

test("of many ways in the lines say the first, and how many more there are", () => {
  const config = { flat: { groupPolicy: "allowlist", groups: { "77": {} } } };
  const request = aRoomMessage(flat, "1", { mentioned: false, mentionsOthers: true, command: "verbose" });
  const { remedies, lines } = explain(aPolicy(config), request);
  expect(remedies.length).toBeGreaterThan(7);
  expect(lines.at(-1)).toBe(`  and ${remedies.length - 6} more`);
});
