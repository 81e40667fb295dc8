/** Small configs by chance, over few ids, with every key that the policy knows. */
import { written } from "./product.ts";
import type { Chance } from "./random.ts";

export const people = ["alice", "bob", "carol", "olga"] as const;
export const agents = ["main", "family", "work"] as const;
export const profiles = ["guest", "family-circle"] as const;
const tools = ["bash", "process", "read", "write", "edit", "browser", "message", "image", "cron", "gateway"];
const toolNames = [
  ...tools,
  "group:fs",
  "group:runtime",
  "group:sessions",
  "sessions_*",
  "*",
  "circle",
  "castle",
  "sessions_spawn",
];

export type RandomConfig = Readonly<Record<string, unknown>>;

/** Not every one makes a policy. */
export function randomConfig(chance: Chance): RandomConfig {
  const config = Object.fromEntries(Object.entries(sections).map(([key, make]) => [key, make(chance)]));
  return written(config);
}

/** Of fewer networks, as most configs are. */
export function smallConfig(chance: Chance): RandomConfig {
  const gone = new Set(["circle", "castle", "harbour"].filter(() => chance.is(0.4)));
  return Object.fromEntries(Object.entries(randomConfig(chance)).filter(([key]) => !gone.has(key)));
}

/** The config with one or two of its sections made anew. */
export function changedConfig(config: RandomConfig, chance: Chance): RandomConfig {
  const keys = chance.is(0.7)
    ? [chance.pick(Object.keys(sections))]
    : chance.some(Object.keys(sections), 0.3);
  const changed = keys.map((key) => [
    key,
    chance.is(0.5) ? edited(config[key], chance) : sections[key]!(chance),
  ]);
  return written({ ...config, ...Object.fromEntries(changed) });
}

/** One thing of the value left out. */
function edited(value: unknown, chance: Chance): unknown {
  if (Array.isArray(value)) {
    const at = chance.below(value.length);
    if (typeof value[at] === "object" && chance.is(0.7)) return value.with(at, edited(value[at], chance));
    return value.toSpliced(at, 1);
  }
  if (typeof value !== "object" || value === null) return value;
  const key = chance.pick(Object.keys(value));
  if (key === undefined) return value;
  const { [key]: inner, ...rest } = value as Record<string, unknown>;
  return typeof inner === "object" && chance.is(0.8) ? { ...rest, [key]: edited(inner, chance) } : rest;
}

const maybe = <Value>(chance: Chance, value: () => Value, probability = 0.4): Value | undefined =>
  chance.is(probability) ? value() : undefined;

const some = (chance: Chance, probability = 0.4) => chance.some(people, probability);

function direct(chance: Chance) {
  const policy = maybe(chance, () => chance.pick(["pairing", "allowlist", "open", "disabled"]), 0.6);
  const listed = maybe(chance, () => some(chance), 0.7);
  return { policy, allowFrom: policy === "open" ? [...(listed ?? []), "*"] : listed };
}

const toolList = (chance: Chance) =>
  written({
    allow: maybe(chance, () => chance.some(toolNames, 0.35)),
    deny: maybe(chance, () => chance.some(toolNames, 0.12)),
  });

const toolBlock = (chance: Chance) =>
  written({
    profile: maybe(chance, () => chance.pick(["minimal", "coding", "messaging", "full"]), 0.15),
    alsoAllow: maybe(chance, () => chance.some(tools, 0.2), 0.1),
    ...toolList(chance),
  });

const roomTools = (chance: Chance, network: string) => ({
  tools: maybe(chance, () => toolList(chance), 0.3),
  toolsBySender: maybe(
    chance,
    () =>
      Object.fromEntries(
        [
          ...some(chance).map((id) => (chance.is(0.3) ? `${network}:${id}` : id)),
          ...(chance.is(0.5) ? ["*"] : []),
        ].map((id) => [id, toolList(chance)]),
      ),
    0.25,
  ),
});

const room = (chance: Chance, network: string, list: "allowFrom" | "users") =>
  written({
    requireMention: maybe(chance, () => chance.is(0.5)),
    enabled: maybe(chance, () => chance.is(0.8), 0.2),
    [list]: maybe(chance, () => some(chance), 0.35),
    ...roomTools(chance, network),
  });

const entries = (keys: readonly string[], make: (key: string) => unknown): Record<string, unknown> =>
  Object.fromEntries(keys.map((key) => [key, make(key)]));

const groupPolicy = (chance: Chance) =>
  maybe(chance, () => chance.pick(["open", "allowlist", "disabled"]), 0.5);

function circleAccess(chance: Chance): Record<string, unknown> {
  const { policy, allowFrom } = direct(chance);
  return written({
    enabled: maybe(chance, () => chance.is(0.85), 0.2),
    dmPolicy: policy,
    allowFrom,
    groupPolicy: groupPolicy(chance),
    groupAllowFrom: maybe(chance, () => some(chance), 0.3),
    groups: maybe(
      chance,
      () =>
        entries(chance.some(["g1", "g2", "*"]), () => ({
          ...room(chance, "circle", "allowFrom"),
          ...(chance.is(0.4) && {
            topics: entries(chance.some(["t1", "t2"]), () => room(chance, "circle", "allowFrom")),
          }),
        })),
      0.7,
    ),
  });
}

const dmSection = (chance: Chance) =>
  written({
    ...direct(chance),
    enabled: maybe(chance, () => chance.is(0.8), 0.2),
    groupEnabled: maybe(chance, () => chance.is(0.6)),
    groupChannels: maybe(chance, () => chance.some(["d1", "*"]), 0.3),
  });

const channels = (chance: Chance, network: string) =>
  entries(chance.some(["c1", "c2", "*"]), () => room(chance, network, "users"));

const binding = (chance: Chance) => {
  const provider = chance.pick(["circle", "castle", "harbour", "desk"]);
  const kind = chance.pick(["dm", "group", "channel"] as const);
  const ids = { dm: people, group: ["g1", "g3", "d1"], channel: ["c1", "c3", "th1"] } as const;
  const peer = { kind, id: chance.is(0.2) ? "*" : chance.pick<string>(ids[kind]) };
  return {
    agentId: chance.pick(agents),
    match: written({
      provider,
      accountId: maybe(chance, () => "*", 0.3),
      peer: maybe(chance, () => peer, 0.6),
      guildId: maybe(chance, () => chance.pick(["G1", "G2"]), 0.2),
      teamId: maybe(chance, () => "T1", 0.2),
    }),
  };
};

const sandbox = (chance: Chance) =>
  written({
    mode: maybe(chance, () => chance.pick(["off", "non-main", "all"]), 0.6),
    scope: maybe(chance, () => chance.pick(["session", "agent", "shared"]), 0.2),
    workspaceAccess: maybe(chance, () => chance.pick(["none", "ro", "rw"])),
    sessionToolsVisibility: maybe(chance, () => chance.pick(["spawned", "all"])),
  });

const elevated = (chance: Chance) =>
  written({
    enabled: maybe(chance, () => chance.is(0.7), 0.3),
    allowFrom: maybe(chance, () => entries(chance.some(["circle", "castle"]), () => some(chance)), 0.6),
  });

const toolRules = (chance: Chance) => ({
  ...toolBlock(chance),
  byProvider: maybe(
    chance,
    () => entries(chance.some(["anthropic", "anthropic/opus", "openai/gpt"]), () => toolBlock(chance)),
    0.2,
  ),
  elevated: maybe(chance, () => elevated(chance)),
  sandbox: maybe(chance, () => written({ tools: maybe(chance, () => toolList(chance), 0.8) }), 0.25),
});

const agent = (chance: Chance, id: string, isDefault: boolean) =>
  written({
    id,
    ...(isDefault && { default: true }),
    sandbox: maybe(chance, () => sandbox(chance), 0.6),
    tools: maybe(chance, () => written(toolRules(chance)), 0.5),
    subagents: maybe(chance, () => ({ allowAgents: chance.is(0.3) ? ["*"] : chance.some(agents) }), 0.4),
  });

const profile = (chance: Chance, members: readonly string[]) =>
  written({
    agents: maybe(chance, () => chance.some(agents), 0.3),
    tools: maybe(chance, () => toolList(chance), 0.3),
    places: maybe(chance, () => chance.some(["sandbox", "host", "gateway"], 0.7), 0.3),
    commands: maybe(chance, () => chance.some(["status", "help", "model", "config"]), 0.3),
    send: maybe(chance, () => chance.pick(["here", "accepted"])),
    sessions: maybe(chance, () => chance.pick(["own", "agent"])),
    ask: maybe(chance, () => chance.some(tools, 0.3), 0.2),
    budget: maybe(chance, () => ({ turnsPerDay: 1 + chance.below(3) }), 0.2),
    members: maybe(chance, () => members, 0.6),
  });

const qualified = (chance: Chance) =>
  ["circle", "castle", "harbour"].flatMap((network) => some(chance, 0.25).map((id) => `${network}:${id}`));

const sections: Readonly<Record<string, (chance: Chance) => unknown>> = {
  circle: (chance) =>
    written({
      ...circleAccess(chance),
      accounts: maybe(chance, () => ({ work: circleAccess(chance) }), 0.25),
    }),
  castle: (chance) =>
    written({
      groupPolicy: groupPolicy(chance),
      dm: maybe(chance, () => dmSection(chance), 0.8),
      guilds: maybe(
        chance,
        () =>
          entries(chance.some(["G1", "G2", "*"]), () =>
            written({
              requireMention: maybe(chance, () => chance.is(0.5), 0.3),
              users: maybe(chance, () => some(chance), 0.3),
              ...roomTools(chance, "castle"),
              channels: maybe(chance, () => channels(chance, "castle"), 0.5),
            }),
          ),
        0.7,
      ),
    }),
  harbour: (chance) =>
    written({
      groupPolicy: groupPolicy(chance),
      dm: maybe(chance, () => dmSection(chance), 0.8),
      channels: maybe(chance, () => channels(chance, "harbour"), 0.7),
    }),
  desk: (chance) => maybe(chance, () => ({ enabled: chance.is(0.5) }), 0.1),
  commands: (chance) =>
    written({
      ownerAllowFrom: maybe(chance, () => qualified(chance), 0.7),
      allowFrom: maybe(
        chance,
        () => entries(chance.some(["circle", "castle"]), () => some(chance, 0.6)),
        0.2,
      ),
      text: maybe(chance, () => chance.is(0.7), 0.2),
      native: maybe(chance, () => chance.is(0.7), 0.2),
      config: maybe(chance, () => chance.is(0.7), 0.3),
      restart: maybe(chance, () => chance.is(0.7), 0.2),
    }),
  bindings: (chance) =>
    maybe(chance, () => Array.from({ length: chance.below(4) }, () => binding(chance)), 0.5),
  agents: (chance) =>
    written({
      defaults: maybe(chance, () => written({ sandbox: maybe(chance, () => sandbox(chance), 0.8) }), 0.5),
      list: agents.map((id, at) => agent(chance, id, at === 0)),
    }),
  tools: (chance) =>
    written({
      ...toolRules(chance),
      subagents: maybe(chance, () => ({ tools: toolList(chance) }), 0.2),
      agentToAgent: maybe(
        chance,
        () => ({ enabled: chance.is(0.7), allow: chance.some([...agents, "*"]) }),
        0.4,
      ),
    }),
  access: (chance) => {
    const members = qualified(chance);
    const names = chance.some([...profiles, "friend", "stranger", "owner"], 0.4);
    const share = (at: number) => members.filter((_, index) => index % names.length === at);
    return maybe(
      chance,
      () => ({ profiles: Object.fromEntries(names.map((name, at) => [name, profile(chance, share(at))])) }),
      0.7,
    );
  },
  session: (chance) =>
    maybe(chance, () => ({ dmScope: chance.pick(["main", "per-peer", "per-account-channel-peer"]) }), 0.3),
};
