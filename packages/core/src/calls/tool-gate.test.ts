import { describe, expect, test } from "vitest";
import { fakeClock } from "@clawd/kernel/testing";
import type { Policy } from "@clawd/policy";
import { anEvent } from "@clawd/provider-kit/testing";
import { memoryStore } from "@clawd/store/testing";
import type { ToolAnswer } from "@clawd/tools";
import { policyOf } from "../../test/a-road.ts";
import type { PlacedCall, ToolExecutor } from "./tool-call.ts";
import { gatedTools, type ToolGatePorts } from "./tool-gate.ts";

const refusal = (text: string): ToolAnswer => ({ content: [{ type: "text", text }], isError: true });
const owner = { commands: { ownerAllowFrom: ["example:42"] } };
const listed = { example: { dmPolicy: "allowlist", allowFrom: ["42"] } };

function aGate(config: unknown, more: Partial<ToolGatePorts> & { readonly event?: object } = {}) {
  const ran: PlacedCall[] = [];
  const executor = (name: string): ToolExecutor => ({
    name,
    description: name,
    inputSchema: { type: "object" },
    run: (call): Promise<ToolAnswer> => {
      ran.push(call);
      const receipt = { place: call.runIn.place };
      return Promise.resolve({
        content: [{ type: "text", text: "done" }],
        isError: false,
        details: { receipt },
      });
    },
  });
  let policy: Policy = policyOf(config);
  const store = memoryStore({ clock: fakeClock() });
  const run = {
    event: anEvent(more.event),
    agent: "main",
    session: "agent:main:main",
    model: "example/model",
  };
  const tools = gatedTools(run, {
    policy: () => policy,
    state: () => ({}),
    isElevated: () => false,
    target: () => ({}),
    audit: store.audit,
    approvals: { ask: () => Promise.resolve({ outcome: "unreachable" as const }) },
    executors: ["bash", "read", "write", "session_status"].map(executor),
    ...more,
  });
  return {
    ran,
    tools,
    store,
    setPolicy: (next: unknown) => (policy = policyOf(next)),
    call: (name: string, input: unknown = {}) => tools.call(name, input, new AbortController().signal),
    records: () => [...store.audit.list({ kind: "tool-decision" })],
  };
}

describe("a call", () => {
  test("that is allowed runs in the place that the decision names, and nowhere else", async () => {
    const gate = aGate({ ...listed, ...owner });
    await gate.call("bash", { command: "true" });
    expect(gate.ran[0]).toMatchObject({ input: { command: "true" }, runIn: { place: "host" } });
    expect([...gate.store.audit.list({ kind: "tool-finished" })]).toMatchObject([
      {
        code: "done",
        session: "agent:main:main",
        sender: "42",
        detail: { tool: "bash", receipt: { place: "host" } },
      },
    ]);
    const boxed = aGate(listed);
    await boxed.call("bash");
    expect(boxed.ran[0]).toMatchObject({ runIn: { place: "sandbox", workspaceAccess: "none" } });
  });

  test("that is denied never runs, and the record says why", async () => {
    const gate = aGate({ ...listed, tools: { deny: ["bash"] } });
    expect(await gate.call("bash")).toEqual(refusal("Not allowed here (tool-not-allowed)."));
    expect(gate.ran).toEqual([]);
    expect(gate.records()).toMatchObject([
      {
        effect: "deny",
        code: "tool-not-allowed",
        sender: "42",
        rules: [{ path: "tools.deny" }],
        detail: { tool: "bash", place: null },
      },
    ]);
  });

  test("under an alias is the same call", async () => {
    const gate = aGate({ ...listed, tools: { deny: ["bash"] } });
    expect(await gate.call("exec")).toMatchObject({ isError: true });
    expect(gate.ran).toEqual([]);
  });

  test("that uses another tool on its way has of it what a call of its own would have, and a record", async () => {
    const placeOf = async (config: object) => {
      const gate = aGate(config);
      await gate.call("session_status");
      const [call] = gate.ran;
      const found = call?.asTool("read", { path: "a" });
      expect(gate.records()).toMatchObject([
        { detail: { tool: "session_status" } },
        { detail: { tool: "read" } },
      ]);
      return found === null ? null : found?.runIn.place;
    };
    expect(await placeOf({ ...listed, ...owner })).toBe("host");
    expect(await placeOf(listed)).toBe("sandbox");
    expect(await placeOf({ ...listed, tools: { deny: ["read"] } })).toBeNull();
  });

  test("never uses another tool that an owner would have to approve", async () => {
    const gate = aGate({ ...listed, agents: { defaults: { sandbox: { mode: "off" } } } });
    await gate.call("session_status");
    expect(gate.ran[0]?.asTool("bash", { command: "true" })).toBeNull();
    expect(gate.records()[1]).toMatchObject({ effect: "allow", detail: { tool: "bash", waits: true } });
  });

  test("of a sender who may no longer write is denied in the middle of the turn", async () => {
    const gate = aGate(listed);
    await gate.call("read");
    gate.setPolicy({ example: { dmPolicy: "allowlist", allowFrom: ["43"] } });
    expect(await gate.call("read")).toEqual(refusal("Not allowed here (sender-not-listed)."));
    expect(gate.ran).toHaveLength(1);
  });

  test("that must wait for an owner does not run when none can be reached, and is offered all the same", async () => {
    const gate = aGate({ ...listed, agents: { defaults: { sandbox: { mode: "off" } } } });
    expect(await gate.call("bash")).toMatchObject({ isError: true });
    expect(gate.ran).toEqual([]);
    expect(gate.records()).toMatchObject([{ effect: "allow", detail: { place: "host", waits: true } }]);
    expect(gate.tools.specifications.map(({ name }) => name)).toContain("bash");
  });

  test("with parameters that claim rights is decided without them", async () => {
    const gate = aGate(listed);
    await gate.call("bash", {
      elevated: true,
      approved: true,
      senderId: "1",
      sender: { id: "1" },
      authority: "owner",
      runIn: { place: "host" },
    });
    expect(gate.ran).toMatchObject([{ runIn: { place: "sandbox" } }]);
    expect(gate.records()).toMatchObject([
      { detail: { claims: ["approved", "senderId", "authority", "runIn"] } },
    ]);
  });

  test("of a tool that nobody has is answered without one, and kept in the record", async () => {
    const gate = aGate(listed);
    expect(await gate.call("constructor")).toEqual(refusal('There is no tool named "constructor".'));
    expect(await gate.call("process")).toEqual(refusal("This version does not have the tool yet."));
    expect(gate.records().map(({ code }) => code)).toEqual(["unknown-tool", "tool-allowed"]);
  });
});

describe("a reload in the middle of a turn", () => {
  const narrow = { ...listed, tools: { deny: ["write"] } };

  test("takes away at the next call", async () => {
    const gate = aGate(listed);
    await gate.call("write");
    gate.setPolicy(narrow);
    expect(await gate.call("write")).toMatchObject({ isError: true });
    expect(gate.ran).toHaveLength(1);
  });

  test("adds nothing before the next turn", async () => {
    const gate = aGate(narrow);
    gate.setPolicy(listed);
    expect(await gate.call("write")).toMatchObject({ isError: true });
    expect(gate.ran).toEqual([]);
  });

  test("moves a call into the sandbox and never out of it", async () => {
    const atHome = { ...listed, ...owner };
    const gate = aGate(atHome);
    gate.setPolicy({ ...atHome, agents: { defaults: { sandbox: { mode: "all" } } } });
    await gate.call("bash");
    expect(gate.ran).toMatchObject([{ runIn: { place: "sandbox" } }]);
    const boxed = aGate({ ...atHome, agents: { defaults: { sandbox: { mode: "all" } } } });
    boxed.setPolicy(atHome);
    await boxed.call("bash");
    expect(boxed.ran).toMatchObject([{ runIn: { place: "sandbox" } }]);
  });
});

test("elevated mode needs the call, the switch of the session and every gate of the config", async () => {
  const config = {
    ...listed,
    ...owner,
    agents: { defaults: { sandbox: { mode: "all" } } },
    tools: { elevated: { allowFrom: { example: ["42"] } } },
  };
  const placesOf = async (gates: unknown, isOn: boolean, input: unknown) => {
    const gate = aGate(gates, { isElevated: () => isOn });
    await gate.call("bash", input);
    return gate.ran.map(({ runIn }) => runIn.place);
  };
  expect(await placesOf(config, true, {})).toEqual(["sandbox"]);
  expect(await placesOf(config, false, { elevated: true })).toEqual(["sandbox"]);
  // Outside the owner's own session it waits for an approval, which nobody can give yet.
  expect(await placesOf(config, true, { elevated: true })).toEqual(["host"]);
  const gateShut = { ...config, tools: { elevated: { allowFrom: { example: ["43"] } } } };
  expect(await placesOf(gateShut, true, { elevated: true })).toEqual([]);
});

test("the model is offered what the sender may use", () => {
  const names = (config: unknown) => aGate(config).tools.specifications.map(({ name }) => name);
  expect(names(listed)).toEqual(["bash", "read", "write", "session_status"]);
  expect(names({ ...listed, tools: { profile: "minimal" } })).toEqual(["session_status"]);
  expect(names({})).toEqual([]);
});

test("a call may do what a command does only where its person may give the command, as the config is now", async () => {
  const may = async (config: object, event?: object) => {
    const gate = aGate({ ...listed, ...config }, { ...(event && { event }) });
    await gate.call("session_status");
    return { gate, call: gate.ran[0]! };
  };
  const restart = { commands: { ...owner.commands, restart: true } };
  expect((await may(owner)).call.mayCommand("restart")).toBe(false);
  expect((await may({ commands: { restart: true } })).call.mayCommand("restart")).toBe(false);
  const narrowed = { ...restart, access: { profiles: { owner: { commands: ["status"] } } } };
  expect((await may(narrowed)).call.mayCommand("restart")).toBe(false);
  const { gate, call } = await may(restart);
  expect([call.mayCommand("restart"), call.mayCommand("nothing-like-it")]).toEqual([true, false]);
  gate.setPolicy({ ...listed, ...owner });
  expect(call.mayCommand("restart")).toBe(false);
});

test("a model that asks for what it may not have without end is told no each time, and counted", async () => {
  const gate = aGate({ ...listed, tools: { deny: ["bash"] } });
  const { tools, store } = gate;
  const counting = aGate(
    { ...listed, tools: { deny: ["bash"] } },
    { refusals: store.refusals, audit: store.audit },
  );
  for (let index = 0; index < 200; index++) {
    const answer = await counting.call("bash", { command: `try ${index}` });
    expect(answer).toMatchObject({ isError: true });
  }
  expect(gate.records()).toHaveLength(10);
  // Claims that have no effect are another matter, and are kept.
  await counting.call("bash", { approved: true });
  expect(gate.records().at(-1)!.detail).toMatchObject({ claims: ["approved"] });
  for (let index = 0; index < 30; index++) await counting.call("session_status");
  expect(gate.records().filter(({ effect }) => effect === "allow")).toHaveLength(30);
  expect(tools.specifications.map(({ name }) => name)).not.toContain("bash");
});
