/** Sessions of others, of other agents, and what may be spawned. */
import { absent, product, written } from "./product.ts";
import type { Slice } from "./scope.ts";
import { everyone, directly, friends, house, inChannel, inGroup, sessionCalls } from "./scope-runs.ts";

const keys = [
  "agent:main:main",
  "agent:main:circle:dm:alice",
  "agent:main:circle:dm:carol",
  "agent:main:circle:work:dm:alice",
  "agent:main:circle:group:g1",
  "agent:main:circle:group:g1:topic:7",
  "agent:main:castle:channel:c1",
  "agent:main:subagent:1",
  "agent:work:main",
  "agent:work:circle:dm:alice",
  "agent:ghost:main",
  "cron:1",
  "main",
  "agent:",
  "agent:main",
  "AGENT:main:main",
  "constructor",
];
const reads = keys.map((session) => ({ operation: "read" as const, session }));

const reach: Slice = {
  name: "sessions, reach",
  covers:
    "profile's sessions × visibility × mode × dmScope, by person × chat × run × session × spawned or not",
  configs: () =>
    product({
      friend: [absent, { sessions: "agent" }, { sessions: "own" }],
      owner: [absent, { sessions: "own" }],
      stranger: [absent, { sessions: "agent" }],
      sandbox: product({
        mode: [absent, "off", "all"],
        sessionToolsVisibility: [absent, "spawned", "all"],
      }).map(written),
      dmScope: [absent, "main", "per-channel-peer"],
    }).map(({ sandbox, dmScope, ...profiles }) => ({
      ...house,
      circle: { ...friends, accounts: { work: {} } },
      castle: { guilds: { G1: {} } },
      ...written({ session: dmScope && { dmScope } }),
      access: { profiles: written(profiles) },
      agents: { defaults: { sandbox }, list: [{ id: "main" }, { id: "work" }] },
    })),
  cases: () => [
    ...sessionCalls({
      from: [
        ...everyone,
        inGroup("alice", "7"),
        { ...directly("alice"), account: "work" },
        inChannel("bob", "castle"),
      ],
      asked: reads,
    }),
    ...sessionCalls({
      from: [directly("olga"), inGroup("alice"), directly("alice")],
      run: [absent, "subagent", "cron", "hook"],
      asked: ["list", "send"].flatMap((operation) =>
        [
          "agent:main:main",
          "agent:main:circle:group:g1",
          "agent:main:circle:dm:alice",
          "agent:main:subagent:1",
        ].map((session) => ({
          operation: operation as "list" | "send",
          session,
        })),
      ),
      state: [{}, { isSpawned: true }],
    }),
    ...sessionCalls({ from: [directly("olga")], agent: ["work", "ghost"], asked: reads }),
  ],
};

const allows: readonly (readonly string[] | undefined)[] = [
  absent,
  [],
  ["main"],
  ["work", "main"],
  ["*"],
  ["m*", "wo*k"],
  ["w*", "home"],
  ["*ai*"],
];

const between: Slice = {
  name: "sessions, other agents",
  covers: "agentToAgent × its allow × agents of the profile × mode, by person × agent × session",
  configs: () =>
    product({
      enabled: [absent, true, false],
      allow: allows,
      agents: [absent, ["main"], ["main", "work"]],
      sessions: [absent, "agent"],
      mode: [absent, "off", "all"],
      sessionToolsVisibility: [absent, "all"],
    }).map(({ enabled, allow, agents, sessions, ...sandbox }) => ({
      ...house,
      tools: { agentToAgent: written({ enabled, allow }) },
      access: { profiles: { owner: written({ agents }), friend: written({ agents, sessions }) } },
      agents: {
        defaults: { sandbox: written(sandbox) },
        list: [{ id: "main" }, { id: "work" }, { id: "home" }],
      },
    })),
  cases: () =>
    sessionCalls({
      from: [directly("olga"), directly("alice"), inGroup("olga"), inGroup("carol")],
      agent: ["main", "work"],
      asked: [
        "agent:main:main",
        "agent:work:main",
        "agent:home:main",
        "agent:work:circle:group:g1",
        "agent:ghost:main",
      ].flatMap((session) => [
        { operation: "read" as const, session },
        { operation: "send" as const, session },
      ]),
    }),
};

const spawn: Slice = {
  name: "sessions, spawning",
  covers:
    "allowAgents × agents of the profile × mode and access of both agents, by person × chat × run × agent × target",
  configs: () =>
    product({
      allowAgents: [absent, [], ["work"], ["main", "h*e"], ["*"]],
      agents: [absent, ["main"], ["main", "work"]],
      own: product({ mode: [absent, "off", "all"], workspaceAccess: [absent, "ro", "rw"] }).map(written),
      child: product({ mode: [absent, "off", "all"], workspaceAccess: [absent, "ro", "rw"] }).map(written),
    }).map(({ allowAgents, agents, own, child }) => ({
      ...house,
      access: { profiles: { owner: written({ agents }), friend: written({ agents }) } },
      agents: {
        list: [
          { id: "main", sandbox: own, subagents: written({ allowAgents }) },
          { id: "work", sandbox: child },
          { id: "home" },
        ],
      },
    })),
  cases: () => [
    ...sessionCalls({
      from: [...everyone.slice(0, 5), everyone[6]!],
      agent: ["main", "work"],
      asked: ["main", "work", "home", "ghost", "*", "constructor"].map((target) => ({
        operation: "spawn" as const,
        target,
      })),
    }),
    ...sessionCalls({
      from: [directly("olga")],
      run: ["subagent", "cron", "hook"],
      asked: ["main", "work"].map((target) => ({ operation: "spawn" as const, target })),
    }),
  ],
};

const tools: Slice = {
  name: "sessions, the tool",
  covers: "every way to give or take a tool of sessions, by person × chat × operation × run",
  configs: () => {
    const lists = [
      absent,
      { allow: ["group:sessions"] },
      { deny: ["sessions_history"] },
      { allow: ["sessions_list", "sessions_spawn"] },
      { deny: ["group:sessions"] },
      { deny: ["sessions_s*"] },
    ];
    return product({
      everywhere: lists,
      own: lists,
      sandbox: [absent, { deny: ["sessions_list"] }, { allow: ["read"] }],
      ask: [absent, ["group:sessions"]],
    }).map(({ everywhere, own, sandbox, ask }) => ({
      ...house,
      tools: { ...everywhere, sandbox: { tools: { ...sandbox } } },
      agents: { list: [{ id: "main", tools: { ...own } }] },
      access: { profiles: { owner: written({ ask }), friend: written({ ask }) } },
    }));
  },
  cases: () =>
    sessionCalls({
      from: everyone,
      run: [absent, "cron"],
      asked: [
        ...(["list", "read", "send"] as const).map((operation) => ({
          operation,
          session: "agent:main:circle:dm:alice",
        })),
        { operation: "spawn", target: "main" },
      ],
      state: [{}, { isSpawned: true }],
    }),
};

/** Each key in a form that is right, and in forms that are not. */
const forms: Slice = {
  name: "agents and tools, how they are written",
  covers: "every other key about tools, sandboxes and agents, in every form, one at a time, by person",
  configs: () => {
    const objects = [null, [], "all", 7, true, {}];
    const lists = [null, {}, "main", ["main"], ["ghost"], ["*"], ["m*"], [""], [7], []];
    const agent = (value: object) => ({ agents: { list: [{ id: "main", ...value }, { id: "work" }] } });
    const tools = (value: unknown) => ({ allow: ["read"], deny: value });
    const g1 = (value: object) => ({ circle: { ...friends, groups: { g1: value } } });
    return [
      ...objects.flatMap((value) => [
        { tools: value },
        { tools: { byProvider: value } },
        { tools: { byProvider: { anthropic: value } } },
        { tools: { sandbox: value } },
        { tools: { sandbox: { tools: value } } },
        { tools: { subagents: value } },
        { tools: { subagents: { tools: value } } },
        { tools: { agentToAgent: value } },
        { tools: { agentToAgent: { enabled: value } } },
        { tools: { profile: value } },
        { agents: { defaults: { sandbox: value } } },
        agent({ sandbox: value }),
        agent({ tools: value }),
        agent({ tools: { byProvider: { "anthropic/opus": value } } }),
        agent({ tools: { sandbox: value } }),
        agent({ tools: { sandbox: { tools: value } } }),
        agent({ subagents: value }),
        g1({ tools: value }),
        g1({ toolsBySender: value }),
        g1({ toolsBySender: { alice: value } }),
        g1({ topics: { "7": { tools: value } } }),
        { castle: { guilds: { G1: { tools: value } } } },
        { castle: { guilds: { G1: { channels: { c1: { toolsBySender: value } } } } } },
        { harbour: { channels: { "*": { tools: value } } } },
        { circle: { ...friends, accounts: { work: { groups: { g1: { tools: value } } } } } },
      ]),
      ...lists.flatMap((value) => [
        { tools: { agentToAgent: { allow: value } } },
        agent({ subagents: { allowAgents: value } }),
        { tools: tools(value) },
        { tools: { alsoAllow: value } },
        { tools: { profile: "full", alsoAllow: value } },
        agent({ tools: tools(value) }),
        agent({ tools: { byProvider: { anthropic: tools(value) } } }),
        agent({ tools: { sandbox: { tools: tools(value) } } }),
        { tools: { subagents: { tools: tools(value) } } },
        g1({ tools: tools(value) }),
        g1({ toolsBySender: { "*": tools(value) } }),
        { harbour: { channels: { c1: { tools: tools(value) } } } },
      ]),
      ...["off", "Off", "", "non-main", "none", null, 1].flatMap((value) => [
        { agents: { defaults: { sandbox: { mode: value } } } },
        agent({ sandbox: { mode: value } }),
        agent({ sandbox: { workspaceAccess: value } }),
        agent({ sandbox: { scope: value } }),
        agent({ sandbox: { sessionToolsVisibility: value } }),
      ]),
      ...["agent", "shared", "ro", "rw", "all", "spawned"].flatMap((value) => [
        agent({ sandbox: { scope: value } }),
        agent({ sandbox: { workspaceAccess: value } }),
        agent({ sandbox: { sessionToolsVisibility: value } }),
      ]),
      ...["alice", " circle:alice ", "*", "@alice", "castle:alice", "", "a b"].map((key) =>
        g1({ toolsBySender: { [key]: { deny: ["read"] } } }),
      ),
      ...["circle:alice", " alice", "bob"].map((key) =>
        g1({ toolsBySender: { alice: { deny: ["read"] }, [key]: {} } }),
      ),
      ...["minimal", "Minimal", "none", "", "full"].flatMap((value) => [
        { tools: { profile: value } },
        agent({ tools: { profile: value } }),
        { tools: { byProvider: { anthropic: { profile: value } } } },
      ]),
    ].map((pieces) => ({ ...house, ...pieces }));
  },
  cases: () =>
    sessionCalls({
      from: everyone,
      asked: [
        { operation: "read", session: "agent:main:main" },
        { operation: "spawn", target: "work" },
      ],
    }),
};

export const sessionSlices: readonly Slice[] = [reach, between, spawn, tools, forms];
