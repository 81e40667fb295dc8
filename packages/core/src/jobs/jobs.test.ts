/** Scheduled jobs on the whole road: made by the tool, run by the clock, with the rights of then and now. */
import type { ContentBlock, ModelEvent, ModelRequest } from "@clawd/agent";
import { scriptedModel, type ScriptedModel, type ScriptedStep } from "@clawd/agent/testing";
import { anEvent } from "@clawd/provider-kit/testing";
import { cron, message, sessionTools } from "@clawd/tools";
import { describe, expect, onTestFinished, test } from "vitest";
import { aRoad, type TestRoad } from "../../test/a-road.ts";
import { isRefusal } from "@clawd/tools";
import { turnOf } from "../state.ts";
import type { PlacedCall } from "../calls/tool-call.ts";

const minute = 60_000;
const config = {
  example: { dmPolicy: "allowlist", allowFrom: ["42", "43"], groups: { "-7": {} } },
  commands: { ownerAllowFrom: ["example:42"] },
};
const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 };
const calls = (...named: readonly (readonly [string, object])[]): readonly ModelEvent[] => [
  ...named.map(([name, input], index) => ({ type: "tool-call", id: `c${index}`, name, input }) as const),
  { type: "stop", reason: "tool-calls", usage },
];
const every = { kind: "every", everyMs: 10 * minute };
const job = (over: object = {}, payload: object = {}) => ({
  name: "news",
  schedule: every,
  payload: { kind: "agentTurn", message: "Read me the news.", ...payload },
  ...over,
});
const add = (over: object = {}, payload: object = {}) =>
  calls(["cron", { action: "add", job: job(over, payload) }]);

type Script = readonly ScriptedStep[];

interface Started {
  readonly road: TestRoad;
  readonly ran: PlacedCall[];
  readonly said: () => readonly string[];
  /** What the tools answered to the newest run. */
  readonly results: () => readonly string[];
  /** What scheduled runs were asked. */
  readonly tasks: () => readonly string[];
  /** Names of the tools that scheduled runs were offered, one list for each question to the model. */
  readonly offered: () => readonly (readonly string[])[];
}

/** @param spoken what the model answers to people; @param scheduled to the schedule */
async function start(
  spoken: Script,
  scheduled: Script = [],
  options: Parameters<typeof aRoad>[0] = {},
): Promise<Started> {
  const all: ModelRequest[] = [];
  const ran: PlacedCall[] = [];
  const bash = {
    name: "bash",
    description: "runs",
    inputSchema: {},
    run: (call: PlacedCall) => {
      ran.push(call);
      return Promise.resolve({ content: [{ type: "text" as const, text: "ran" }], isError: false });
    },
  };
  const people = scriptedModel(...spoken);
  const clock = scriptedModel(...scheduled);
  const model: ScriptedModel = {
    ...people,
    async *stream(request, signal) {
      all.push(request);
      for await (const said of (isScheduled(request) ? clock : people).stream(request, signal))
        yield said.type === "tool-call" ? { ...said, input: withId(said.input) } : said;
    },
  };
  /** The script is written before there is a job that it could name. */
  const withId = (input: unknown): unknown =>
    JSON.parse(JSON.stringify(input).replace("FIRST-JOB", () => only(road).id));
  const road: TestRoad = await aRoad({
    config,
    model,
    executors: [bash],
    gatewayTools: [message, cron, ...sessionTools],
    maxTextLength: 4000,
    ...options,
  });
  onTestFinished(() => road.close());
  return {
    road,
    ran,
    said: () => road.sent.map(({ chat, text }) => `${chat.id}: ${text}`),
    results: () => (all.at(-1)?.messages.at(-1)?.content ?? []).flatMap(textOf),
    tasks: () => all.filter(isScheduled).map(({ messages }) => JSON.stringify(messages)),
    offered: () => all.filter(isScheduled).map(({ tools }) => (tools ?? []).map(({ name }) => name)),
  };
}

const isScheduled = ({ messages }: ModelRequest): boolean =>
  JSON.stringify(messages).includes("the schedule, for");
const textOf = (block: ContentBlock): readonly string[] => (block.type === "tool-result" ? [block.text] : []);
const only = (road: TestRoad) => road.road.scheduled.jobs.list()[0]!;

let events = 0;
const from = (id: string, own: object = {}) =>
  anEvent({ eventId: `j${++events}`, sender: { id }, chat: { kind: "dm", id }, text: "go", ...own });

async function pass(road: TestRoad, milliseconds: number): Promise<void> {
  await road.clock.advance(milliseconds);
  await road.settle();
}

describe("a job that an owner has made", () => {
  test("is done when it is due, in a session of its own, and answered in the chat it was made in, once", async () => {
    const { road, said, tasks } = await start([add(), "I will."], ["All quiet.", "Still quiet."]);
    await road.receive(from("42"));
    expect(said()).toEqual(["42: I will."]);
    await pass(road, 10 * minute);
    expect(said()).toEqual(["42: I will.", "42: All quiet."]);
    expect(tasks()[0]).toContain("Read me the news.");
    expect(tasks()[0]).not.toContain("go");
    await pass(road, 10 * minute);
    expect(said().at(-1)).toBe("42: Still quiet.");
    // Each run begins anew.
    expect(tasks()[1]).not.toContain("All quiet.");
    const { id } = only(road);
    expect(road.road.scheduled.jobs.runs(only(road), 10)).toMatchObject([
      { number: 2, outcome: "answered", tries: 1 },
      { number: 1, outcome: "answered", tries: 1 },
    ]);
    const records = [...road.store.audit.list()].filter(({ kind }) => kind.startsWith("cron"));
    expect(records.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      "cron-job added",
      "cron-run started",
      "cron-run answered",
      "cron-run started",
      "cron-run answered",
    ]);
    expect(records[1]).toMatchObject({ session: `agent:main:cron:${id}`, agent: "main", sender: "42" });
  });

  test("for once is done once, and is then off", async () => {
    const { road, said } = await start(
      [add({ schedule: { kind: "at", atMs: Date.UTC(2026, 0, 1) + minute } }), "ok"],
      ["Wake up!", "Again?"],
    );
    await road.receive(from("42"));
    await pass(road, 180 * minute);
    expect(said()).toEqual(["42: ok", "42: Wake up!"]);
    expect(only(road).state).toMatchObject({ isEnabled: false, nextAt: null });
  });

  test("sends nothing when there is nothing to tell, or when it is to send nothing", async () => {
    const { road, said } = await start(
      [add(), add({ name: "second" }, { deliver: false }), "ok"],
      ["NO_REPLY", "Unheard."],
    );
    await road.receive(from("42"));
    await pass(road, 10 * minute);
    await pass(road, minute);
    expect(said()).toEqual(["42: ok"]);
    expect(road.road.scheduled.jobs.list().map(({ state }) => state.last?.outcome)).toEqual([
      "silent",
      "answered",
    ]);
  });
});

describe("rights", () => {
  test("nobody but an owner makes a job, and no scheduled run does", async () => {
    const { road, results, tasks, offered } = await start(
      [add(), "no", add(), "ok"],
      [calls(["cron", { action: "list" }], ["sessions_spawn", { task: "x" }], ["gateway", {}]), "done"],
    );
    await road.receive(from("43"));
    expect(results()[0]).toContain("owner-only-tool");
    expect(road.road.scheduled.jobs.list()).toEqual([]);
    await road.receive(from("42"));
    await pass(road, 10 * minute);
    expect(offered()[0]).not.toContain("cron");
    expect(offered()[0]).not.toContain("sessions_spawn");
    expect(results().join()).not.toContain('"jobs"');
    expect(tasks()).toHaveLength(2);
    expect(road.road.scheduled.jobs.list()).toHaveLength(1);
  });

  test("a scheduled run works in the sandbox where its creator's own turn is on the host, and is never elevated", async () => {
    const elevated = {
      ...config,
      tools: { elevated: { enabled: true, allowFrom: { example: ["42"] } } },
    };
    const { road, ran, results } = await start(
      [calls(["bash", { command: "x" }]), "a", add(), "ok"],
      [calls(["bash", { command: "x" }], ["bash", { command: "x", elevated: true }]), "done"],
      { config: elevated },
    );
    await road.receive(from("42"));
    await road.receive(from("42", { text: "/elevated on", command: { name: "elevated", args: "on" } }));
    await road.receive(from("42"));
    await pass(road, 10 * minute);
    expect(ran.map(({ runIn }) => runIn.place)).toEqual(["host", "sandbox", "sandbox"]);
    expect(results()).toHaveLength(2);
  });

  test("on the host, where it may work there at all, its commands wait for an owner", async () => {
    const host = { ...config, agents: { defaults: { sandbox: { mode: "off" } } } };
    const { road, ran, said } = await start(
      [calls(["bash", { command: "x" }]), "a", add(), "ok"],
      [calls(["bash", { command: "x" }]), "done"],
      { config: host },
    );
    await road.receive(from("42"));
    await road.receive(from("42"));
    expect(ran).toHaveLength(1);
    await pass(road, 10 * minute);
    expect(ran).toHaveLength(1);
    expect(said().at(-1)).toContain("asks to use bash");
    const hash = /\/approve ([0-9a-f]{8})/.exec(JSON.stringify(road.sent.at(-1)))![1]!;
    await road.receive(from("42", { text: `/approve ${hash}`, command: { name: "approve", args: hash } }));
    await pass(road, 0);
    expect(ran.map(({ runIn }) => runIn.place)).toEqual(["host", "host"]);
    expect(said().at(-1)).toBe("42: done");
  });

  test("what the config takes away is gone, and what it adds later is not added", async () => {
    const narrow = { ...config, tools: { deny: ["bash"] } };
    const { road, ran, offered } = await start(
      [add(), "ok", add({ name: "new" }), "ok"],
      [
        calls(["bash", { command: "x" }]),
        "1",
        calls(["bash", { command: "x" }]),
        "2",
        calls(["bash", { command: "x" }]),
        "3",
      ],
      { config: narrow },
    );
    await road.receive(from("42"));
    // Widened: a job of before gets nothing of it.
    road.setPolicy(config);
    await pass(road, 10 * minute);
    expect(ran).toEqual([]);
    expect(offered()[0]).not.toContain("bash");
    // One that is made now has it, until it is taken away.
    await road.receive(from("42"));
    await pass(road, 9 * minute);
    await pass(road, 2 * minute);
    expect(ran).toHaveLength(1);
    road.setPolicy(narrow);
    await pass(road, 10 * minute);
    expect(ran).toHaveLength(1);
  });

  test("a denied tool is denied by the same rule as in a turn of its creator", async () => {
    const read = calls(["bash", { command: "x" }]);
    const { road } = await start([read, "a", add(), "ok"], [read, "done"], {
      config: { ...config, tools: { deny: ["bash"] } },
    });
    await road.receive(from("42"));
    await road.receive(from("42"));
    await pass(road, 10 * minute);
    const denied = [...road.store.audit.list()].filter(
      ({ kind, effect }) => kind === "tool-decision" && effect === "deny",
    );
    expect(denied.map(({ code, rules }) => [code, rules[0]?.path])).toEqual([
      ["tool-not-allowed", "tools.deny"],
      ["tool-not-allowed", "tools.deny"],
    ]);
  });

  test("a creator who is blocked has no job: it is stopped, and owners hear why, once", async () => {
    const { road, said, tasks } = await start([add(), "ok"], ["never", "never"], { reachableOwners: ["44"] });
    await road.receive(from("42"));
    road.setPolicy({ ...config, example: { ...config.example, dmPolicy: "disabled" } });
    await pass(road, 60 * minute);
    expect(tasks()).toEqual([]);
    expect(said().slice(1)).toEqual([
      expect.stringMatching(/^44: The scheduled task “news” does not run any more/),
    ]);
    expect(only(road).state).toMatchObject({ isEnabled: false, stopped: { code: "dm-disabled" } });
    // Whoever is let in again has to switch it on.
    road.setPolicy(config);
    await pass(road, 60 * minute);
    expect(tasks()).toEqual([]);
  });

  test("a creator who is no owner any more has no job", async () => {
    const { road, tasks } = await start([add(), "ok"], ["never"]);
    await road.receive(from("42"));
    road.setPolicy({ ...config, commands: { ownerAllowFrom: ["example:43"] } });
    await pass(road, 10 * minute);
    expect(tasks()).toEqual([]);
    expect(only(road).state.stopped?.code).toBe("owner-only-tool");
  });

  test("a chat that another agent answers now has no job of the old one", async () => {
    const two = { ...config, agents: { list: [{ id: "main" }, { id: "family" }] } };
    const { road, tasks } = await start([add(), "ok"], ["never"], {
      config: two,
      agents: ["main", "family"],
    });
    await road.receive(from("42"));
    road.setPolicy({ ...two, bindings: [{ agentId: "family", match: { provider: "example" } }] });
    await pass(road, 10 * minute);
    expect(tasks()).toEqual([]);
    expect(only(road).state.stopped?.code).toBe("routed-elsewhere");
  });

  test("jobs of an agent that is gone end, also when one of its name comes back", async () => {
    const agents = ["main"];
    const { road, tasks } = await start([add(), "ok"], ["never"], { agents });
    await road.receive(from("42"));
    agents[0] = "other";
    road.road.scheduled.review();
    agents[0] = "main";
    road.road.scheduled.review();
    await pass(road, 60 * minute);
    expect(tasks()).toEqual([]);
    expect(only(road).state.stopped?.code).toBe("agent-gone");
  });

  test("what is taken away while a run works keeps its answer from leaving", async () => {
    const blocked = { ...config, example: { ...config.example, dmPolicy: "disabled" } };
    const worlds: TestRoad[] = [];
    const meanwhile = {
      name: "bash",
      description: "takes its time",
      inputSchema: {},
      run: () => {
        worlds[0]!.setPolicy(blocked);
        return Promise.resolve({ content: [{ type: "text" as const, text: "ran" }], isError: false });
      },
    };
    const { road, said, tasks } = await start(
      [add(), "ok"],
      [calls(["bash", { command: "x" }]), "the secret"],
      { executors: [meanwhile], reachableOwners: [] },
    );
    worlds.push(road);
    await road.receive(from("42"));
    await pass(road, 10 * minute);
    expect(tasks()).toHaveLength(2);
    expect(said()).toEqual(["42: ok"]);
    expect(only(road).state).toMatchObject({
      stopped: { code: "dm-disabled" },
      last: { outcome: "refused" },
    });
  });
});

describe("where the answer goes", () => {
  const to = (target: string) => add({}, { to: target });

  test("elsewhere only where its creator may write, then and now", async () => {
    const { road, said, results } = await start(
      [to("group:-8"), "no", to("group:-7"), "ok"],
      ["To all.", "Again."],
    );
    await road.receive(from("42"));
    expect(results()[0]).toContain("Not done");
    await road.receive(from("42"));
    await pass(road, 10 * minute);
    expect(said().at(-1)).toBe("-7: To all.");
    road.setPolicy({ ...config, example: { ...config.example, groups: {} } });
    await pass(road, 10 * minute);
    expect(said().filter((text) => text.includes("Again."))).toEqual([]);
    expect(only(road).state.isEnabled).toBe(false);
  });

  test("never where it might not have gone when it was made", async () => {
    const wide = { ...config, example: { ...config.example, groups: { "-7": {}, "-8": {} } } };
    const { road, results } = await start([add(), calls(["cron", { action: "list" }]), "ok"]);
    await road.receive(from("42"));
    road.setPolicy(wide);
    const { id } = only(road);
    const moved = road.road.scheduled.jobs.change(only(road), { payload: { to: "group:-8" } }, "model");
    expect(moved).toEqual({ refused: expect.any(String) });
    expect(id).toBe(only(road).id);
    void results;
  });
});

describe("bounds", () => {
  test("a model cannot make a storm", async () => {
    const often = add({ schedule: { kind: "every", everyMs: 1000 } });
    const many = calls(...Array.from({ length: 5 }, () => ["cron", { action: "add", job: job() }] as const));
    const { road, results } = await start([often, "no", many, "ok"], [], { cron: { maxJobs: 3 } });
    await road.receive(from("42"));
    expect(results()[0]).toContain("too often");
    await road.receive(from("42"));
    expect(results().filter((text) => text.includes("too many jobs"))).toHaveLength(2);
    expect(road.road.scheduled.jobs.list()).toHaveLength(3);
  });

  test("jobs that are due at once run one after the other", async () => {
    let running = 0;
    let most = 0;
    const slow = {
      name: "bash",
      description: "waits",
      inputSchema: {},
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return { content: [{ type: "text" as const, text: "ran" }], isError: false };
      },
    };
    const three = calls(
      ...["a", "b", "c"].map((name) => ["cron", { action: "add", job: job({ name }) }] as const),
    );
    const work = calls(["bash", { command: "x" }]);
    const { road, said } = await start([three, "ok"], [work, "1", work, "2", work, "3"], {
      executors: [slow],
    });
    await road.receive(from("42"));
    await pass(road, 10 * minute);
    await pass(road, minute);
    expect(said().slice(1)).toEqual(["42: 1", "42: 2", "42: 3"]);
    expect(most).toBe(1);
  });

  test("a run that takes too long is ended, and the next one comes", async () => {
    const release: (() => void)[] = [];
    const answered = { content: [{ type: "text" as const, text: "ran" }], isError: false };
    const hanging = {
      name: "bash",
      description: "hangs, and heeds no signal",
      inputSchema: {},
      run: () => new Promise<typeof answered>((resolve) => release.push(() => resolve(answered))),
    };
    const { road, said } = await start(
      [add({}, { timeoutSeconds: 30 }), "ok"],
      [calls(["bash", { command: "x" }])],
      { executors: [hanging] },
    );
    await road.receive(from("42"));
    await pass(road, 10 * minute);
    await pass(road, minute);
    expect(only(road).state).toMatchObject({ open: null, last: { outcome: "timeout" }, isEnabled: true });
    expect(said().at(-1)).toContain("took too long");
    for (const go of release) go();
    await road.settle();
    expect(said()).toHaveLength(2);
  });

  test("a model that fails is asked again, and at last its owner is told", async () => {
    const once = add({ schedule: { kind: "at", atMs: Date.UTC(2026, 0, 1) + minute } });
    const { road, said } = await start([once, "ok"], [new Error("the service is down")]);
    await road.receive(from("42"));
    await pass(road, minute);
    expect(only(road).state.open).toMatchObject({ tries: 1 });
    await pass(road, 60 * minute);
    expect(only(road).state).toMatchObject({ open: null, last: { outcome: "failed" } });
    expect(said()).toHaveLength(2);
    expect(said().at(-1)).toContain("Scheduled task “news”");
  });
});

describe("a gateway that is killed", () => {
  const once = add({ schedule: { kind: "at", atMs: Date.UTC(2026, 0, 1) + minute } });

  test("before, while and after a job for once is done loses it never and says it once", async () => {
    for (const step of ["before", "while", "after"] as const) {
      const { road } = await start([once, "ok"], ["Wake up!"], { durable: true });
      await road.receive(from("42"));
      if (step === "while") road.breakStore("commit");
      if (step !== "before") await pass(road, minute);
      const before = road.sent.filter(({ text }) => text === "Wake up!").length;
      const again = await road.crash({ model: scriptedModel("Wake up!") });
      onTestFinished(() => again.close());
      await pass(again, 2 * minute);
      await pass(again, 180 * minute);
      const after = again.sent.filter(({ text }) => text === "Wake up!").length;
      expect([step, before + after]).toEqual([step, 1]);
    }
  });
});

describe("jobs in reach of the tool", () => {
  const inSandbox = { ...config, tools: { sandbox: { tools: { allow: ["*"], deny: [] } } } };
  const list = calls(["cron", { action: "list" }]);
  const group = { chat: { kind: "group", id: "-7" }, mentioned: true };
  const namesIn = (results: readonly string[]) =>
    [...results.join().matchAll(/"name": "(\w+)"/g)].map(([, name]) => name);

  test("are those that were made here by the same person, and those whose session the run may read", async () => {
    const { road, results } = await start(
      [add({ name: "mine" }), "ok", add({ name: "ours" }), "ok", list, "a", list, "b"],
      [],
      { config: inSandbox },
    );
    await road.receive(from("42"));
    await road.receive(from("42", group));
    // A group is in the sandbox: it sees nothing of what its owner does elsewhere.
    await road.receive(from("42", group));
    expect(namesIn(results())).toEqual(["ours"]);
    // An owner's own conversation may read all of its agent.
    await road.receive(from("42"));
    expect(namesIn(results())).toEqual(["mine", "ours"]);
  });

  test("are the only ones that it changes; others are told like those that are not there", async () => {
    const acts = (jobId: string) =>
      calls(
        ["cron", { action: "update", jobId, patch: { name: "stolen" } }],
        ["cron", { action: "run", jobId }],
        ["cron", { action: "runs", jobId }],
        ["cron", { action: "remove", jobId }],
      );
    const { road, results } = await start(
      [add({ name: "mine" }), "ok", acts("FIRST-JOB"), "a", acts("none"), "b", acts("FIRST-JOB"), "c"],
      ["done"],
      { config: inSandbox },
    );
    await road.receive(from("42"));
    await road.receive(from("42", group));
    const others = results();
    expect(others).toHaveLength(4);
    expect(only(road)).toMatchObject({ definition: { name: "mine" }, state: { count: 0 } });
    await road.receive(from("42", group));
    expect(results()).toEqual(others);
    await road.receive(from("42"));
    expect(results().map((text) => text.includes("no-such-job"))).toEqual([false, false, false, false]);
    expect(road.road.scheduled.jobs.list()).toEqual([]);
  });

  test("say what they said where they were made: from a chat with fewer tools nobody has them do more", async () => {
    const acts = calls(
      ["cron", { action: "update", jobId: "FIRST-JOB", patch: { payload: { message: "Other words." } } }],
      ["cron", { action: "update", jobId: "FIRST-JOB", patch: { payload: { to: "group:-7" } } }],
      ["cron", { action: "update", jobId: "FIRST-JOB", patch: { enabled: false } }],
      ["cron", { action: "run", jobId: "FIRST-JOB" }],
    );
    const { road, results, tasks, said } = await start([add(), "ok", acts, "ok"], ["done", "done"], {
      config: {
        ...config,
        agents: { defaults: { sandbox: { mode: "off" } } },
        example: { ...config.example, groups: { "-7": { tools: { deny: ["bash"] } } } },
      },
    });
    await road.receive(from("42"));
    await road.receive(from("42", group));
    expect(results().map((text) => /\((.*)\)/.exec(text)?.[1])).toEqual([
      "made-elsewhere",
      "made-elsewhere",
      undefined,
      undefined,
    ]);
    await pass(road, 10 * minute);
    expect(tasks().join()).not.toContain("Other words.");
    expect(said().filter((text) => text.endsWith("done"))).toEqual(["42: done"]);
  });

  test("never are those of another agent, also where that one answered before", async () => {
    const agents = { list: [{ id: "main" }, { id: "family" }] };
    const { road, results } = await start([add({ name: "mine" }), "ok", list, "a", list, "b"], [], {
      config: { ...inSandbox, agents },
      agents: ["main", "family"],
    });
    await road.receive(from("42"));
    await road.receive(from("42"));
    expect(namesIn(results())).toEqual(["mine"]);
    const bindings = [{ agentId: "family", match: { provider: "example" } }];
    road.setPolicy({ ...inSandbox, agents, bindings });
    await road.receive(from("42"));
    expect(namesIn(results())).toEqual([]);
  });
});

describe("the tool", () => {
  test("shows, changes and removes jobs of its own chat, and no others", async () => {
    const { road } = await start([add(), "ok"]);
    await road.receive(from("42"));
    const { jobs } = road.road.scheduled;
    const { id } = only(road);
    const changed = jobs.change(
      only(road),
      { name: "other", schedule: { kind: "cron", expr: "0 8 * * *" } },
      "model",
    );
    expect(isRefusal(changed)).toBe(false);
    expect(only(road)).toMatchObject({
      id,
      definition: { name: "other", message: "Read me the news.", schedule: { tz: "UTC" } },
      state: { nextAt: Date.UTC(2026, 0, 1, 8) },
    });
    jobs.remove(only(road), "model");
    expect(jobs.list()).toEqual([]);
  });
});

test("what the calls of a scheduled run cost is its creator's, as the run itself is", async () => {
  const { road, ran } = await start([add(), "I will."], [calls(["bash", { command: "id" }]), "Done."], {
    config: { ...config, access: { profiles: { owner: { budget: { tokensPerDay: 1_000_000 } } } } },
  });
  await road.receive(from("42"));
  await pass(road, 10 * minute);
  const used = () => road.store.usage.read("example:42", "");
  const before = used();
  expect([ran.length, before.turnsToday]).toEqual([1, 2]);
  road.store.usage.addTokens(turnOf(ran[0]!.event), 500);
  expect(used().tokensToday - before.tokensToday).toBe(500);
});
