/** Profiles of rights: who has which, and each key of one with every standing. */
import type { StateFacts } from "../src/request.ts";
import { absent, product, written } from "./product.ts";
import { events, type Case, type Slice } from "./scope.ts";
import {
  calls,
  directly,
  everyone,
  friends,
  house,
  inChannel,
  inGroup,
  messages,
  ownership,
  sendings,
  sessionCalls,
} from "./scope-runs.ts";

const group = { mentioned: true, mentionDetectable: true } as const;

const whose: Slice = {
  name: "profiles, whose",
  covers:
    "members of two profiles and of the built-in ones × what is written of them × the approval's word, by person × chat × question",
  configs: () => {
    const members = [absent, [], ["circle:alice"], [" circle:carol ", "circle:olga", "desk:web"]];
    return product({
      kids: [absent, ...members.map((each) => written({ tools: { allow: ["read"] }, members: each }))],
      aunts: [
        absent,
        ...members
          .slice(2)
          .map((each) => written({ tools: { allow: ["image"] }, budget: { turnsPerDay: 3 }, members: each })),
      ],
      friend: [
        absent,
        {},
        { places: ["sandbox"], tools: { deny: ["image"] } },
        { members: ["circle:bob"] },
        { members: ["circle:alice"] },
      ],
      owner: [absent, { tools: { deny: ["bash"] }, members: ["circle:bob", "castle:alice"] }],
      stranger: [absent, { agents: [] }, { budget: { turnsPerHour: 1, tokensPerDay: 10 } }],
    }).map((profiles) => ({
      ...house,
      tools: { sandbox: { tools: { allow: ["*"] } } },
      access: { profiles: written(profiles) },
    }));
  },
  cases: () => {
    const named = [
      absent,
      null,
      "",
      "kids",
      "aunts",
      "friend",
      "owner",
      "stranger",
      "ghost",
      "constructor",
      "Kids",
    ];
    const state = named.map((profile): StateFacts => (profile === absent ? {} : { profile }));
    return [
      ...calls({ from: everyone, tool: ["read", "image"], state: state.slice(2) }),
      ...sendings({
        from: everyone,
        to: [
          { provider: "circle", chat: { kind: "group", id: "g1" } },
          { provider: "circle", chat: { kind: "dm", id: "alice" } },
        ],
        state,
      }),
      ...sessionCalls({
        from: everyone,
        asked: [
          { operation: "read", session: "agent:main:circle:dm:alice" },
          { operation: "spawn", target: "main" },
        ],
        state,
      }),
      ...calls({ from: [...everyone, directly("bob")], tool: ["bash", "read", "message"] }),
      ...messages([directly("alice"), inGroup("carol"), directly("olga")], [group], state),
      ...messages(
        everyone,
        [group],
        [{ isWithinBudget: true }, { isPaired: true, profile: "aunts", isWithinBudget: true }],
      ),
    ];
  },
};

const keys: Slice = {
  name: "profiles, agents and budgets",
  covers:
    "agents × commands × budget of each profile × binding, by person × chat × event × command × mention × budget left",
  configs: () =>
    product({
      name: ["owner", "friend", "stranger"],
      agents: [absent, [], ["main"], ["work", "main"], ["w*k"], ["*"]],
      commands: [absent, [], ["status"], ["/verbose", "Status"]],
      budget: [absent, { turnsPerHour: 2 }, { turnsPerHour: 2, turnsPerDay: 9, tokensPerDay: 1000 }],
      bound: [false, true],
    }).map(({ name, bound, ...profile }) => ({
      ...house,
      circle: { ...friends, groups: { g1: {}, "*": { requireMention: false } } },
      access: { profiles: { [name]: written(profile) } },
      agents: { list: [{ id: "main" }, { id: "work" }] },
      ...(bound
        ? {
            bindings: [{ agentId: "work", match: { provider: "circle", peer: { kind: "group", id: "g1" } } }],
          }
        : {}),
    })),
  cases: () => [
    ...messages(
      everyone,
      product({
        event: events.slice(1),
        command: [absent, "status", "verbose", "frobnicate"],
        mentioned: [true, false],
        mentionsOthers: [false],
        mentionDetectable: [true],
      }).map(written) as never,
      [{ isWithinBudget: true }],
    ),
    ...messages(
      [...everyone, { ...inGroup("alice"), chat: { kind: "group", id: "g2" } }],
      [group, { mentionDetectable: true }, { ...group, event: "button" }, { ...group, command: "help" }],
      [{}, { isWithinBudget: false }, { isWithinBudget: true, isPaired: true }],
    ),
    ...calls({ from: everyone, agent: ["main", "work"], tool: ["read"], run: [absent, "subagent"] }),
  ],
};

const everyCommand =
  "help status stop new reset compact think model verbose reasoning elevated activation config debug".split(
    " ",
  );

const commands: Slice = {
  name: "profiles, commands",
  covers:
    "each command alone in a profile, and each left out × profile × switches, by every command × person × chat",
  configs: () =>
    product({
      name: ["owner", "friend", "stranger", "kids"],
      commands: [
        [],
        ...everyCommand.flatMap((each) => [[each], everyCommand.filter((other) => other !== each)]),
      ],
      config: [absent, true],
    }).map(({ name, commands: given, config }) => ({
      ...house,
      commands: { ...ownership.commands, ...written({ config, debug: config }) },
      access: {
        profiles: { [name]: { commands: given, ...(name === "kids" ? { members: ["circle:alice"] } : {}) } },
      },
    })),
  cases: () =>
    messages(
      everyone,
      [...everyCommand, "Status", "ver\u200Bbose", "constructor", "frobnicate"].flatMap((command) => [
        { command, mentionsOthers: false },
        { command, event: "command" as const, mentioned: true },
      ]),
      [{ isPaired: true }],
    ),
};

const inherited: Slice = {
  name: "profiles, what they leave out",
  covers:
    "each key of `friend` rewritten × each key of a profile that starts from it, by person × chat × question",
  configs: () => {
    const bodies = [
      absent,
      {},
      { agents: ["work"] },
      { tools: { deny: ["read"] } },
      { places: ["gateway"] },
      { commands: ["help"] },
      { ask: ["read", "image"] },
      { budget: { turnsPerDay: 1 } },
      { send: "accepted", sessions: "agent" },
    ];
    return product({
      friend: bodies,
      kids: bodies.slice(1),
      member: ["alice", "carol", "olga"],
      mode: [absent, "off"],
    }).map(({ friend, kids, member, mode }) => ({
      ...house,
      agents: { defaults: { sandbox: written({ mode }) }, list: [{ id: "main" }, { id: "work" }] },
      tools: { sandbox: { tools: { allow: ["*"] } } },
      access: { profiles: written({ friend, kids: { ...kids, members: [`circle:${member}`] } }) },
    }));
  },
  cases: (): readonly Case[] => {
    const from = [...everyone, inChannel("alice", "castle")];
    return [
      ...calls({ from, agent: ["main", "work"], tool: ["read", "image", "message"] }),
      ...messages(
        from,
        [group, { ...group, command: "status" }, { ...group, command: "help" }],
        [{ isWithinBudget: true }, {}],
      ),
      ...everyone.map((origin): Case => ({
        request: {
          ...origin,
          action: "send",
          agent: "main",
          to: { provider: "circle", chat: { kind: "dm", id: "bob" } },
        },
        state: {},
      })),
      ...everyone.map((origin): Case => ({
        request: {
          ...origin,
          action: "session",
          agent: "main",
          operation: "read",
          session: "agent:main:circle:dm:bob",
        },
        state: {},
      })),
    ];
  },
};

/** Each key of a profile in a form that is right, and in forms that are not. */
const written_: Readonly<Record<string, readonly unknown[]>> = {
  agents: [[], ["main"], ["m*", "*", "x*"], ["ghost"], ["main", ""], "main", null, [null], {}],
  tools: [
    {},
    { allow: [], deny: ["*"] },
    { allow: "read" },
    { deny: ["ghost"] },
    [],
    null,
    "read",
    { allow: null },
  ],
  places: [[], ["host"], ["Host"], ["cloud"], "host", null, [7]],
  commands: [
    [],
    ["status"],
    ["config", "debug"],
    ["frobnicate"],
    ["Status"],
    ["/status"],
    ["//status"],
    ["/"],
    "status",
    null,
  ],
  send: ["here", "accepted", "Here", "all", "", null, ["here"], true],
  sessions: ["own", "agent", "all", "Own", null, []],
  ask: [[], ["bash", "group:fs", "*", "circle"], ["ghost"], "bash", null, [""]],
  budget: [
    { turnsPerHour: 1 },
    { turnsPerDay: 1, tokensPerDay: 1 },
    { turnsPerHour: 0 },
    { turnsPerDay: -1 },
    { tokensPerDay: 1.5 },
    { turnsPerHour: "3" },
    { turnsPerHour: null },
    { tokensPerDay: Number.NaN },
    { tokensPerDay: Number.POSITIVE_INFINITY },
    null,
    3,
    [],
  ],
  members: [
    [],
    ["circle:alice"],
    [" circle:alice ", "castle:alice"],
    ["alice"],
    ["*"],
    ["circle:*"],
    ["ghost:alice"],
    ["circle:"],
    ["circle:@alice"],
    [""],
    [7],
    "circle:alice",
    null,
  ],
};

const forms: Slice = {
  name: "profiles, how they are written",
  covers: "every key in every form × names of profiles, one at a time and members in two, by person",
  configs: () => [
    ...Object.entries(written_).flatMap(([key, values]) =>
      values.flatMap((value) =>
        ["owner", "friend", "kids"].map((name) => ({
          ...house,
          access: { profiles: { [name]: { [key]: value } } },
        })),
      ),
    ),
    ...[
      "a",
      "kids-2",
      `a${"b".repeat(31)}`,
      `a${"b".repeat(32)}`,
      "Kids",
      "2kids",
      "-kids",
      "",
      "kids_2",
      "kids ",
      "ki ds",
    ].map((name) => ({ ...house, access: { profiles: { [name]: {} } } })),
    ...product({
      one: [["circle:alice"], ["circle:alice", "circle:alice"], ["castle:alice"]],
      other: [["circle: alice"], [" circle:alice"], ["circle:Alice"], ["castle:alice", "circle:bob"]],
      name: ["aunts", "friend"],
    }).map(({ one, other, name }) => ({
      ...house,
      access: { profiles: { kids: { members: one }, [name]: { members: other } } },
    })),
    ...[null, [], "all", 7].flatMap((value) => [
      { ...house, access: value },
      { ...house, access: { profiles: value } },
      { ...house, access: { profiles: { kids: value } } },
    ]),
    { ...house, access: {} },
  ],
  cases: () => [
    ...calls({ from: everyone, tool: ["read", "bash", "image"] }),
    ...messages([directly("alice"), inGroup("carol")], [group], [{}, { isWithinBudget: true }]),
  ],
};

export const rightsSlices: readonly Slice[] = [whose, keys, commands, inherited, forms];
