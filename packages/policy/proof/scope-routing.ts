/** Which agent and which session: every pair of bindings, in both orders; and the network that has no rules. */
import type { Network } from "../src/network.ts";
import { castle, circle, desk, harbour } from "./networks.ts";
import { absent, product, written } from "./product.ts";
import { asks, configOf, dm, events, owners, people, type Slice } from "./scope.ts";

const agentLists = [
  absent,
  [{ id: "main" }, { id: "work" }, { id: "home" }],
  [{ id: "home" }, { id: "work", default: true }],
];

/** Bindings of every tier and of mixed ones; each bound to one of two agents, or to one that does not exist. */
function bindingsFor(network: Network): readonly object[] {
  const match = product({
    accountId: [absent, "*", "work"],
    place: [
      {},
      { peer: { kind: "dm", id: "alice" } },
      { peer: { kind: "group", id: "g1" } },
      { peer: { kind: "channel", id: "c1" } },
      { guildId: "G1" },
      { teamId: "T1" },
      { peer: { kind: "channel", id: "c1" }, guildId: "G1" },
    ],
  });
  return match.map(({ accountId, place }) => written({ provider: network.id, accountId, ...place }));
}

function routing(network: Network, section: object): Slice {
  const matches = bindingsFor(network);
  return {
    name: `bindings, ${network.layout}`,
    covers: "every ordered pair of bindings × agents, by account × chat × person",
    configs: () =>
      product({
        list: agentLists,
        first: [absent, ...matches],
        second: [
          absent,
          ...matches,
          { provider: "ghost" },
          { provider: network.id, peer: { kind: "room", id: "c1" } },
        ],
      }).map(({ list, first, second }) => {
        const bindings = [
          ...(first === absent ? [] : [{ agentId: "work", match: first }]),
          ...(second === absent ? [] : [{ agentId: "home", match: second }]),
        ];
        const beside = { ...owners([`${network.id}:bob`]), bindings, agents: list && { list } };
        return configOf(network, { ...section, accounts: { work: {} } }, beside);
      }),
    cases: () =>
      asks(network, {
        chat: [
          dm,
          { kind: "group", id: "g1" },
          { kind: "channel", id: "c1", guild: "G1", team: "T1" },
          { kind: "channel", id: "c1", guild: "G2", team: "T1" },
          { kind: "channel", id: "thread1", parent: "c1", guild: "G1", team: "T2" },
          { kind: "channel", id: "c2", thread: "7", guild: "G1", team: "T1" },
        ],
        sender: ["alice", "bob"],
        account: [absent, "work"],
        mention: [{ mentioned: true, mentionDetectable: true }],
      }),
  };
}

/** Direct messages here do not say who wrote by the chat's id alone. */
const nearest: Slice = {
  name: "bindings, the nearest",
  covers: "every ordered pair of bindings by peer, any peer, room, guild and team, by chat × person",
  configs: () => {
    const guild = [{}, { guildId: "G1" }];
    const team = [{}, { teamId: "T1" }];
    const peer = [
      {},
      ...["alice", "bob", "*"].map((id) => ({ peer: { kind: "dm", id } })),
      ...["c1", "thread1", "*"].map((id) => ({ peer: { kind: "channel", id } })),
      { peer: { kind: "group", id: "*" } },
    ];
    const matches = product({ peer, guild, team }).map((each) => ({
      ...each.peer,
      ...each.guild,
      ...each.team,
    }));
    return product({ first: matches, second: matches }).map(({ first, second }) =>
      configOf(
        castle,
        { dm: { policy: "open", allowFrom: ["*"] }, guilds: { "*": {} } },
        {
          agents: { list: [{ id: "main" }, { id: "work" }, { id: "home" }] },
          bindings: [
            { agentId: "work", match: { provider: castle.id, ...first } },
            { agentId: "home", match: { provider: castle.id, ...second } },
          ],
        },
      ),
    );
  },
  cases: () => {
    const inCastle = { action: "message", provider: castle.id, mentioned: true } as const;
    const chats = [
      { kind: "dm", id: "alice" },
      { kind: "dm", id: "alice", team: "T1" },
      { kind: "group", id: "g1" },
      { kind: "channel", id: "c1", guild: "G1", team: "T1" },
      { kind: "channel", id: "c1", guild: "G2", team: "T2" },
      { kind: "channel", id: "thread1", parent: "c1", guild: "G1" },
      { kind: "channel", id: "c2", guild: "G1", team: "T2" },
    ] as const;
    return product({ chat: chats, id: ["alice", "bob"] }).map(({ chat, id }) => ({
      request: { ...inCastle, chat, sender: { id } },
      state: {},
    }));
  },
};

const sessions: Slice = {
  name: "sessions",
  covers: "dmScope × owners, by account × chat × person, with ids that hold the separators of session keys",
  configs: () =>
    product({
      dmScope: [absent, "main", "per-channel-peer", "per-account-channel-peer"],
      owner: [absent, ["circle:alice"]],
    }).map(({ dmScope, owner }) =>
      configOf(
        circle,
        {
          dmPolicy: "open",
          allowFrom: ["*"],
          groupPolicy: "open",
          groups: { "*": { requireMention: false } },
          accounts: { work: {}, home: {} },
        },
        { ...owners(owner), ...written({ session: dmScope && { dmScope } }) },
      ),
    ),
  cases: () =>
    asks(circle, {
      chat: [
        dm,
        ...product({
          kind: ["group", "channel"] as const,
          id: ["g1", "G1", "g1:topic:7", "work:group:g1", "main", "a%3Ab", "a:b", "é", "e\u0301", "\ud800"],
          thread: [null, "7", "7:topic:7"],
        }),
      ],
      sender: ["alice", "Alice", "main", "work:dm:alice", "dm:alice", "a:b", "a%3Ab", "\ud800", "\udc00"],
      account: [absent, "work", "home"],
    }),
};

const operator: Slice = {
  name: "operator",
  covers: "the network behind the gateway's token, by person × event × command",
  configs: () => [{}, configOf(desk, { enabled: true }), configOf(desk, { enabled: false })],
  cases: () =>
    asks(desk, {
      chat: [dm],
      sender: Object.values(people),
      event: events,
      command: [absent, "status", "verbose", "config", "frobnicate", "constructor"],
    }),
};

const defaults: Slice = {
  name: "no config at all",
  covers: "the empty config and unknown networks, by chat × person × approval",
  configs: () => [{}, { commands: {} }, { commands: { ownerAllowFrom: ["circle:alice"] } }],
  cases: () =>
    [circle, castle, harbour, { ...circle, id: "ghost" }, { ...circle, id: "constructor" }].flatMap(
      (network) =>
        asks(network, {
          chat: [dm, { kind: "group", id: "g1" }, { kind: "channel", id: "c1", guild: "G1" }],
          sender: ["alice", "bob"],
          account: [absent, "work"],
          mention: [{ mentioned: true, mentionDetectable: true }],
          isPaired: [absent, true],
        }),
    ),
};

export const routingSlices: readonly Slice[] = [
  routing(circle, { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" }),
  routing(castle, { dm: { policy: "open", allowFrom: ["*"] }, guilds: { "*": {} } }),
  routing(harbour, { dm: { policy: "open", allowFrom: ["*"] }, channels: { "*": {} } }),
  nearest,
  sessions,
  operator,
  defaults,
];
