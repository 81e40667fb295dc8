/**
 * A question that differs from the one before in a single field gets its own answer: whatever an engine remembers, and by which
 * of the fields, leaving one of them out shows here.
 */
import type { Request, StateFacts } from "../src/request.ts";
import type { Compile } from "./compare.ts";
import { networks } from "./networks.ts";

type Written = Readonly<Record<string, unknown>>;
type Change = readonly [field: string, to: unknown];

interface Base {
  readonly request: Request;
  readonly state?: StateFacts;
  readonly changes: readonly Change[];
  /** The same of the state. */
  readonly states?: readonly Change[];
}

const config = {
  commands: { ownerAllowFrom: ["circle:olga"] },
  agents: { list: [{ id: "main" }, { id: "work", tools: { deny: ["read"] } }] },
  bindings: [{ agentId: "work", match: { provider: "castle", teamId: "T1" } }],
  tools: {
    byProvider: { maker: { deny: ["read"] } },
    elevated: { allowFrom: { circle: ["alice"] } },
    sandbox: { tools: { allow: ["*"] } },
  },
  access: {
    profiles: {
      kids: { tools: { deny: ["read"] } },
      aunts: { budget: { turnsPerDay: 1 }, members: ["circle:kim"] },
    },
  },
  circle: {
    allowFrom: ["olga", "alice", "kim"],
    groupPolicy: "open",
    groups: { "*": {}, g1: { topics: { "7": { tools: { deny: ["read"] } } } } },
    accounts: { second: { dmPolicy: "disabled", groupPolicy: "disabled" } },
  },
  castle: {
    groupPolicy: "open",
    guilds: { "*": {}, G1: { users: ["alice"], channels: { c1: { enabled: false }, c2: {} } } },
  },
};

const inGroup = { provider: "circle", chat: { kind: "group", id: "g1" }, sender: { id: "alice" } } as const;
const inThread = {
  provider: "castle",
  chat: { kind: "channel", id: "t1", parent: "c2", guild: "G1" },
  sender: { id: "bob" },
} as const;
const directly = (id: string) => ({ provider: "circle", chat: { kind: "dm", id }, sender: { id } }) as const;
const call = { action: "tool", agent: "main", tool: "read", model: "other/large" } as const;

const origins: readonly Change[] = [
  ["provider", "harbour"],
  ["account", "second"],
  ["chat.thread", "7"],
  ["chat.id", "g9"],
  ["sender.id", "carol"],
  ["sender.isBot", true],
  ["sender.isSelf", true],
  ["more", true],
  ["chat.more", true],
  ["sender.more", true],
];
const threads: readonly Change[] = [
  ["chat.parent", "c1"],
  ["chat.guild", "G9"],
  ["chat.kind", "group"],
];

export const bases: readonly Base[] = [
  {
    request: { action: "message", ...inGroup, mentionDetectable: true },
    changes: [
      ...origins,
      ["mentioned", true],
      ["mentionDetectable", false],
      ["mentionsOthers", false],
      ["event", "reaction"],
      ["command", "status"],
      ["action", "tool"],
    ],
    states: [
      ["activation", "always"],
      ["profile", "ghost"],
    ],
  },
  {
    request: { action: "message", ...inThread, mentioned: true },
    changes: [...threads, ["chat.team", "T1"]],
  },
  {
    request: { action: "message", ...inGroup, mentioned: true, mentionsOthers: false },
    changes: [["command", "status"]],
    states: [["profile", "ghost"]],
  },
  { request: { action: "message", ...directly("carol") }, changes: [], states: [["isPaired", true]] },
  { request: { action: "message", ...directly("kim") }, changes: [], states: [["isWithinBudget", true]] },
  {
    request: { ...call, ...inGroup },
    changes: [
      ...origins,
      ["agent", "work"],
      ["run", "subagent"],
      ["model", "maker/large"],
      ["tool", "gateway"],
      ["elevated", true],
      ["via", [{ agent: "work", run: "turn" }]],
      ["contributors", [directly("carol")]],
    ],
    states: [["profile", "kids"]],
  },
  { request: { ...call, ...inThread }, changes: threads },
  { request: { ...call, ...directly("carol") }, changes: [], states: [["isPaired", true]] },
  { request: { ...call, ...directly("alice"), tool: "bash" }, changes: [["elevated", true]] },
];

/** What got the answer to the question before it, or an answer that shows no difference; null: nothing did. */
export function firstMixedUp(compile: Compile): string | null {
  for (const { request, state = {}, changes, states = [] } of bases) {
    const variants = [
      ...changes.map((each) => ({ each, request: changed(request as unknown as Written, each), state })),
      ...states.map((each) => ({ each, request, state: changed(state as Written, each) })),
    ];
    for (const { each, request: other, state: otherState } of variants) {
      const [warm, cold] = [policyOf(compile), policyOf(compile)];
      const first = [1, 2, 3].map(() => JSON.stringify(warm.decide(request, state)));
      const answer = JSON.stringify(warm.decide(other, otherState));
      const alone = JSON.stringify(cold.decide(other, otherState));
      const about = `${request.action}, ${each[0]}`;
      if (answer !== alone) return `${about}: the answer to another question`;
      if (new Set(first).size !== 1 || first[0] === alone) return `${about}: nothing shows`;
      if (JSON.stringify(warm.decide(request, state)) !== first[0])
        return `${about}: not the answer of before`;
    }
  }
  return null;
}

function policyOf(compile: Compile) {
  const result = compile(config, { networks });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.policy;
}

function changed(value: Written, [path, to]: Change): Written {
  const [field, ...rest] = path.split(".") as [string, ...string[]];
  const inner = rest.length === 0 ? to : changed((value[field] ?? {}) as Written, [rest.join("."), to]);
  return { ...value, [field]: inner };
}
