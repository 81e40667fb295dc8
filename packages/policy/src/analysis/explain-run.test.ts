import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aPolicy, networks } from "../../test/builders.ts";
import { carriedOut, type Case } from "../../test/carry-out.ts";
import { requestsOf, fewWords, world } from "../../test/requests.ts";
import { compile, type Request, type StateFacts } from "../index.ts";
import { planOf } from "../plan-of.ts";
import { readRequest } from "../read-request.ts";
import { readState } from "../state.ts";
import { standpointOf } from "../standpoint.ts";
import { refusingList } from "../tool-view.ts";
import { appliedLists, refuses } from "./applied-lists.ts";
import { explain } from "./explain.ts";

const dm = (id: string, provider = "flat") =>
  ({ provider, chat: { kind: "dm", id }, sender: { id } }) as const;
const room = (id: string, chat = "77") =>
  ({ provider: "flat", chat: { kind: "group", id: chat }, sender: { id } }) as const;
const uses = (tool: string, from: object, more: object = {}) =>
  ({ action: "tool", agent: "main", tool, ...from, ...more }) as Request;
const sends = (from: object, kind: string, id: string, more: object = {}) =>
  ({
    action: "send",
    agent: "main",
    ...from,
    to: { provider: "flat", chat: { kind, id } },
    ...more,
  }) as Request;
const reaches = (from: object, session: string, more: object = {}) =>
  ({ action: "session", agent: "main", operation: "read", session, ...from, ...more }) as Request;
const spawns = (from: object, target: string, more: object = {}) =>
  ({ action: "session", agent: "main", operation: "spawn", target, ...from, ...more }) as Request;

/** 42 is the owner, 7 a friend, 5 a guest; anybody may write in group 77. */
const people = {
  commands: { ownerAllowFrom: ["flat:42"] },
  flat: { allowFrom: ["42", "7", "5"], groups: { "77": {} } },
};
const agents = (main: object, ...others: object[]) => ({
  agents: { list: [{ id: "main", default: true, ...main }, ...others] },
});
const guest = (rights: object) => ({ access: { profiles: { guest: { members: ["flat:5"], ...rights } } } });
const denied = (request: Request, config: object = {}, state: StateFacts = {}): Case => ({
  config: { ...people, ...config },
  request,
  state,
});
const child = { id: "child" };

const table: readonly (readonly [code: string, denied: Case, remedy: string])[] = [
  [
    "tool-not-allowed",
    denied(uses("bash", dm("7")), { tools: { deny: ["bash"] } }),
    "tools.deny did not name bash",
  ],
  [
    "tool-not-allowed",
    denied(uses("bash", dm("7")), { tools: { deny: ["group:runtime"] } }),
    "tools.deny did not name bash",
  ],
  [
    "tool-not-allowed",
    denied(uses("bash", dm("7")), { tools: { allow: ["read"] } }),
    "tools.allow named bash",
  ],
  ["tool-not-allowed", denied(uses("bash", dm("7")), { tools: { allow: [] } }), "tools.allow named bash"],
  [
    "tool-not-allowed",
    denied(uses("bash", dm("7")), { tools: { profile: "messaging" } }),
    "tools.alsoAllow named bash",
  ],
  [
    "tool-not-allowed",
    denied(uses("bash", dm("7")), { tools: { allow: ["read"], deny: ["exec"] } }),
    "tools.deny did not name bash + tools.allow named bash",
  ],
  [
    "tool-not-allowed",
    denied(uses("bash", dm("5")), {
      tools: { allow: ["read"] },
      ...agents({ tools: { deny: ["bash"] } }),
      ...guest({ tools: { deny: ["bash"] } }),
    }),
    "tools.allow named bash + agents.list[0].tools.deny did not name bash + access.profiles.guest.tools.deny did not name bash",
  ],
  [
    "tool-not-allowed",
    denied(uses("write", dm("7"), { model: "model/small" }), {
      tools: { byProvider: { "model/small": { deny: ["write"] } } },
    }),
    'tools.byProvider["model/small"].deny did not name write',
  ],
  [
    "tool-not-allowed",
    denied(uses("bash", room("7")), {
      flat: { ...people.flat, groups: { "77": { tools: { deny: ["bash"] } } } },
    }),
    'flat.groups["77"].tools.deny did not name bash',
  ],
  [
    "tool-not-allowed",
    denied(uses("bash", room("7")), {
      flat: { ...people.flat, groups: { "77": { toolsBySender: { "*": { allow: [] } } } } },
    }),
    'flat.groups["77"].toolsBySender["*"].allow named bash',
  ],
  [
    "tool-not-allowed",
    denied(uses("read", dm("7"), { run: "subagent" }), {
      tools: { subagents: { tools: { deny: ["read"] } } },
    }),
    "tools.subagents.tools.deny did not name read",
  ],
  [
    "tool-not-in-sandbox",
    denied(uses("browser", dm("7"))),
    "tools.sandbox.tools.deny did not name browser + tools.sandbox.tools.allow named browser",
  ],
  ["tool-not-in-sandbox", denied(uses("browser", dm("7"))), 'agents.defaults.sandbox.mode were "off"'],
  ["tool-not-in-sandbox", denied(uses("web_fetch", dm("7"))), "tools.sandbox.tools.allow named web_fetch"],
  [
    "tool-not-in-sandbox",
    denied(uses("read", dm("7")), { tools: { sandbox: { tools: { allow: ["bash"] } } } }),
    "tools.sandbox.tools.allow named read",
  ],
  [
    "workspace-read-only",
    denied(uses("write", dm("7")), agents({ sandbox: { workspaceAccess: "ro" } })),
    'agents.list[0].sandbox.workspaceAccess were "rw"',
  ],
  [
    "host-not-allowed",
    denied(uses("bash", room("1")), agents({ sandbox: { mode: "off" } })),
    'agents.list[0].sandbox.mode were "non-main"',
  ],
  [
    "host-not-allowed",
    denied(uses("bash", room("1")), agents({ sandbox: { mode: "off" } })),
    'the sender were listed in flat.groups["77"].allowFrom',
  ],
  [
    "place-not-allowed",
    denied(uses("bash", dm("5")), {
      ...agents({ sandbox: { mode: "off" } }),
      ...guest({ places: ["sandbox"] }),
    }),
    "access.profiles.guest.places named host",
  ],
  [
    "place-not-allowed",
    denied(uses("bash", dm("5")), guest({ places: [] })),
    "access.profiles.guest.places named sandbox",
  ],
  [
    "place-not-allowed",
    denied(uses("image", dm("5")), guest({ places: ["sandbox"] })),
    "access.profiles.guest.places named gateway",
  ],
  [
    "agent-not-allowed",
    denied(uses("bash", dm("5")), { ...agents({}, child), ...guest({ agents: ["child"] }) }),
    "access.profiles.guest.agents named main",
  ],
  [
    "profile-unknown",
    denied(uses("bash", dm("7")), {}, { profile: "gone" }),
    "the approval of the sender named no profile",
  ],
  [
    "elevated-not-allowed",
    denied(uses("bash", dm("42"), { elevated: true })),
    "flat:42 were listed in tools.elevated.allowFrom",
  ],
  [
    "elevated-not-allowed",
    denied(uses("bash", dm("7"), { elevated: true }), {
      tools: { elevated: { allowFrom: { flat: ["42"] } } },
    }),
    "flat:7 were listed in tools.elevated.allowFrom.flat",
  ],
  [
    "elevated-not-allowed",
    denied(uses("bash", dm("42"), { elevated: true }), {
      tools: { elevated: { enabled: false, allowFrom: { flat: ["42"] } } },
    }),
    "tools.elevated.enabled were true",
  ],
  [
    "elevated-not-allowed",
    denied(uses("bash", dm("42"), { elevated: true }), { tools: { elevated: { enabled: false } } }),
    "tools.elevated.enabled were true + flat:42 were listed in tools.elevated.allowFrom",
  ],
  [
    "elevated-not-allowed",
    denied(uses("bash", dm("42"), { elevated: true }), {
      tools: { elevated: { allowFrom: { flat: ["42"] } } },
      ...agents({ tools: { elevated: { enabled: false, allowFrom: { flat: [] } } } }),
    }),
    "agents.list[0].tools.elevated.enabled were true + flat:42 were listed in agents.list[0].tools.elevated.allowFrom.flat",
  ],
  [
    "pairing-required",
    denied(uses("bash", dm("1"))),
    "the sender were paired: clawdbot pairing approve flat <code>",
  ],
  ["pairing-required", denied(uses("bash", dm("1"))), "the sender were listed in flat.allowFrom"],
  [
    "pairing-required",
    denied(uses("bash", dm("1")), { tools: { deny: ["bash"] } }),
    "tools.deny did not name bash + the sender were listed in flat.allowFrom",
  ],
  ["group-not-listed", denied(uses("read", room("7", "78"))), "flat.groups named the chat"],
  [
    "group-disabled",
    denied(uses("read", room("7")), { flat: { ...people.flat, groupPolicy: "disabled" } }),
    "flat.groupPolicy were removed",
  ],
  [
    "group-sender-not-listed",
    denied(uses("read", room("1")), { flat: { ...people.flat, groupAllowFrom: ["7"] } }),
    "the sender were listed in flat.groupAllowFrom",
  ],
  [
    "provider-disabled",
    denied(uses("read", dm("7")), { flat: { ...people.flat, enabled: false } }),
    "flat.enabled were true",
  ],
  [
    "owner-only-tool",
    denied(uses("cron", dm("7")), { tools: { sandbox: { tools: { allow: ["*"], deny: [] } } } }),
    "the sender were listed in commands.ownerAllowFrom",
  ],
  [
    "send-not-allowed",
    denied(sends(dm("7"), "group", "77"), { tools: { sandbox: { tools: { allow: ["message"] } } } }),
    'access.profiles.friend.send were "accepted"',
  ],
  [
    "send-not-allowed",
    denied(sends(dm("7"), "group", "77"), { tools: { sandbox: { tools: { allow: ["message"] } } } }),
    "the sender were listed in commands.ownerAllowFrom",
  ],
  [
    "recipient-not-accepted",
    denied(sends(dm("42"), "dm", "9")),
    "flat:9 were paired: clawdbot pairing approve flat <code>",
  ],
  ["recipient-not-accepted", denied(sends(dm("42"), "dm", "9")), "flat:9 were listed in flat.allowFrom"],
  ["recipient-not-accepted", denied(sends(dm("42"), "group", "78")), "flat.groups named the chat 78"],
  [
    "tool-not-allowed",
    denied(sends(dm("42"), "group", "77"), { tools: { deny: ["message"] } }),
    "tools.deny did not name flat",
  ],
  [
    "session-of-another",
    denied(reaches(dm("7"), "agent:main:main"), agents({ sandbox: { sessionToolsVisibility: "all" } })),
    'access.profiles.friend.sessions were "agent"',
  ],
  [
    "session-of-another",
    denied(reaches(room("7"), "agent:main:main")),
    'access.profiles.friend.sessions were "agent" + agents.defaults.sandbox.sessionToolsVisibility were "all"',
  ],
  [
    "session-not-visible",
    denied(reaches(room("42"), "agent:main:main")),
    'agents.defaults.sandbox.sessionToolsVisibility were "all"',
  ],
  [
    "agent-not-reachable",
    denied(reaches(dm("42"), "agent:child:main"), agents({}, child)),
    "tools.agentToAgent.enabled were true + tools.agentToAgent.allow named main and child",
  ],
  [
    "agent-not-reachable",
    denied(reaches(dm("42"), "agent:child:main"), {
      ...agents({}, child),
      tools: { agentToAgent: { enabled: true, allow: ["main"] } },
    }),
    "tools.agentToAgent.allow named main and child",
  ],
  [
    "agent-not-reachable",
    denied(spawns(dm("7"), "child"), agents({}, child)),
    "agents.list[0].subagents.allowAgents named child",
  ],
  [
    "less-confined",
    denied(
      spawns(dm("7"), "child"),
      agents({ subagents: { allowAgents: ["child"] } }, { ...child, sandbox: { mode: "off" } }),
    ),
    'agents.list[1].sandbox.mode were "all"',
  ],
  [
    "less-confined",
    denied(
      spawns(dm("7"), "child"),
      agents({ subagents: { allowAgents: ["child"] } }, { ...child, sandbox: { workspaceAccess: "rw" } }),
    ),
    'agents.list[1].sandbox.workspaceAccess were "none"',
  ],
  [
    "less-confined",
    denied(
      uses("bash", dm("7"), { run: "subagent", agent: "child", via: [{ agent: "main", run: "turn" }] }),
      agents({}, { ...child, sandbox: { mode: "off" } }),
    ),
    'agents.list[1].sandbox.mode were "non-main"',
  ],
  [
    "pairing-required",
    denied(uses("bash", dm("42"), { contributors: [dm("8")] })),
    "flat:8 were paired: clawdbot pairing approve flat <code>",
  ],
];

const remediesOf = ({ config, request, state }: Case) => explain(aPolicy(config), request, state).remedies;
const textOf = (changes: readonly { readonly text: string }[]) => changes.map(({ text }) => text).join(" + ");
const isAllowed = ({ config, request, state }: Case) =>
  aPolicy(config).decide(request, state).effect === "allow";

describe("each remedy that is carried out gets the request through", () => {
  test.each(table.map(([code, at, remedy]) => [code, JSON.stringify(at.request), remedy, at] as const))(
    "%s %s: %s",
    (code, _, remedy, at) => {
      expect(aPolicy(at.config).decide(at.request, at.state).code).toBe(code);
      const remedies = remediesOf(at);
      expect(remedies.map(({ changes }) => textOf(changes))).toContain(remedy);
      for (const each of remedies) expect(isAllowed(carriedOut(at, each)), textOf(each.changes)).toBe(true);
    },
  );
});

const runs = requestsOf(fewWords).filter(({ action }) => action !== "message");
const states: fc.Arbitrary<StateFacts> = fc.record({
  isPaired: fc.boolean(),
  profile: fc.constantFrom(null, null, "guest", "gone"),
  isTargetPaired: fc.boolean(),
});
const configs: readonly object[] = [
  world,
  people,
  table[6]![1].config,
  table[27]![1].config,
  { ...world, tools: { allow: ["read"] } },
];

test("that is so for any run, in several configs", () => {
  let carried = 0;
  fc.assert(
    fc.property(fc.constantFrom(...configs), runs, states, (config, request, state) => {
      const at = { config, request, state };
      for (const remedy of remediesOf(at)) {
        const result = compile(carriedOut(at, remedy).config, { networks });
        if (!result.ok) throw new Error(JSON.stringify(result.issues));
        expect(isAllowed(carriedOut(at, remedy)), textOf(remedy.changes)).toBe(true);
        carried++;
      }
    }),
    { numRuns: 1500 },
  );
  expect(carried).toBeGreaterThan(100);
});

test("to have asked changes no answer", () => {
  for (const [code, { config, request, state }] of table) {
    const policy = aPolicy(config);
    for (let times = 0; times < 2; times++) {
      explain(policy, request, state);
      expect(policy.decide(request, state)).toEqual(aPolicy(config).decide(request, state));
      expect(policy.decide(request, state).code).toBe(code);
    }
  }
});

test("what would hold in another config is not remembered in this one", () => {
  const config = {
    ...people,
    flat: { ...people.flat, groups: { "77": { enabled: false, allowFrom: ["9"] } } },
  };
  const policy = aPolicy(config);
  const pair = explain(policy, uses("read", room("1"))).remedies.map(({ changes }) => textOf(changes));
  expect(pair).toContain(
    'the chat were switched on (flat.groups["77"].enabled) + the sender were listed in flat.groups["77"].allowFrom',
  );
  expect(policy.decide(uses("read", room("9"))).code).toBe("group-disabled");
});

describe("what cannot help is not said", () => {
  const open = { ...people, flat: { dmPolicy: "open", allowFrom: ["*", "42"], groups: { "77": {} } } };
  const ways = (request: Request, config: object, state = {}) =>
    explain(aPolicy(config), request, state).remedies.flatMap(({ changes }) =>
      changes.map(({ text }) => text),
    );

  test("a stranger is never told of a tool list or a profile as the way to the host", () => {
    const config = { ...open, ...agents({ sandbox: { mode: "off" } }) };
    for (const text of ways(uses("bash", dm("1")), config))
      expect(text).toMatch(/sandbox\.mode|were listed in/);
  });

  test("a sub-agent is told nothing about what is built in", () => {
    expect(ways(uses("cron", dm("42"), { run: "subagent" }), people)).toEqual([]);
    expect(ways(uses("sessions_list", dm("42"), { run: "subagent" }), people)).toEqual([]);
  });

  test("bots, unknown tools, agents and networks have no remedy", () => {
    expect(ways(uses("hammer", dm("42")), people)).toEqual([]);
    expect(ways(uses("bash", dm("42"), { agent: "nobody" }), people)).toEqual([]);
    expect(ways(uses("bash", dm("42", "nowhere")), people)).toEqual([]);
    expect(ways(uses("bash", { ...dm("42"), sender: { id: "42", isBot: true } }), people)).toEqual([]);
  });
});

test("all lists that apply are those that the decision asks, in its order", () => {
  fc.assert(
    fc.property(fc.constantFrom(...configs), runs, states, (config, request, state) => {
      const plan = planOf(aPolicy(config))!;
      const asked = readRequest(request);
      if (asked === null || asked.action === "message") return;
      const at = standpointOf(plan, asked.origin, readState(state), asked.agent, asked.run);
      if ("effect" in at) return;
      for (const { name } of plan.tools.values()) {
        const first = [...appliedLists(at, asked)].find((list) => refuses(list, name)) ?? null;
        expect(first).toBe(refusingList(at, name, asked));
      }
    }),
    { numRuns: 300 },
  );
});

test("the lines of an allowed tool end with where it runs and who is asked", () => {
  const last = (request: Request, config: object = people) => explain(aPolicy(config), request).lines.at(-1);
  expect(last(uses("bash", dm("7")))).toBe(
    "Runs in the sandbox (one for the agent), which sees nothing of the workspace. Nobody is asked first.",
  );
  expect(last(uses("bash", dm("42")))).toBe("Runs on the host. Nobody is asked first.");
  expect(last(uses("bash", dm("7")), { ...people, ...agents({ sandbox: { mode: "off" } }) })).toBe(
    "Runs on the host. An owner is asked first.",
  );
  expect(last(uses("cron", dm("42")))).toBe("Runs in the gateway. Nobody is asked first.");
});

test("explain is decide, and total", () => {
  for (const config of configs) {
    const policy = aPolicy(config);
    fc.assert(
      fc.property(fc.oneof(runs, fc.anything()), (request) => {
        expect(explain(policy, request).decision).toEqual(policy.decide(request));
      }),
      { numRuns: 200 },
    );
  }
});
