/** Sending: here and elsewhere, with every rule that lets the target in or keeps it out. */
import type { SendRequest } from "../src/request.ts";
import { absent, product, written } from "./product.ts";
import type { Slice } from "./scope.ts";
import { everyone, friends, house, inChannel, inGroup, ownership, sendings, directly } from "./scope-runs.ts";

type To = SendRequest["to"];

/** Messages pass the sandbox, so that only what is said of the chat decides. */
const open = { tools: { sandbox: { tools: { allow: ["message"] } } } };
const reachable = { access: { profiles: { friend: { send: "accepted" }, stranger: { send: "accepted" } } } };

const at = (provider: string, chat: To["chat"], account?: string): To =>
  written({ provider, account, chat }) as To;

const targets: readonly To[] = [
  ...["alice", "bob", "carol", "olga", "everybody"].map((id) => at("circle", { kind: "dm", id })),
  at("circle", { kind: "dm", id: "alice" }, "default"),
  at("circle", { kind: "dm", id: "alice" }, "work"),
  at("circle", { kind: "dm", id: "alice" }, "ghost"),
  ...["g1", "g2", "constructor"].map((id) => at("circle", { kind: "group", id })),
  at("circle", { kind: "group", id: "g1", thread: "7" }),
  at("circle", { kind: "group", id: "g1" }, "work"),
  at("circle", { kind: "channel", id: "g1" }),
  at("castle", { kind: "channel", id: "c1", guild: "G1" }),
  at("desk", { kind: "dm", id: "web" }),
  at("ghost", { kind: "dm", id: "alice" }),
];

const chats: Slice = {
  name: "sending, groups",
  covers:
    "dmPolicy × allowFrom × groupPolicy × groups × account × profile's send, by person × chat × target × approval",
  configs: () =>
    product({
      direct: [
        { allowFrom: ["olga", "alice", "bob"] },
        { dmPolicy: "allowlist", allowFrom: ["olga", "alice"] },
        { dmPolicy: "open", allowFrom: ["*", "alice"] },
        { dmPolicy: "disabled", allowFrom: ["alice"] },
      ],
      groupPolicy: [absent, "open", "disabled"],
      groups: [
        absent,
        { g1: {} },
        { g1: {}, "*": { enabled: false } },
        { g1: { topics: { "7": { enabled: false } } }, "*": {} },
      ],
      accounts: [absent, { work: {} }, { work: { enabled: false } }],
      profiles: [
        {},
        reachable,
        { access: { profiles: { owner: { send: "here" }, friend: { send: "accepted" } } } },
      ],
      enabled: [absent],
    }).map(({ direct, profiles, ...rest }) => ({
      ...ownership,
      ...open,
      ...profiles,
      circle: { ...direct, ...written(rest) },
      castle: { guilds: { G1: { channels: { c1: {} } } } },
    })),
  cases: () => [
    ...sendings({ from: everyone, to: targets, state: [{}, { isTargetPaired: true }] }),
    ...sendings({
      from: [inGroup("olga", "7"), inGroup("carol", "7"), { ...directly("alice"), account: "work" }],
      to: targets,
    }),
  ],
};

const rooms: Slice = {
  name: "sending, guilds and channels",
  covers: "groupPolicy × guilds × channels × group DMs × switches, by person × chat × target",
  configs: () =>
    product({
      groupPolicy: [absent, "open", "allowlist", "disabled"],
      guilds: [
        absent,
        {},
        { G1: {} },
        { G1: { channels: { c1: {} } } },
        { G1: { enabled: false } },
        { G1: { users: ["bob"], channels: { c1: { users: ["alice"] }, "*": { enabled: false } } } },
      ],
      channels: [absent, { c1: {} }, { c1: { allow: false }, "*": { users: [] } }],
      dm: [
        absent,
        { enabled: false },
        { groupEnabled: true, groupChannels: ["g1"] },
        { policy: "open", allowFrom: ["*"] },
      ],
      off: [absent, "castle", "desk"],
      profiles: [reachable, {}],
    }).map(({ groupPolicy, guilds, channels, dm, off, profiles }) => ({
      ...house,
      ...open,
      ...profiles,
      castle: written({ groupPolicy, guilds, dm, enabled: off === "castle" ? false : absent }),
      harbour: written({ groupPolicy, channels, dm }),
      ...(off === "desk" ? { desk: { enabled: false } } : {}),
    })),
  cases: () =>
    sendings({
      from: [
        directly("olga"),
        directly("alice"),
        inGroup("carol"),
        inChannel("olga", "castle"),
        inChannel("alice", "castle"),
        inChannel("alice", "castle", { id: "thread1", parent: "c1" }),
      ],
      to: [
        ...["castle", "harbour"].flatMap((provider) => [
          at(provider, { kind: "channel", id: "c1", guild: "G1" }),
          at(provider, { kind: "channel", id: "c2", guild: "G1" }),
          at(provider, { kind: "channel", id: "c1", guild: "G2" }),
          at(provider, { kind: "channel", id: "thread1", parent: "c1", guild: "G1" }),
          at(provider, { kind: "channel", id: "c1" }),
          at(provider, { kind: "group", id: "g1" }),
          at(provider, { kind: "group", id: "g2" }),
          at(provider, { kind: "dm", id: "alice" }),
        ]),
        at("desk", { kind: "dm", id: "web" }),
        at("desk", { kind: "channel", id: "c1" }),
        at("mute", { kind: "dm", id: "alice" }),
      ],
    }),
};

const tools: Slice = {
  name: "sending, the tool",
  covers: "every way to give or take `message` or one network × ask × run, by person × chat × target",
  configs: () => {
    const lists = [
      absent,
      { allow: ["message"] },
      { allow: ["castle"] },
      { deny: ["circle"] },
      { deny: ["message"] },
      { allow: ["group:messaging"], deny: ["castle"] },
      { allow: ["read"] },
    ];
    return product({
      everywhere: lists,
      own: lists,
      ask: [absent, ["message"], ["castle"], ["ca*"]],
      sandbox: [absent, { allow: ["circle"] }],
    }).map(({ everywhere, own, ask, sandbox }) => ({
      ...house,
      castle: { dm: { allowFrom: ["alice"] } },
      tools: { ...everywhere, sandbox: { tools: { ...sandbox } } },
      agents: { list: [{ id: "main", tools: { ...own } }] },
      access: { profiles: { owner: written({ ask }), friend: written({ ask, send: "accepted" }) } },
    }));
  },
  cases: () =>
    sendings({
      from: everyone,
      run: [absent, "subagent", "cron"],
      to: [
        at("circle", { kind: "dm", id: "alice" }),
        at("castle", { kind: "dm", id: "alice" }),
        at("circle", { kind: "group", id: "g1" }),
      ],
    }),
};

const accounts: Slice = {
  name: "sending, between accounts",
  covers: "rules of two accounts, by person × account × target's account",
  configs: () =>
    product({
      base: [friends, { allowFrom: ["olga"] }, { ...friends, enabled: false }],
      work: [absent, {}, { dmPolicy: "disabled" }, { allowFrom: ["alice"], groups: { g2: {} } }],
    }).map(({ base, work }) => ({
      ...ownership,
      ...open,
      ...reachable,
      circle: { ...base, ...written({ accounts: work && { work } }) },
    })),
  cases: () =>
    sendings({
      from: [...everyone.slice(0, 5), ...everyone.slice(0, 5).map((from) => ({ ...from, account: "work" }))],
      to: targets,
    }),
};

export const sendSlices: readonly Slice[] = [chats, rooms, tools, accounts];
