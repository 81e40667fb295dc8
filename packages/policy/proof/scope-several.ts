/** Runs with words of several people, and runs that descend from others: what each may, and what all of them may. */
import type { Origin, RunReference } from "../src/request.ts";
import { absent, product, written } from "./product.ts";
import type { Slice } from "./scope.ts";
import {
  atDesk,
  calls,
  directly,
  friends,
  house,
  inChannel,
  inGroup,
  sendings,
  sessionCalls,
} from "./scope-runs.ts";

const everybody: readonly Origin[] = [
  directly("olga"),
  inGroup("olga"),
  directly("alice"),
  inGroup("alice"),
  inGroup("carol"),
  directly("carol"),
  inChannel("bob", "castle"),
];
/** Nobody else, each alone, and some in both orders. */
const crowds: readonly RunReference["contributors"][] = [
  absent,
  [],
  ...everybody.map((one) => [one]),
  [directly("carol"), inGroup("carol")],
  [inGroup("carol"), directly("carol")],
  [directly("alice"), inGroup("alice"), directly("ghost", "ghost")],
];

const people: Slice = {
  name: "several people",
  covers:
    "mode × access × lists × profiles × elevated, by person × every other person × tool × approvals of each",
  configs: () =>
    product({
      mode: [absent, "off", "all"],
      workspaceAccess: [absent, "ro"],
      tools: [
        {},
        { elevated: { allowFrom: { circle: ["olga", "alice"] } } },
        { sandbox: { tools: { allow: ["*"], deny: [] } } },
      ],
      profiles: [
        {},
        { friend: { tools: { deny: ["read"] } } },
        { stranger: { places: ["gateway"] }, friend: { ask: ["image"] } },
        { kids: { agents: [], members: ["circle:alice"] } },
      ],
      group: [{}, { toolsBySender: { carol: { deny: ["*"] } } }],
    }).map(({ mode, workspaceAccess, tools, profiles, group }) => ({
      ...house,
      circle: { ...friends, groups: { g1: group } },
      castle: { guilds: { G1: {} } },
      tools,
      access: { profiles },
      agents: { defaults: { sandbox: written({ mode, workspaceAccess }) } },
    })),
  cases: () => [
    ...calls({
      from: [...everybody.slice(0, 5), atDesk],
      contributors: crowds,
      tool: ["bash", "read", "write", "image", "cron"],
      state: [{}, { contributors: [{ isPaired: true }, { profile: "kids" }] }],
    }),
    ...calls({
      from: [directly("olga"), directly("alice")],
      contributors: crowds,
      tool: ["bash"],
      elevated: [true],
      state: [{}, { contributors: [{ profile: "ghost" }, { isPaired: true }] }],
    }),
  ],
};

const lines: readonly RunReference["via"][] = [
  absent,
  [],
  [{ agent: "main", run: "turn" }],
  [{ agent: "work", run: "turn" }],
  [{ agent: "work", run: "subagent" }],
  [{ agent: "main", run: "cron" }],
  [
    { agent: "work", run: "subagent" },
    { agent: "main", run: "turn" },
  ],
  [
    { agent: "main", run: "hook" },
    { agent: "work", run: "turn" },
  ],
  [{ agent: "ghost", run: "turn" }],
];

const ancestors: Slice = {
  name: "several runs",
  covers:
    "mode × access × scope × lists of two agents, by person × chat × run × line of ancestors × other person × tool",
  configs: () => {
    const sandbox = product({ mode: [absent, "off", "all"], workspaceAccess: [absent, "ro", "rw"] }).map(
      written,
    );
    return product({
      main: sandbox,
      work: [...sandbox, { mode: "all", scope: "session" }, { mode: "all", scope: "shared" }],
      lists: [
        [{}, {}],
        [{ deny: ["read"] }, { deny: ["bash"] }],
        [{ allow: ["read", "message"] }, {}],
      ],
      agents: [absent, ["work"]],
    }).map(({ main, work, lists, agents }) => ({
      ...house,
      tools: { elevated: { allowFrom: { circle: ["olga", "alice"] } } },
      access: { profiles: { friend: written({ agents }) } },
      agents: {
        list: [
          { id: "main", sandbox: main, tools: lists[0]! },
          { id: "work", sandbox: work, tools: lists[1]! },
        ],
      },
    }));
  },
  cases: () => [
    ...calls({
      from: [directly("olga"), inGroup("olga"), directly("alice"), inGroup("carol")],
      agent: ["main", "work"],
      run: [absent, "subagent"],
      via: lines,
      tool: ["bash", "read", "write"],
    }),
    ...calls({
      from: [directly("olga"), directly("alice")],
      agent: ["work"],
      run: ["subagent", "cron"],
      via: lines.slice(2, 6),
      contributors: [absent, [directly("alice")], [inGroup("carol")]],
      tool: ["bash", "image"],
    }),
    ...calls({
      from: [directly("olga"), inGroup("alice")],
      agent: ["main", "work"],
      via: lines,
      contributors: [absent, [directly("alice")]],
      tool: ["bash"],
      elevated: [true],
    }),
  ],
};

const beyond: Slice = {
  name: "several people and runs, other chats",
  covers: "send, sessions, agents and modes, by person × other person × line of ancestors × target",
  configs: () =>
    product({
      friend: [{}, { send: "accepted", sessions: "agent" }],
      stranger: [{}, { send: "accepted", sessions: "agent" }],
      mode: [absent, "off", "all"],
      sessionToolsVisibility: [absent, "all"],
      allowAgents: [[], ["*"]],
      work: [{}, { mode: "off" }, { workspaceAccess: "rw" }],
    }).map(({ friend, stranger, allowAgents, work, ...sandbox }) => ({
      ...house,
      tools: { sandbox: { tools: { allow: ["*"] } }, agentToAgent: { enabled: true, allow: ["*"] } },
      access: { profiles: { friend, stranger } },
      agents: {
        defaults: { sandbox: written(sandbox) },
        list: [
          { id: "main", subagents: { allowAgents } },
          { id: "work", sandbox: work, subagents: { allowAgents } },
        ],
      },
    })),
  cases: () => {
    const from = [directly("olga"), directly("alice"), inGroup("carol"), inGroup("alice")];
    const contributors = [
      absent,
      [directly("alice")],
      [inGroup("carol")],
      [inGroup("alice"), directly("olga")],
    ];
    const via = [absent, [{ agent: "work", run: "turn" as const }]];
    return [
      ...sendings({
        from,
        contributors,
        via,
        run: [absent, "subagent"],
        to: [
          { provider: "circle", chat: { kind: "dm", id: "alice" } },
          { provider: "circle", chat: { kind: "group", id: "g1" } },
          { provider: "circle", chat: { kind: "dm", id: "carol" } },
        ],
        state: [{}, { isTargetPaired: true, contributors: [{ isTargetPaired: true }] }],
      }),
      ...sessionCalls({
        from,
        contributors,
        via,
        run: [absent, "cron"],
        asked: [
          { operation: "read", session: "agent:main:main" },
          { operation: "read", session: "agent:main:circle:group:g1" },
          { operation: "send", session: "agent:main:circle:dm:alice" },
          { operation: "list", session: "agent:work:main" },
          { operation: "spawn", target: "work" },
          { operation: "spawn", target: "main" },
        ],
        state: [{}, { isSpawned: true, contributors: [{ isSpawned: true }] }],
      }),
    ];
  },
};

export const severalSlices: readonly Slice[] = [people, ancestors, beyond];
