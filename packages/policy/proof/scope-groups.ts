/** Groups with topics: every policy with every map and every list; mentions, commands and events inside them. */
import { circle } from "./networks.ts";
import { absent, product, written } from "./product.ts";
import { asks, configOf, events, mentions, owners, people, type Slice } from "./scope.ts";

const group = (id: string, thread: string | null = null, kind: "group" | "channel" = "group") =>
  ({ kind, id, thread }) as const;

const gate: Slice = {
  name: "groups, who and where",
  covers:
    'groupPolicy × groupAllowFrom × allowFrom × the group\'s entry × the "*" entry, by chat × person × mention × approval',
  configs: () => {
    const entries = [
      absent,
      {},
      { enabled: false },
      { requireMention: false },
      { allowFrom: [] },
      { allowFrom: ["alice"] },
      { allowFrom: ["*"] },
      { allowFrom: ["bob"], requireMention: false },
    ];
    const maps = [absent, ...product({ g1: entries, "*": entries }).map(written)];
    return product({
      groupPolicy: [absent, "open", "allowlist", "disabled", "Allowlist"],
      groupAllowFrom: [absent, [], ["alice"], ["*"]],
      direct: [
        {},
        { allowFrom: ["alice"] },
        { allowFrom: ["bob"] },
        { dmPolicy: "open", allowFrom: ["*", "bob"] },
      ],
      groups: maps,
    }).map(({ direct, ...rest }) => configOf(circle, { ...direct, ...rest }));
  },
  cases: () =>
    asks(circle, {
      chat: [group("g1"), group("g2"), group("constructor"), group("g1", null, "channel")],
      sender: ["alice", "bob", people.fresh],
      mention: mentions,
      isPaired: [absent, true],
    }),
};

const topics: Slice = {
  name: "groups, topics and mentions",
  covers:
    'requireMention and lists at topic, group and "*" × groupPolicy, by topic × person × mention × activation × command',
  configs: () => {
    const requireMention = [absent, true, false];
    return product({
      topic: [
        absent,
        ...product({ requireMention, allowFrom: [absent, [], ["alice"]], enabled: [absent, false] }).map(
          written,
        ),
      ],
      g1: product({ requireMention, allowFrom: [absent, ["bob"]] }).map(written),
      star: [absent, ...product({ requireMention }).map(written)],
      groupPolicy: [absent, "open", "allowlist"],
      groupAllowFrom: [absent, ["alice"]],
    }).map(({ topic, g1, star, ...rest }) => {
      const entry = topic === absent ? g1 : { ...g1, topics: { "7": topic } };
      return configOf(circle, { ...rest, groups: written({ g1: entry, "*": star }) });
    });
  },
  cases: () =>
    asks(circle, {
      chat: [group("g1"), group("g1", "7"), group("g1", "constructor"), group("g2", "7")],
      sender: ["alice", "bob"],
      mention: mentions.slice(0, 2),
      activation: [absent, "mention", "always"],
      command: [absent, "status"],
    }),
};

const requests: Slice = {
  name: "groups, all that can be asked",
  covers: "every event, command, mention, activation and person, in groups of every openness",
  configs: () =>
    product({
      groupPolicy: [absent, "open", "allowlist"],
      groupAllowFrom: [["alice"], [], ["alice", "everybody"]],
      requireMention: [true, false],
      owner: [["circle:alice"], ["circle:bob"]],
    }).map(({ owner, requireMention, ...rest }) =>
      configOf(circle, { ...rest, groups: { g1: { requireMention } } }, owners(owner)),
    ),
  cases: () =>
    asks(circle, {
      chat: [group("g1")],
      sender: [...Object.values(people), null],
      event: events,
      mention: mentions,
      mentionsOthers: [absent, true, false],
      command: [absent, null, "status", "verbose", "config", "activation", "frobnicate", "constructor"],
      activation: [absent, null, "mention", "always"],
    }),
};

/** Every command with a declared right, and names that are none. */
const commandNames =
  "help status stop new reset compact think model verbose reasoning elevated config debug activation"
    .split(" ")
    .concat("frobnicate", "", "constructor", "__proto__", "toString", "Config", "con\u200Bfig", "STATUS");

const commands: Slice = {
  name: "commands",
  covers: "every command × every standing × switches, in a DM, in a group and among strangers",
  configs: () =>
    product({
      ownerAllowFrom: [absent, [], ["circle:alice"], ["castle:alice"], ["*"], ["circle:*"], ["alice"]],
      config: [absent, true, false],
      debug: [absent, true],
    }).map((commands) => {
      const open = { dmPolicy: "open", allowFrom: ["*", "bob"], groupPolicy: "open" };
      return configOf(circle, open, { commands: written(commands) });
    }),
  cases: () =>
    asks(circle, {
      chat: [{ kind: "dm", id: "" }, group("g1"), group("c1", null, "channel")],
      sender: Object.values(people),
      event: ["message", "command", "button"],
      mention: mentions,
      mentionsOthers: [false, true],
      isPaired: [absent, true],
      command: commandNames,
    }),
};

export const groupSlices: readonly Slice[] = [gate, topics, requests, commands];
