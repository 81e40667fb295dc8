/** Values that are no requests of a run, each one step away from a good one. */
import { circle } from "./networks.ts";

const run = {
  provider: circle.id,
  chat: { kind: "dm", id: "alice" },
  sender: { id: "alice" },
  agent: "main",
} as const;

const to = { provider: circle.id, chat: { kind: "dm", id: "bob" } } as const;

export const goodCall = { action: "tool", ...run, tool: "bash" } as const;
export const goodSending = { action: "send", ...run, to } as const;
export const goodReading = {
  action: "session",
  ...run,
  operation: "read",
  session: "agent:main:circle:group:g1",
} as const;
export const goodSpawn = { action: "session", ...run, operation: "spawn", target: "main" } as const;

const other = { provider: circle.id, chat: { kind: "group", id: "g1" }, sender: { id: "bob" } } as const;
export const ancestor = { agent: "main", run: "turn" } as const;

/** The most that a request may hold of each, still good. */
export const full = {
  ...goodCall,
  via: Array.from({ length: 16 }, () => ancestor),
  contributors: Array.from({ length: 64 }, () => other),
  model: "maker/model",
  run: "turn",
  elevated: false,
} as const;

/** What somebody hopes that a request may say about itself. */
const smuggled: readonly (readonly [string, unknown])[] = [
  ["approved", true],
  ["approvalId", "1"],
  ["bypass", true],
  ["ask", "off"],
  ["host", "host"],
  ["place", "host"],
  ["isOwner", true],
  ["authority", "owner"],
  ["profile", "owner"],
  ["isMain", true],
  ["isSpawned", true],
  ["isWithinBudget", true],
  ["mentioned", true],
];

const everyKind = { call: goodCall, sending: goodSending, reading: goodReading, spawn: goodSpawn } as const;

function* ofAll(): Generator<readonly [string, unknown]> {
  for (const [kind, good] of Object.entries(everyKind)) {
    for (const [field, value] of smuggled)
      yield [`a ${kind} that says ${field}`, { ...good, [field]: value }];
    yield [`a ${kind} without agent`, { ...good, agent: undefined }];
    yield [`a ${kind} without sender's chat`, { ...good, chat: undefined }];
  }
}

export const runDeviations: readonly (readonly [string, unknown])[] = [
  ...ofAll(),
  ["an empty agent", { ...goodCall, agent: "" }],
  ["an agent that is a number", { ...goodCall, agent: 7 }],
  ["an agent in a list", { ...goodCall, agent: ["main"] }],
  ["a call of no tool", { ...goodCall, tool: undefined }],
  ["a call of an empty tool", { ...goodCall, tool: "" }],
  ["a tool in a list", { ...goodCall, tool: ["bash"] }],
  ["a tool that is a number", { ...goodCall, tool: 7 }],
  ["an elevated call that says so in words", { ...goodCall, elevated: "yes" }],
  ["an elevated call that says so with a number", { ...goodCall, elevated: 1 }],
  ["a call whose elevated is null", { ...goodCall, elevated: null }],
  ["a run of an unknown kind", { ...goodCall, run: "owner" }],
  ["a run whose kind is a prototype key", { ...goodCall, run: "constructor" }],
  ["a run that is null", { ...goodCall, run: null }],
  ["an empty model", { ...goodCall, model: "" }],
  ["a model that is a number", { ...goodCall, model: 4 }],
  ["ancestors that are no list", { ...goodCall, via: { length: 0 } }],
  ["ancestors that are null", { ...goodCall, via: null }],
  ["more ancestors than there can be", { ...goodCall, via: [...full.via, ancestor] }],
  ["a list of ancestors with a hole", { ...goodCall, via: Array.from({ length: 1 }) }],
  ["an ancestor that is a text", { ...goodCall, via: ["main"] }],
  ["an ancestor without agent", { ...goodCall, via: [{ run: "turn" }] }],
  ["an ancestor with an empty agent", { ...goodCall, via: [{ agent: "", run: "turn" }] }],
  ["an ancestor without run", { ...goodCall, via: [{ agent: "main" }] }],
  ["an ancestor of an unknown kind", { ...goodCall, via: [{ agent: "main", run: "root" }] }],
  ["an ancestor with an unknown field", { ...goodCall, via: [{ ...ancestor, mode: "off" }] }],
  ["contributors that are no list", { ...goodCall, contributors: other }],
  ["more contributors than there can be", { ...goodCall, contributors: [...full.contributors, other] }],
  ["a contributor that is null", { ...goodCall, contributors: [null] }],
  ["a contributor that is an id", { ...goodCall, contributors: ["bob"] }],
  ["a contributor with an unknown field", { ...goodCall, contributors: [{ ...other, isOwner: true }] }],
  [
    "a contributor of an unknown kind of chat",
    { ...goodCall, contributors: [{ ...other, chat: { kind: "dm2", id: "x" } }] },
  ],
  ["a call with a target", { ...goodCall, to }],
  ["a call with a session", { ...goodCall, session: "agent:main:main" }],
  ["a sending to nobody", { ...goodSending, to: undefined }],
  ["a sending to null", { ...goodSending, to: null }],
  ["a sending to a text", { ...goodSending, to: "bob" }],
  ["a sending to several", { ...goodSending, to: [to] }],
  ["a sending without chat", { ...goodSending, to: { provider: circle.id } }],
  ["a sending whose chat is null", { ...goodSending, to: { ...to, chat: null } }],
  ["a sending to an empty id", { ...goodSending, to: { ...to, chat: { kind: "dm", id: "" } } }],
  ["a sending to an id that is a number", { ...goodSending, to: { ...to, chat: { kind: "dm", id: 7 } } }],
  [
    "a sending to a chat of an unknown kind",
    { ...goodSending, to: { ...to, chat: { kind: "room", id: "x" } } },
  ],
  ["a sending that says who is written to", { ...goodSending, to: { ...to, sender: { id: "alice" } } }],
  ["a sending with an elevated call", { ...goodSending, elevated: true }],
  ["a sending with a tool", { ...goodSending, tool: "message" }],
  ["a session and no operation", { ...goodReading, operation: undefined }],
  ["an unknown operation", { ...goodReading, operation: "delete" }],
  ["an operation that is a prototype key", { ...goodReading, operation: "constructor" }],
  ["a reading of no session", { ...goodReading, session: undefined }],
  ["a reading of an empty session", { ...goodReading, session: "" }],
  ["a reading of several sessions", { ...goodReading, session: ["agent:main:main"] }],
  ["a reading with a target", { ...goodReading, target: "main" }],
  ["a spawn of nobody", { ...goodSpawn, target: undefined }],
  ["a spawn of an empty agent", { ...goodSpawn, target: "" }],
  ["a spawn of several agents", { ...goodSpawn, target: ["main"] }],
  ["a spawn with a session", { ...goodSpawn, session: "agent:main:main" }],
  [
    "a list of ancestors that throws when it is read",
    { ...goodCall, via: new Proxy([ancestor], { get: thrower }) },
  ],
  [
    "a target that throws when it is read",
    { ...goodSending, to: new Proxy(to, { get: thrower, ownKeys: thrower }) },
  ],
];

function thrower(): never {
  throw new Error("no");
}
