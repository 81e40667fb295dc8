/**
 * A large config that says something of everything, with the people who are approved, and questions about it: more of each
 * than the small scope has, at random from a seed.
 */
import type { Network } from "../src/network.ts";
import { chanceFrom, type Chance } from "./chance.ts";
import type { Sayings } from "./reference-config.ts";

/** A network with names that it takes as they are. */
export interface Populated {
  readonly network: Pick<Network, "id" | "layout">;
  readonly people: readonly string[];
  readonly rooms: readonly string[];
}

export interface Approval {
  readonly id: string;
  readonly profile: string | null;
  /** It had an end, which is over. */
  readonly isOver: boolean;
}

export interface World {
  readonly config: Sayings;
  readonly populated: readonly Populated[];
  /** By network, for the account `default`. */
  readonly approvals: Readonly<Record<string, readonly Approval[]>>;
}

export const guilds = ["197038439483310086", "297038439483310086"];
export const agentNames = ["main", ...Array.from({ length: 11 }, (_, index) => `agent${index + 1}`)];
const writtenProfiles = ["kids", "aunts", "guests", "staff"];
export const models = ["anthropic/claude-opus-4-5", "anthropic/claude-haiku", "local/small"];

const entries = [
  ..."bash read write edit browser message image web_fetch sessions_list sessions_send cron".split(" "),
  ..."group:fs group:runtime group:sessions group:web group:messaging group:ui exec".split(" "),
  ..."sessions_* *_patch mem* *".split(" "),
];

/** @param populated the first has groups, the second guilds, the third channels. */
export function aWorld(populated: readonly Populated[], seed: number): World {
  const chance = chanceFrom(seed);
  const tools = toolsFor(populated, chance);
  const approvals = Object.fromEntries(
    populated.map(({ network, people }) => [network.id, chance.some(people, 0.3).map(approvalFor(chance))]),
  );
  const config = {
    commands: { ownerAllowFrom: populated.map(({ network, people }) => `${network.id}:${people[0]}`) },
    session: { dmScope: chance.pick(["main", "per-channel-peer", "per-account-channel-peer"]) },
    tools: {
      ...tools.list(0.1),
      byProvider: { anthropic: tools.list(0.2), "anthropic/claude-haiku": tools.profiled() },
      elevated: { allowFrom: peopleByNetwork(populated, chance) },
      sandbox: { tools: chance.is(0.7) ? { allow: ["*"], deny: tools.some(0.1) } : {} },
      subagents: { tools: tools.list(0.3) },
      agentToAgent: {
        enabled: chance.is(0.8),
        allow: chance.pick([["*"], ["agent1*", "main"], agentNames.slice(0, 5)]),
      },
    },
    agents: {
      defaults: { sandbox: sandboxFor(chance) },
      list: agentNames.map((id) => ({
        id,
        ...chance.keep({ sandbox: sandboxFor(chance) }, 0.6),
        subagents: {
          allowAgents: chance.pick([[], ["*"], chance.some(agentNames, 0.3), ["agent?".replace("?", "*")]]),
        },
        tools: {
          ...chance.keep(tools.list(0.3), 0.7),
          ...chance.keep(tools.profiled(), 0.2),
          ...chance.keep(
            {
              byProvider: { anthropic: tools.list(0.2) },
              elevated: chance.keep(
                { enabled: chance.is(0.8), allowFrom: peopleByNetwork(populated, chance) },
                0.5,
              ),
              sandbox: { tools: tools.list(0.2) },
            },
            0.25,
          ),
        },
      })),
    },
    access: { profiles: profilesFor(populated, tools, chance) },
    bindings: bindingsFor(populated, chance),
    ...Object.fromEntries(populated.map((each) => [each.network.id, sectionFor(each, tools, chance)])),
  };
  return { config, populated, approvals };
}

/** Lists of tools, most of which leave something. */
function toolsFor(populated: readonly Populated[], chance: Chance) {
  const named = [...entries, ...populated.map(({ network }) => network.id)];
  const some = (likelihood: number) => chance.some(named, likelihood);
  /** @param likelihood of a denial; what is allowed is mostly allowed. */
  const list = (likelihood: number): object => ({
    ...(chance.is(likelihood) ? { allow: some(0.6) } : {}),
    ...(chance.is(2 * likelihood) ? { deny: chance.some(named.slice(0, -4), 0.08) } : {}),
  });
  const profiled = () =>
    chance.keep(
      { profile: chance.pick(["coding", "messaging", "full", "minimal"]), alsoAllow: some(0.3) },
      0.7,
    );
  return { some, list, profiled };
}
type Tools = ReturnType<typeof toolsFor>;

function approvalFor(chance: Chance): (id: string) => Approval {
  return (id) => ({
    id,
    profile: chance.pick([null, null, "friend", "stranger", "gone", ...writtenProfiles]),
    isOver: chance.is(0.1),
  });
}

function sandboxFor(chance: Chance): object {
  const all = {
    mode: chance.pick(["off", "non-main", "all"]),
    scope: chance.pick(["session", "agent", "shared"]),
    workspaceAccess: chance.pick(["none", "ro", "rw"]),
    sessionToolsVisibility: chance.pick(["spawned", "all"]),
  };
  return chance.keep(all, 0.7);
}

function peopleByNetwork(populated: readonly Populated[], chance: Chance): object {
  return Object.fromEntries(
    chance.some(populated, 0.8).map(({ network, people }) => [network.id, chance.some(people, 0.5)]),
  );
}

function profilesFor(populated: readonly Populated[], tools: Tools, chance: Chance): object {
  const everybody = populated.flatMap(({ network, people }) => people.map((id) => `${network.id}:${id}`));
  const homes = new Map(
    everybody.map((member) => [member, chance.pick([...writtenProfiles, "friend", null, null, null])]),
  );
  const names = [...writtenProfiles, "friend", "stranger", ...(chance.is(0.3) ? ["owner"] : [])];
  return Object.fromEntries(
    names.map((name) => {
      const all = {
        agents: chance.pick([["main", "agent*"], chance.some(agentNames, 0.7), ["*"]]),
        // Never an empty list: whether one takes that of `friend` away is an open question (errata.md).
        tools: { deny: tools.some(0.1), ...tools.list(0.4) },
        places: chance.some(["sandbox", "host", "gateway"], 0.8),
        commands: chance.some(["help", "/status", "stop", "new", "model", "verbose", "elevated"], 0.6),
        send: chance.pick(["here", "accepted"]),
        sessions: chance.pick(["own", "agent"]),
        ask: tools.some(0.15),
        budget: { turnsPerHour: 5, ...(chance.is(0.5) ? { tokensPerDay: 1000 } : {}) },
      };
      const members = everybody.filter((member) => homes.get(member) === name);
      return [name, { ...chance.keep(all, 0.35), ...(members.length === 0 ? {} : { members }) }];
    }),
  );
}

function bindingsFor(populated: readonly Populated[], chance: Chance): readonly object[] {
  return populated.flatMap(({ network, people, rooms }) => [
    ...chance.some(people, 0.3).map((id) => ({
      agentId: chance.pick(agentNames),
      match: { provider: network.id, peer: { kind: "dm", id } },
    })),
    ...chance.some(rooms, 0.5).map((id) => ({
      agentId: chance.pick(agentNames),
      match: { provider: network.id, peer: { kind: network.layout === "groups" ? "group" : "channel", id } },
    })),
    ...(network.layout === "guilds"
      ? [{ agentId: chance.pick(agentNames), match: { provider: network.id, guildId: guilds[1] } }]
      : []),
  ]);
}

/** What a network says: in direct messages, and of each of its rooms. */
function sectionFor({ network, people, rooms }: Populated, tools: Tools, chance: Chance): object {
  const isFlat = network.layout === "groups";
  const open = chance.is(0.25);
  const allowFrom = [people[0], ...chance.some(people.slice(1), 0.5), ...(open ? ["*"] : [])];
  const policy = open ? "open" : chance.pick(["pairing", "allowlist"]);
  const room = (): object =>
    chance.keep(
      {
        enabled: chance.is(0.9),
        requireMention: chance.is(0.5),
        [isFlat ? "allowFrom" : "users"]: chance.some(people, 0.6),
        tools: tools.list(0.4),
        toolsBySender: Object.fromEntries(
          chance.some([...people, "*"], 0.3).map((id) => [id, tools.list(0.5)]),
        ),
      },
      0.4,
    );
  const named = Object.fromEntries([...chance.some(rooms, 0.7), "*"].map((id) => [id, room()]));
  const groupPolicy = chance.keep({ groupPolicy: chance.pick(["open", "allowlist"]) }, 0.3);
  if (isFlat) {
    const topics = { topics: { "7": room(), "8": room() } };
    const groups = Object.fromEntries(
      Object.entries(named).map(([id, each]) => [id, { ...each, ...chance.keep(topics, 0.5) }]),
    );
    return {
      dmPolicy: policy,
      allowFrom,
      ...groupPolicy,
      groups,
      accounts: { work: chance.keep({ enabled: chance.is(0.7) }, 0.8) },
    };
  }
  const dm = { policy, allowFrom, ...chance.keep({ groupEnabled: true }, 0.5) };
  if (network.layout === "channels") return { dm, ...groupPolicy, channels: named };
  const others = Object.fromEntries(chance.some(rooms, 0.6).map((id) => [id, room()]));
  // A guild has no switch of its own.
  const guild = () => Object.fromEntries(Object.entries(room()).filter(([key]) => key !== "enabled"));
  return {
    dm,
    ...groupPolicy,
    guilds: {
      [guilds[0]!]: { ...guild(), channels: named },
      "*": { ...guild(), ...chance.keep({ channels: others }, 0.7) },
    },
  };
}
