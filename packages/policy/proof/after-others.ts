/**
 * What was asked before changes no answer. Everything that an engine could remember an answer by is crossed, and every question
 * is put after all the others, in both orders, and to a policy that has never been asked: whole decisions, traces included.
 */
import type { MessageRequest, Origin, StateFacts } from "../src/request.ts";
import type { Compile } from "./compare.ts";
import { networks } from "./networks.ts";
import { absent } from "./product.ts";
import { calls, directly, inChannel, inGroup, messages, sendings, sessionCalls } from "./scope-runs.ts";
import type { Case } from "./scope.ts";

const config = {
  commands: { ownerAllowFrom: ["circle:olga", "castle:olga"] },
  agents: {
    list: [
      { id: "main", tools: { elevated: { allowFrom: { castle: ["alice", "olga"], circle: ["olga"] } } } },
      { id: "work", tools: { deny: ["ls"] }, sandbox: { mode: "off" } },
    ],
  },
  tools: {
    byProvider: { anthropic: { deny: ["read"] }, "anthropic/large": { deny: ["write"] }, other: {} },
    elevated: { allowFrom: { circle: ["olga", "alice"], castle: ["alice", "olga"] } },
    sandbox: { tools: { allow: ["*"] } },
    agentToAgent: { enabled: true, allow: ["main", "work"] },
  },
  access: {
    profiles: {
      kids: { tools: { deny: ["bash"] }, members: ["circle:kim"] },
      aunts: { send: "accepted", budget: { turnsPerDay: 3 }, members: ["castle:kim"] },
      stranger: { ask: ["read"] },
    },
  },
  circle: {
    allowFrom: ["olga", "alice", "kim"],
    groupPolicy: "open",
    groups: {
      "*": {},
      g1: { tools: { deny: ["process"] }, topics: { "7": { toolsBySender: { alice: { deny: ["read"] } } } } },
    },
    accounts: { second: { allowFrom: ["alice"], groupPolicy: "disabled" } },
  },
  castle: {
    allowFrom: ["olga", "alice", "kim"],
    groupPolicy: "open",
    guilds: {
      G1: {
        users: ["alice", "olga"],
        channels: { c1: { users: ["olga", "kim"], tools: { deny: ["ls"] } }, c2: {} },
      },
    },
  },
};

const people: readonly Origin[] = ["olga", "alice", "kim", "carol"].flatMap((id) => [
  directly(id),
  inGroup(id),
  inGroup(id, "7"),
  { ...directly(id), account: "second" },
  directly(id, "castle"),
  inChannel(id, "castle"),
  inChannel(id, "castle", { id: "c2" }),
]);
const few: readonly Origin[] = [
  directly("olga"),
  directly("alice"),
  inGroup("alice"),
  inChannel("kim", "castle"),
];
const states: readonly StateFacts[] = [
  {},
  { isPaired: true, profile: "aunts" },
  { isPaired: true, profile: "ghost" },
];
const said: readonly Partial<MessageRequest>[] = [
  {},
  { mentioned: true },
  { command: "status" },
  { command: "config" },
  { event: "reaction" },
];

export const questions: readonly Case[] = [
  ...messages(people, said, [{}, { isPaired: true, activation: "always", isWithinBudget: true }]),
  ...calls({
    from: people,
    agent: ["main", "work"],
    run: [absent, "cron"],
    tool: ["bash", "read", "ls", "gateway"],
  }),
  ...calls({
    from: few,
    state: states,
    agent: ["main"],
    tool: ["bash", "write", "process"],
    elevated: [absent, true],
  }),
  ...calls({
    from: few,
    tool: ["read", "write"],
    model: ["anthropic/large", "anthropic/small", "other/large", "anthropic"],
  }),
  ...calls({
    from: few,
    tool: ["read", "bash"],
    via: [[{ agent: "work", run: "turn" }], [{ agent: "main", run: "turn" }]],
    contributors: [absent, [directly("carol")], [directly("kim"), directly("alice", "castle")]],
  }),
  ...sendings({
    from: few,
    state: [{}, { isTargetPaired: true }],
    to: [
      { provider: "circle", chat: { kind: "dm", id: "alice" } },
      { provider: "circle", account: "second", chat: { kind: "dm", id: "alice" } },
      { provider: "castle", chat: { kind: "channel", id: "c1", guild: "G1" } },
    ],
  }),
  ...sessionCalls({
    from: few,
    agent: ["main", "work"],
    state: [{}, { isSpawned: true }],
    asked: [
      { operation: "read", session: "agent:main:main" },
      { operation: "send", session: "agent:work:main" },
      { operation: "list", session: "agent:main:circle:group:g1" },
      { operation: "spawn", target: "main" },
      { operation: "spawn", target: "work" },
    ],
  }),
];

/** The first questions that a policy answers otherwise after others than alone; none when all is well. */
export function rememberedWrongly(compile: Compile, most = 1): readonly string[] {
  const untouched = () => {
    const result = compile(config, { networks });
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result.policy;
  };
  const answers = (asked: readonly Case[]): ReadonlyMap<Case, string> => {
    const policy = untouched();
    return new Map(asked.map((each) => [each, JSON.stringify(policy.decide(each.request, each.state))]));
  };
  const [onwards, backwards] = [answers(questions), answers(questions.toReversed())];
  const wrong = questions.filter((asked) => onwards.get(asked) !== backwards.get(asked));
  // Where both orders gave one answer, it may still be a third question's.
  for (const asked of wrong.length > 0 ? [] : questions) {
    const alone = JSON.stringify(untouched().decide(asked.request, asked.state));
    if (alone !== onwards.get(asked)) wrong.push(asked);
    if (wrong.length >= most) break;
  }
  return wrong.slice(0, most).map((asked) => JSON.stringify(asked));
}

export const firstRemembered = (compile: Compile): string | null => rememberedWrongly(compile)[0] ?? null;
