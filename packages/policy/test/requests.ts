/** Requests of every kind: those of a small world, in which much is allowed, and those with any text for an id. */
import fc from "fast-check";
import type { ChatReference, Origin, Request, SenderReference } from "../src/index.ts";

/** The config of that world. Network 1 has groups, 2 guilds, 3 channels; 42 is the owner, 7 has a profile of their own. */
export const world = {
  commands: { ownerAllowFrom: ["flat:42", "guilded:42", "roomy:42"], config: true },
  agents: {
    defaults: { sandbox: { scope: "session", workspaceAccess: "rw" } },
    list: [
      { id: "main", default: true, subagents: { allowAgents: ["*"] } },
      { id: "family", sandbox: { mode: "all", workspaceAccess: "ro" }, tools: { deny: ["process"] } },
      { id: "bare", sandbox: { mode: "off" }, tools: { profile: "coding", alsoAllow: ["message"] } },
    ],
  },
  bindings: [{ agentId: "family", match: { provider: "flat", peer: { kind: "group", id: "77" } } }],
  access: {
    profiles: {
      friend: { send: "accepted", sessions: "agent" },
      guest: { members: ["flat:7"], tools: { deny: ["bash"] }, ask: ["read"], budget: { turnsPerDay: 9 } },
    },
  },
  tools: {
    elevated: { allowFrom: { flat: ["42"], guilded: [], roomy: ["42"] } },
    agentToAgent: { enabled: true, allow: ["main", "bare"] },
    byProvider: { "model/small": { deny: ["write"] } },
  },
  flat: {
    dmPolicy: "pairing",
    allowFrom: ["42", "7"],
    groups: {
      "*": { requireMention: false },
      "77": { toolsBySender: { "7": { deny: ["ls"] } }, topics: { "5": { enabled: false } } },
    },
    accounts: { work: { dmPolicy: "open", allowFrom: ["*", "1"] } },
  },
  guilded: {
    groupPolicy: "allowlist",
    dm: { allowFrom: ["42"] },
    guilds: { "9": { users: ["42", "1"], channels: { "77": {} } } },
  },
  roomy: { groupPolicy: "open", dm: { policy: "open", allowFrom: ["*"] }, channels: { "77": {} } },
};

const hostile = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "*",
  "a:b",
  "%3A",
  "%",
  " ",
  "\ud800",
  "é",
];

export interface Words {
  readonly id: fc.Arbitrary<string>;
  readonly sender: fc.Arbitrary<string>;
  readonly provider: fc.Arbitrary<string>;
  readonly account: fc.Arbitrary<string>;
  readonly agent: fc.Arbitrary<string>;
  readonly tool: fc.Arbitrary<string>;
}

/** The ids and names of the small world. */
export const fewWords: Words = {
  id: fc.constantFrom("77", "77", "9", "9", "5", "42"),
  sender: fc.constantFrom("42", "42", "42", "7", "7", "1", "1087"),
  provider: fc.constantFrom("flat", "guilded", "roomy", "desk"),
  account: fc.constantFrom("default", "work"),
  agent: fc.constantFrom("main", "family", "bare"),
  tool: fc.constantFrom(
    "bash",
    "exec",
    "read",
    "write",
    "message",
    "flat",
    "roomy",
    "sessions_list",
    "cron",
    "image",
  ),
};

const anyText = fc.oneof(fc.constantFrom(...hostile), fc.string({ minLength: 1, unit: "binary" }));
const anyWords: Words = {
  id: anyText,
  sender: anyText,
  provider: anyText,
  account: anyText,
  agent: anyText,
  tool: anyText,
};

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 1 });
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 2 });

/** Without the fields that are undefined: as JSON has it. */
function record<Fields extends object>(
  shape: Record<keyof Fields, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Fields> {
  const isSet = ([, value]: readonly [string, unknown]) => value !== undefined;
  return fc
    .record(shape as Record<string, fc.Arbitrary<unknown>>)
    .map((fields) => Object.fromEntries(Object.entries(fields).filter(isSet)) as Fields);
}

const truth = fc.boolean();
const rarely = fc.oneof(
  { weight: 9, arbitrary: fc.constant(undefined) },
  { weight: 9, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);
const runs = fc.constantFrom("turn", "subagent", "cron", "hook");

/** Well-formed requests in these words. */
export function requestsOf({
  id,
  sender: person,
  provider,
  account,
  agent,
  tool,
}: Words): fc.Arbitrary<Request> {
  const chat = record<ChatReference>({
    kind: fc.constantFrom("dm", "group", "channel"),
    id,
    parent: optional(orNull(id)),
    thread: optional(orNull(id)),
    guild: optional(orNull(id)),
    team: optional(orNull(id)),
  });
  const sender = record<SenderReference>({
    id: fc.oneof({ weight: 19, arbitrary: person }, { weight: 1, arbitrary: fc.constantFrom(null, "") }),
    isBot: rarely,
    isSelf: rarely,
  });
  const origin = { provider, account: optional(account), chat, sender };
  const run = {
    ...origin,
    agent,
    run: optional(runs),
    via: optional(fc.array(record<object>({ agent, run: runs }), { maxLength: 2 })),
    contributors: optional(fc.array(record<Origin>(origin), { maxLength: 2 })),
    model: optional(fc.oneof(id, fc.constantFrom("model", "model/small"))),
  };
  const key = fc.oneof(
    id,
    fc.tuple(agent, provider, id).map(([whose, where, who]) => `agent:${whose}:${where}:dm:${who}`),
    agent.map((whose) => `agent:${whose}:main`),
  );
  const message = record<object>({
    action: fc.constant("message"),
    ...origin,
    event: optional(fc.constantFrom("message", "command", "edit", "reaction", "button", "member")),
    mentioned: optional(truth),
    mentionDetectable: optional(truth),
    mentionsOthers: optional(truth),
    command: optional(orNull(fc.oneof(id, fc.constantFrom("status", "config", "t", "/Help")))),
  });
  const call = record<object>({ action: fc.constant("tool"), ...run, tool, elevated: optional(truth) });
  const to = record<object>({ provider, account: optional(account), chat });
  const send = record<object>({ action: fc.constant("send"), ...run, to });
  const operation = fc.constantFrom("list", "read", "send");
  const session = record<object>({ action: fc.constant("session"), ...run, operation, session: key });
  const spawn = record<object>({
    action: fc.constant("session"),
    ...run,
    operation: fc.constant("spawn"),
    target: agent,
  });
  return fc.oneof(message, call, send, session, spawn) as fc.Arbitrary<Request>;
}

/** Well-formed; about a third of them is allowed in the world. */
export const likelyRequests = requestsOf(fewWords);
/** Well-formed, with any text wherever one may stand. */
export const anyRequests = requestsOf(anyWords);
export const requests = fc.oneof(
  { weight: 3, arbitrary: likelyRequests },
  { weight: 1, arbitrary: anyRequests },
);
