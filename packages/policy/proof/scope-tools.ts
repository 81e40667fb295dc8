/** Lists of tools: every pair of the layers that have one, every way to write a name, and what places inherit. */
import { castle, harbour, networks } from "./networks.ts";
import { absent, product, written } from "./product.ts";
import type { Sayings, ToolList } from "./reference-config.ts";
import type { Slice } from "./scope.ts";
import {
  atDesk,
  calls,
  directly,
  everyone,
  friends,
  house,
  inChannel,
  inGroup,
  ownership,
} from "./scope-runs.ts";

export const everyTool = [
  ..."bash process read ls grep find write edit apply_patch browser canvas nodes message".split(" "),
  ..."sessions_list sessions_history sessions_send sessions_spawn session_status agents_list image".split(
    " ",
  ),
  ..."web_fetch web_search memory_search memory_get cron gateway".split(" "),
];
const everyName = [...everyTool, ...networks.map(({ id }) => id)];

// --- Every pair of layers ----------------------------------------------------------------------------------------------

const forms: readonly (ToolList | undefined)[] = [
  absent,
  { allow: [] },
  { allow: ["read", "message", "sessions_list"] },
  { deny: ["read"] },
  { allow: ["*"], deny: ["group:sessions", "circle"] },
  { allow: ["bash", "group:fs", "castle", "cron"], deny: ["write"] },
];

/** A layer as the piece of config that holds it; pieces are merged. */
const layers: Readonly<Record<string, (list: ToolList) => object>> = {
  everywhere: (list) => ({ tools: list }),
  "everywhere, by provider": (list) => ({ tools: { byProvider: { anthropic: list } } }),
  "everywhere, by model": (list) => ({ tools: { byProvider: { "anthropic/opus": list } } }),
  agent: (list) => ({ agents: { list: { main: { tools: list } } } }),
  "agent, by provider": (list) => ({
    agents: { list: { main: { tools: { byProvider: { anthropic: list } } } } },
  }),
  "another agent": (list) => ({ agents: { list: { work: { tools: list } } } }),
  group: (list) => ({ circle: { groups: { g1: { tools: list } } } }),
  "every group": (list) => ({ circle: { groups: { "*": { tools: list } } } }),
  topic: (list) => ({ circle: { groups: { g1: { topics: { "7": { tools: list } } } } } }),
  "sender in the group": (list) => ({ circle: { groups: { g1: { toolsBySender: { alice: list } } } } }),
  "everybody in the group": (list) => ({ circle: { groups: { g1: { toolsBySender: { "*": list } } } } }),
  "sender in the topic": (list) => ({
    circle: { groups: { g1: { topics: { "7": { toolsBySender: { "circle:alice": list } } } } } },
  }),
  "sender in every group": (list) => ({ circle: { groups: { "*": { toolsBySender: { alice: list } } } } }),
  "friends' profile": (list) => ({ access: { profiles: { friend: { tools: list } } } }),
  "strangers' profile": (list) => ({ access: { profiles: { stranger: { tools: list } } } }),
  "sub-agents": (list) => ({ tools: { subagents: { tools: list } } }),
  sandbox: (list) => ({ tools: { sandbox: { tools: list } } }),
  "agent's sandbox": (list) => ({ agents: { list: { main: { tools: { sandbox: { tools: list } } } } } }),
};

function merged(...pieces: readonly object[]): Sayings {
  const all: Record<string, unknown> = {};
  for (const [key, value] of pieces.flatMap((piece) => Object.entries(piece))) {
    const before = all[key];
    const isBoth = typeof value === "object" && typeof before === "object" && !Array.isArray(value);
    all[key] = isBoth ? merged(before as object, value as object) : (value as unknown);
  }
  return all;
}

/** The agents of the pieces, which name them by id, as the list that a config has. */
function withAgents(config: Sayings): Sayings {
  const { list = {}, ...rest } = (config["agents"] ?? {}) as { list?: Readonly<Record<string, object>> };
  const ids = [...new Set(["main", "work", ...Object.keys(list)])];
  return { ...config, agents: { ...rest, list: ids.map((id) => ({ id, ...list[id] })) } };
}

const pairs: Slice = {
  name: "lists of tools, pairs of layers",
  covers: "every pair of the 18 layers × list × list, by tool × person × chat × run × model",
  configs: () => {
    const names = Object.keys(layers);
    return names.flatMap((first, at) =>
      names.slice(at + 1).flatMap((second) =>
        product({ one: forms, other: forms })
          .filter(({ one, other }) => (one === absent) === (other === absent) || at === 0)
          .map(({ one, other }) =>
            withAgents(
              merged(
                house,
                one === absent ? {} : layers[first]!(one),
                other === absent ? {} : layers[second]!(other),
              ),
            ),
          ),
      ),
    );
  },
  cases: () => [
    ...calls({
      from: [inGroup("alice"), inGroup("alice", "7"), inGroup("carol"), directly("alice")],
      run: [absent, "subagent", "cron"],
      model: [absent, "anthropic/opus", "openai/small"],
      tool: ["read", "message", "circle", "sessions_list"],
    }),
    ...calls({
      from: [directly("olga"), inGroup("olga", "7")],
      run: [absent, "subagent", "hook"],
      model: [absent, "anthropic/haiku"],
      tool: ["bash", "write", "castle", "cron"],
    }),
  ],
};

// --- Every way to write a name -----------------------------------------------------------------------------------------

const spellings: readonly unknown[] = [
  ..."read READ exec apply-patch Apply-Patch group:fs group:runtime group:sessions group:memory group:web".split(
    " ",
  ),
  ..."group:ui group:automation group:messaging group:nodes group:agents group:media Group:FS".split(" "),
  ..."* s* S* *_* *e c*e **a** bash* circ* *le memory_* x* ap*ply_patch ex* *-patch".split(" "),
  ..."message circle castle harbour desk mute Circle".split(" "),
  ..." read |\tgroup:fs\n| circle ".split("|"),
  ..."ghost group:ghost group: group circle:alice tools readd bash,read".split(" "),
  "",
  " ",
  7,
  null,
  ["read"],
];

const names: Slice = {
  name: "lists of tools, names",
  covers:
    "every spelling of a name, group, wildcard or network × the list it is in, by every tool and network × place",
  configs: () =>
    product({
      entry: spellings,
      list: [
        (entry: unknown) => ({ tools: { allow: [entry] } }),
        (entry: unknown) => ({ tools: { deny: ["ls", entry] } }),
        (entry: unknown) => ({ tools: { profile: "minimal", alsoAllow: [entry] } }),
        (entry: unknown) => ({ agents: { list: [{ id: "main", tools: { allow: [entry] } }] } }),
        (entry: unknown) => ({
          tools: {
            byProvider: { anthropic: { deny: [entry] } },
            sandbox: { tools: { allow: ["*"], deny: [] } },
          },
        }),
        (entry: unknown) => ({ tools: { sandbox: { tools: { allow: [entry] } } } }),
        (entry: unknown) => ({ tools: { sandbox: { tools: { deny: [entry] } } } }),
        (entry: unknown) => ({ tools: { subagents: { tools: { allow: [entry, "ls"] } } } }),
        (entry: unknown) => ({
          access: { profiles: { friend: { tools: { allow: [entry] }, ask: [entry] } } },
        }),
        (entry: unknown) => ({ circle: { ...friends, groups: { g1: { tools: { deny: [entry] } } } } }),
        (entry: unknown) => ({
          circle: { ...friends, groups: { g1: { toolsBySender: { alice: { allow: [entry] } } } } },
        }),
      ],
    }).map(({ entry, list }) => ({ ...house, ...list(entry) })),
  cases: () => [
    ...calls({ from: [directly("olga"), inGroup("alice")], run: [absent, "subagent"], tool: everyName }),
    ...calls({
      from: [directly("olga")],
      tool: [
        "exec",
        "EXEC",
        " bash ",
        "apply-patch",
        "ghost",
        "group:fs",
        "*",
        "read*",
        "constructor",
        "__proto__",
      ],
    }),
  ],
};

const readyMade: Slice = {
  name: "lists of tools, profiles",
  covers: "profile × alsoAllow × allow, of the config and of the agent, by every tool and network × place",
  configs: () => {
    const profile = [absent, "minimal", "coding", "messaging", "full"];
    const alsoAllow = [absent, [], ["web_fetch"], ["castle", "bash"]];
    return product({
      everywhere: product({
        profile: [...profile, "Full"],
        alsoAllow,
        allow: [absent, ["group:fs", "message"]],
      }).map(written),
      own: product({ profile, alsoAllow: [absent, ["circle"]], allow: [absent, ["mess*", "bash"]] }).map(
        written,
      ),
    }).map(({ everywhere, own }) => ({
      ...house,
      tools: everywhere,
      agents: { list: [{ id: "main", tools: own }] },
    }));
  },
  cases: () => calls({ from: [directly("olga"), inGroup("alice")], tool: everyName }),
};

// --- Groups, guilds, channels ------------------------------------------------------------------------------------------

const few: readonly (ToolList | undefined)[] = [
  absent,
  {},
  { allow: ["read", "message"] },
  { deny: ["read"] },
  { allow: [], deny: ["bash"] },
];

const groups: Slice = {
  name: "tools of groups and topics",
  covers:
    'lists of the topic, the group and "*" × lists for the sender and for everybody there, by person × topic × tool',
  configs: () =>
    product({
      group: few,
      star: few,
      topic: [absent, { deny: ["bash"] }, { allow: ["bash", "read"] }],
      own: [
        absent,
        { alice: { allow: ["read"] } },
        { "*": { deny: ["read"] } },
        { "circle:alice": {}, "*": { allow: [] } },
      ],
      inherited: [absent, { alice: { deny: ["read"] } }, { "*": { deny: ["message"] }, bob: {} }],
    }).map(({ group, star, topic, own, inherited }) => ({
      ...house,
      circle: {
        ...friends,
        groups: written({
          g1: written({ tools: group, toolsBySender: own, topics: topic && { "7": { tools: topic } } }),
          "*":
            star === absent && inherited === absent
              ? absent
              : written({ tools: star, toolsBySender: inherited }),
        }),
      },
    })),
  cases: () =>
    calls({
      from: [
        ...["alice", "bob", "carol"].flatMap((id) => [inGroup(id), inGroup(id, "7")]),
        { ...inGroup("alice"), chat: { kind: "group", id: "g2" } },
        directly("alice"),
      ],
      tool: ["read", "bash", "message", "circle"],
      agent: ["main"],
    }),
};

const rooms: Slice = {
  name: "tools of guilds and channels",
  covers:
    'lists of the channel, its "*", the guild and its "*", for all and by sender, by layout × person × thread × tool',
  configs: () => {
    const sandbox = { tools: { sandbox: { tools: { allow: ["*"], deny: [] } } } };
    const bySender = [absent, { alice: { allow: ["read"] } }, { "*": { deny: ["read"] } }];
    return [
      ...product({
        channel: few,
        everyChannel: [absent, { deny: ["message"] }],
        guild: few,
        everyGuild: [absent, { deny: ["bash"] }, { allow: ["read"] }],
        inGuild: bySender,
        inChannel: bySender,
      }).map(({ channel, everyChannel, guild, everyGuild, inGuild, inChannel: there }) => {
        const c1 = written({ tools: channel, toolsBySender: there });
        const star = everyChannel && { "*": { tools: everyChannel } };
        const G1 = written({ tools: guild, toolsBySender: inGuild, channels: { c1, ...star } });
        return {
          ...ownership,
          ...sandbox,
          castle: { guilds: { G1, ...(everyGuild && { "*": { tools: everyGuild } }) } },
        };
      }),
      ...product({ channel: few, star: few, own: bySender, inherited: bySender }).map(
        ({ channel, star, own, inherited }) => ({
          ...ownership,
          ...sandbox,
          harbour: {
            channels: {
              c1: written({ tools: channel, toolsBySender: own }),
              "*": written({ tools: star, toolsBySender: inherited }),
            },
          },
        }),
      ),
    ];
  },
  cases: () =>
    [castle, harbour].flatMap(({ id }) =>
      calls({
        from: ["alice", "bob"].flatMap((person) => [
          inChannel(person, id),
          inChannel(person, id, { id: "thread1", parent: "c1" }),
          inChannel(person, id, { id: "c2" }),
          inChannel(person, id, { guild: "G2" }),
        ]),
        tool: ["read", "bash", "message", id],
      }),
    ),
};

const elsewhere: Slice = {
  name: "tools, who is asked",
  covers:
    "every network, account and switch × agents that there are, by every person × chat × tool, known or not",
  configs: () =>
    product({
      enabled: [absent, false],
      accounts: [
        absent,
        { work: {} },
        { work: { allowFrom: ["carol"], groups: { g1: { tools: { deny: ["read"] } } } } },
      ],
      agents: [absent, { list: [] }, { list: [{ id: "home" }] }, { list: [{ id: "main" }, { id: "work" }] }],
      dmPolicy: [absent, "disabled", "allowlist"],
    }).map(({ agents, ...section }) => ({
      ...ownership,
      ...written({ agents, circle: written({ ...friends, ...section }) }),
    })),
  cases: () =>
    calls({
      from: [
        ...everyone,
        ...everyone.slice(0, 5).map((from) => ({ ...from, account: "work" })),
        { ...directly("alice"), account: "ghost" },
        directly("alice", "ghost"),
        directly("everybody"),
        { ...directly("alice"), sender: { id: "alice", isBot: true } },
        { ...directly("alice"), sender: { id: "alice", isSelf: true } },
        { ...directly("alice"), sender: { id: null } },
        inChannel("alice", "castle"),
        directly("alice", "castle"),
        directly("olga", "harbour"),
        atDesk,
      ],
      agent: ["main", "work", "ghost", "constructor"],
      run: [absent, "turn", "cron"],
      tool: ["read", "bash", "image", "cron", "ghost"],
      state: [{}, { isPaired: true }],
    }),
};

// --- Runs that nobody wrote --------------------------------------------------------------------------------------------

const derived: Slice = {
  name: "tools of runs that nobody wrote",
  covers: "tools.subagents.tools × the agent's list, by person × run × every tool and network",
  configs: () =>
    product({ list: forms, own: [absent, { allow: ["*"] }] }).map(({ list, own }) => ({
      ...house,
      tools: { sandbox: { tools: { allow: ["*"], deny: [] } }, subagents: written({ tools: list }) },
      agents: { list: [{ id: "main", ...written({ tools: own }) }] },
    })),
  cases: () =>
    calls({
      from: [directly("olga"), directly("alice")],
      run: [absent, "subagent", "cron", "hook"],
      tool: everyName,
    }),
};

export const toolSlices: readonly Slice[] = [pairs, names, readyMade, groups, rooms, elsewhere, derived];
