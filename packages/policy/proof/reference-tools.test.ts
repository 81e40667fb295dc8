/** The reference itself says what the documents say: their own examples, by hand. */
import { describe, expect, test } from "vitest";
import type { StateFacts, ToolRequest } from "../src/request.ts";
import { circle, networks } from "./networks.ts";
import { mistakesOf } from "./reference-mistakes.ts";
import { referenceSend } from "./reference-send.ts";
import { referenceSession } from "./reference-sessions.ts";
import { referenceTool } from "./reference-tools.ts";
import { reference } from "./reference.ts";

const people = {
  commands: { ownerAllowFrom: ["circle:olga"] },
  circle: { allowFrom: ["olga", "fred"], groups: { g1: {} } },
};
const dm = (id: string) => ({ provider: circle.id, chat: { kind: "dm", id }, sender: { id } }) as const;
const inGroup = (id: string) =>
  ({ provider: circle.id, chat: { kind: "group", id: "g1" }, sender: { id } }) as const;

function asks(
  config: object,
  origin: ReturnType<typeof dm> | ReturnType<typeof inGroup>,
  more: Partial<ToolRequest> & { readonly tool: string },
  state: StateFacts = {},
) {
  const whole = { ...people, ...config };
  expect(mistakesOf(whole, networks)).toEqual([]);
  return referenceTool(whole, networks, { action: "tool", agent: "main", ...origin, ...more }, state);
}

const onHost = { kind: "run-in", place: "host", workspaceAccess: "rw", scope: "agent" };
const inGateway = { kind: "run-in", place: "gateway", workspaceAccess: "none", scope: "agent" };

describe("the three profiles of the security document", () => {
  const full = { agents: { list: [{ id: "main", sandbox: { mode: "off" } }] } };
  const readOnly = {
    agents: {
      list: [
        {
          id: "main",
          sandbox: { mode: "all", scope: "agent", workspaceAccess: "ro" },
          tools: { allow: ["read"], deny: ["write", "edit", "bash", "process", "browser"] },
        },
      ],
    },
  };
  const talk = {
    agents: {
      list: [
        {
          id: "main",
          sandbox: { mode: "all", scope: "agent", workspaceAccess: "none" },
          tools: {
            allow: [
              ..."sessions_list sessions_history sessions_send sessions_spawn session_status".split(" "),
              "circle",
              "castle",
              "gateway",
            ],
            deny: "read write edit bash process browser canvas nodes cron gateway image".split(" "),
          },
        },
      ],
    },
  };

  test("full access: everything, and what touches the machine runs on the host", () => {
    for (const tool of ["bash", "process", "read", "write", "edit", "browser"])
      expect(asks(full, dm("olga"), { tool })).toMatchObject({ effect: "allow", runIn: onHost });
    for (const tool of ["message", "sessions_send", "gateway", "cron", "image"])
      expect(asks(full, dm("olga"), { tool })).toMatchObject({ effect: "allow", runIn: inGateway });
  });

  test("read-only: reading in the sandbox, with the workspace to be seen and not changed, and nothing else", () => {
    const runIn = { kind: "run-in", place: "sandbox", workspaceAccess: "ro", scope: "agent" };
    expect(asks(readOnly, dm("olga"), { tool: "read" })).toMatchObject({ effect: "allow", runIn });
    for (const tool of "write edit apply_patch bash process browser message gateway ls".split(" "))
      expect(asks(readOnly, dm("olga"), { tool })).toMatchObject({
        effect: "deny",
        codes: ["tool-not-allowed"],
      });
  });

  test("no files, no shell: messages and sessions, in the gateway; the deny of gateway wins over its allow", () => {
    for (const tool of ["sessions_list", "sessions_history", "sessions_send", "circle", "castle", "message"])
      expect(asks(talk, dm("olga"), { tool })).toMatchObject({ effect: "allow", runIn: inGateway });
    for (const tool of ["bash", "read", "write", "browser", "gateway", "harbour"])
      expect(asks(talk, dm("olga"), { tool })).toMatchObject({ effect: "deny" });
  });
});

describe("places", () => {
  test("the owner's own session is on the host, everything else in the sandbox", () => {
    expect(asks({}, dm("olga"), { tool: "bash" })).toMatchObject({ runIn: onHost, awaitsApproval: false });
    for (const origin of [dm("fred"), inGroup("olga")])
      expect(asks({}, origin, { tool: "bash" })).toMatchObject({
        runIn: { place: "sandbox", workspaceAccess: "none" },
        awaitsApproval: false,
      });
    for (const run of ["subagent", "cron", "hook"] as const)
      expect(asks({}, dm("olga"), { tool: "bash", run })).toMatchObject({ runIn: { place: "sandbox" } });
  });

  test("without a sandbox: a friend's command waits for an owner, a stranger's never runs", () => {
    const off = { agents: { defaults: { sandbox: { mode: "off" } } } };
    expect(asks(off, dm("fred"), { tool: "exec" })).toMatchObject({ runIn: onHost, awaitsApproval: true });
    expect(asks(off, dm("fred"), { tool: "read" })).toMatchObject({ runIn: onHost, awaitsApproval: false });
    expect(asks(off, inGroup("sam"), { tool: "read" }).codes).toContain("host-not-allowed");
    expect(asks(off, inGroup("sam"), { tool: "image" })).toMatchObject({ runIn: inGateway });
  });

  test("elevated asks for every gate, and falls back to nothing", () => {
    const on = { tools: { elevated: { allowFrom: { circle: ["fred", "olga"] } } } };
    const bash = { tool: "bash", elevated: true };
    expect(asks(on, dm("fred"), bash)).toMatchObject({ runIn: onHost, awaitsApproval: true });
    expect(asks(on, dm("olga"), bash)).toMatchObject({ runIn: onHost, awaitsApproval: false });
    expect(asks(on, dm("olga"), { tool: "read", elevated: true }).codes).toEqual(["elevated-not-allowed"]);
    expect(asks({}, dm("olga"), bash).codes).toEqual(["elevated-not-allowed"]);
    expect(asks(on, dm("fred"), { ...bash, run: "cron" }).codes).toEqual(["elevated-not-allowed"]);
    const own = { agents: { list: [{ id: "main", tools: { elevated: { allowFrom: {} } } }] } };
    expect(asks({ ...on, ...own }, dm("fred"), bash).codes).toEqual(["elevated-not-allowed"]);
  });

  test("a run does what everyone in it may do, in the stricter place", () => {
    expect(asks({}, dm("olga"), { tool: "bash", contributors: [dm("fred")] })).toMatchObject({
      runIn: { place: "sandbox", workspaceAccess: "none" },
    });
    expect(asks({}, dm("olga"), { tool: "bash", contributors: [dm("eve")] })).toMatchObject({
      effect: "deny",
      codes: ["pairing-required", "sender-not-listed"],
    });
    const two = {
      agents: {
        list: [
          { id: "main", sandbox: { mode: "off" } },
          { id: "work", sandbox: { mode: "all" } },
        ],
      },
    };
    const via = [{ agent: "work", run: "turn" }] as const;
    expect(asks(two, dm("olga"), { tool: "bash", run: "subagent", via }).codes).toEqual(["less-confined"]);
  });
});

describe("rights", () => {
  test("a profile narrows, and what an approval and a member list say differently is nothing", () => {
    const config = {
      access: { profiles: { kids: { tools: { deny: ["group:web"] }, members: ["circle:fred"] }, aunts: {} } },
    };
    expect(asks(config, dm("fred"), { tool: "web_fetch" }).codes).toEqual(["tool-not-allowed"]);
    expect(asks(config, dm("fred"), { tool: "read" }, { profile: "kids" })).toMatchObject({
      effect: "allow",
    });
    for (const profile of ["aunts", "friend", "ghost", "constructor"])
      expect(asks(config, dm("fred"), { tool: "read" }, { profile }).codes).toEqual(["profile-unknown"]);
  });

  test("no profile makes an owner, and strangers stay strangers", () => {
    const access = { profiles: { stranger: { places: ["host"], send: "accepted", sessions: "agent" } } };
    expect(asks({ access }, inGroup("sam"), { tool: "cron" }).codes).toContain("owner-only-tool");
    const off = { access, agents: { defaults: { sandbox: { mode: "off" } } } };
    expect(asks(off, inGroup("sam"), { tool: "bash" }).codes).toEqual(["host-not-allowed"]);
  });

  test("a budget counts turns, and stops them when it is spent", () => {
    const budget = { turnsPerDay: 3 };
    const config = { ...people, access: { profiles: { friend: { budget, commands: ["status"] } } } };
    const request = { action: "message", ...dm("fred") } as const;
    expect(reference(config, networks, request, { isWithinBudget: true })).toMatchObject({
      duty: "start-turn",
      counted: { profile: "friend", budget },
    });
    expect(reference(config, networks, request)).toMatchObject({ effect: "deny", codes: ["budget-spent"] });
    expect(reference(config, networks, { ...request, command: "status" })).toMatchObject({
      duty: "run-command",
    });
    expect(reference(config, networks, { ...request, command: "help" }).codes).toEqual([
      "command-not-allowed",
    ]);
  });
});

describe("other chats and other sessions", () => {
  const send = (origin: ReturnType<typeof dm>, chat: { kind: "dm" | "group"; id: string }, state = {}) =>
    referenceSend(
      people,
      networks,
      { action: "send", agent: "main", ...origin, to: { provider: circle.id, chat } },
      state,
    );
  const target = (origin: ReturnType<typeof dm>, session: string, config: object = {}, state = {}) =>
    referenceSession(
      { ...people, ...config },
      networks,
      { action: "session", agent: "main", ...origin, operation: "read", session },
      state,
    );

  test("a friend's run answers here, an owner's writes where the rules accept it", () => {
    const agents = { list: [{ id: "main", tools: { allow: ["message"] } }] };
    const config = { ...people, agents };
    const to = (origin: ReturnType<typeof dm>, chat: { kind: "dm" | "group"; id: string }, state = {}) =>
      referenceSend(
        config,
        networks,
        { action: "send", agent: "main", ...origin, to: { provider: circle.id, chat } },
        state,
      );
    expect(to(dm("fred"), { kind: "dm", id: "fred" }).effect).toBe("allow");
    expect(to(dm("fred"), { kind: "group", id: "g1" }).codes).toEqual(["send-not-allowed"]);
    expect(to(dm("olga"), { kind: "group", id: "g1" }).effect).toBe("allow");
    expect(to(dm("olga"), { kind: "group", id: "g2" }).codes).toEqual(["recipient-not-accepted"]);
    expect(to(dm("olga"), { kind: "dm", id: "eve" }).codes).toEqual(["recipient-not-accepted"]);
    expect(to(dm("olga"), { kind: "dm", id: "eve" }, { isTargetPaired: true }).effect).toBe("allow");
    // In the sandbox the built-in list has no `message`.
    expect(send(dm("fred"), { kind: "dm", id: "fred" }).codes).toEqual(["tool-not-in-sandbox"]);
  });

  test("a friend reaches their own session and what it spawned", () => {
    expect(target(dm("fred"), "agent:main:circle:dm:fred").effect).toBe("allow");
    expect(target(dm("fred"), "agent:main:main").effect).toBe("deny");
    expect(target(dm("fred"), "agent:main:subagent:1", {}, { isSpawned: true }).effect).toBe("allow");
    expect(target(dm("olga"), "agent:main:circle:dm:fred").effect).toBe("allow");
    expect(target(dm("olga"), "cron:1").effect).toBe("deny");
  });

  test("another agent's sessions ask for an edge between the two", () => {
    const agents = { list: [{ id: "main" }, { id: "work" }] };
    const agentToAgent = { enabled: true, allow: ["main", "w*"] };
    expect(target(dm("olga"), "agent:work:main", { agents }).effect).toBe("deny");
    expect(target(dm("olga"), "agent:work:main", { agents, tools: { agentToAgent } }).effect).toBe("allow");
  });
});
