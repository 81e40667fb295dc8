/** Networks whose maps name rooms: guilds with channels and threads, workspaces with channels. */
import { castle, harbour } from "./networks.ts";
import { absent, product, written } from "./product.ts";
import { asks, configOf, mentions, owners, type Slice } from "./scope.ts";

const policies = [absent, "open", "allowlist", "disabled"];
const direct = [absent, { policy: "open", allowFrom: ["*", "bob"] }];
/** Conversations of several people outside all rooms. */
const groupDirect = product({
  enabled: [absent, false],
  groupEnabled: [absent, true, false, "yes"],
  groupChannels: [absent, [], ["g1"], ["*"], ["g1", "*"], [""]],
}).map(written);

const rooms = [
  absent,
  {},
  { c1: {} },
  { c1: { users: ["bob"] } },
  { c1: { enabled: false } },
  { c1: { allow: false } },
  { c1: { requireMention: false }, "*": { users: ["alice"] } },
  { "*": {} },
  { "*": { users: [] } },
];

const guilds: Slice = {
  name: "guilds",
  covers:
    'groupPolicy × the guild\'s entry × its channels × the "*" guild × owners, by guild × room × thread × person × mention',
  configs: () => {
    const entries = [
      absent,
      ...product({
        said: [
          {},
          { users: ["alice"] },
          { users: ["*"] },
          { users: [] },
          { requireMention: false },
          { enabled: false },
        ],
        channels: rooms,
      }).map(({ said, channels }) => written({ ...said, channels })),
    ];
    const stars = [absent, {}, { users: ["bob"], requireMention: false }, { channels: { c2: {} } }];
    const maps = [absent, ...product({ G1: entries, "*": stars }).map(written)];
    return product({ groupPolicy: policies, guilds: maps, dm: direct, owner: [absent, ["castle:bob"]] }).map(
      ({ owner, ...rest }) => configOf(castle, rest, owners(owner)),
    );
  },
  cases: () =>
    asks(castle, {
      chat: [
        ...product({
          kind: ["channel"] as const,
          id: ["c1", "c2"],
          guild: ["G1", "G2", "constructor"],
        }),
        { kind: "channel", id: "thread1", parent: "c1", guild: "G1" },
        { kind: "channel", id: "thread1", parent: "c2", guild: "G1" },
        { kind: "channel", id: "c1", guild: null },
        { kind: "group", id: "c1" },
      ],
      sender: ["alice", "bob", "constructor"],
      mention: mentions.slice(0, 2),
      command: [absent, "status"],
      isPaired: [true],
      mentionsOthers: [false],
    }),
};

const channels: Slice = {
  name: "channels",
  covers:
    'groupPolicy × the channel\'s entry × the "*" entry × owners, by channel × thread × person × mention × command × activation',
  configs: () => {
    const entries = product({
      enabled: [absent, true, false],
      requireMention: [absent, true, false],
      users: [absent, [], ["alice"], ["*"]],
    }).map(written);
    const stars = [absent, {}, { enabled: false }, { requireMention: false }, { users: ["bob"] }];
    const maps = [absent, {}, ...product({ c1: [absent, ...entries], "*": stars }).map(written)];
    return product({ groupPolicy: policies, channels: maps, owner: [absent, ["harbour:bob"]] }).map(
      ({ owner, ...rest }) => configOf(harbour, rest, owners(owner)),
    );
  },
  cases: () =>
    asks(harbour, {
      chat: [
        { kind: "channel", id: "c1" },
        { kind: "channel", id: "c1", thread: "1.5", team: "T1" },
        { kind: "channel", id: "constructor" },
        { kind: "group", id: "c1" },
      ],
      sender: ["alice", "bob", "constructor"],
      mention: mentions,
      command: [absent, "status", "config"],
      mentionsOthers: [false],
      isPaired: [true],
      activation: [absent, "always"],
    }),
};

const groupDms: Slice = {
  name: "group DMs",
  covers: "groupPolicy × dm.groupEnabled × dm.groupChannels × map, by network × chat × person × mention",
  configs: () =>
    product({
      groupPolicy: policies,
      dm: groupDirect,
      named: [absent, "*", "g1"],
      network: [castle, harbour],
    }).map(({ network, named, ...rest }) => {
      const map = named === absent ? absent : { [named]: {} };
      const key = network === castle ? "guilds" : "channels";
      return configOf(network, { ...rest, [key]: map }, owners([`${network.id}:bob`]));
    }),
  cases: () =>
    [castle, harbour].flatMap((network) =>
      asks(network, {
        chat: [
          { kind: "group", id: "g1" },
          { kind: "group", id: "constructor" },
          { kind: "channel", id: "g1", guild: "g1" },
        ],
        sender: ["alice", "bob"],
        mention: mentions,
        command: [absent, "status"],
        mentionsOthers: [absent, false],
      }),
    ),
};

export const roomSlices: readonly Slice[] = [guilds, channels, groupDms];
