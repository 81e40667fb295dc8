/** What a scheduled run may do, against the policy itself, over random configs of then and now. */
import fc from "fast-check";
import { recordingLogger, fakeClock } from "@clawd/kernel/testing";
import { compile, type Decision, type Policy, portable, type RunIn, type StateFacts } from "@clawd/policy";
import { anEvent } from "@clawd/provider-kit/testing";
import { memoryStore } from "@clawd/store/testing";
import { describe, expect, test } from "vitest";
import { network } from "../../test/a-road.ts";
import { newState } from "@clawd/cron";
import { descentOf, type Job, type JobDefinition } from "./job.ts";
import { createJobLeave } from "./job-leave.ts";
import { createJobRights, heldTo } from "./job-rights.ts";
import { originOf } from "../request.ts";
import type { PlacedCall, ToolExecutor } from "../calls/tool-call.ts";
import { gatedTools } from "../calls/tool-gate.ts";

const tools = [
  "bash",
  "process",
  "read",
  "write",
  "browser",
  "message",
  "image",
  "web_fetch",
  "sessions_list",
  "sessions_history",
  "sessions_send",
  "sessions_spawn",
  "session_status",
  "cron",
  "gateway",
];
const names = fc.subarray([...tools, "*", "group:fs", "group:sessions", "group:runtime"]);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.oneof(fc.constant(undefined), value);
const lists = fc
  .record({ allow: maybe(names), deny: maybe(fc.subarray(tools, { maxLength: 4 })) })
  .map(written);

/** Without what is undefined, as a file has it. */
function written<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

const sandbox = fc.record({
  mode: maybe(fc.constantFrom("off", "non-main", "all")),
  workspaceAccess: maybe(fc.constantFrom("none", "ro", "rw")),
  scope: maybe(fc.constantFrom("session", "agent", "shared")),
  sessionToolsVisibility: maybe(fc.constantFrom("spawned", "all")),
});
const profile = fc.record({
  tools: maybe(lists),
  places: maybe(fc.subarray(["sandbox", "host", "gateway"])),
  send: maybe(fc.constantFrom("here", "accepted")),
  sessions: maybe(fc.constantFrom("own", "agent")),
  ask: maybe(fc.subarray(tools, { maxLength: 3 })),
});
const configs = fc
  .record({
    example: fc.record({
      dmPolicy: fc.constantFrom("allowlist", "allowlist", "allowlist", "pairing", "disabled"),
      allowFrom: fc.constantFrom(["1"], ["1", "2"], ["1"], ["2"]),
      groups: maybe(fc.constantFrom({}, { "-7": {} }, { "-7": { tools: { deny: ["message"] } } })),
    }),
    commands: fc.record({
      ownerAllowFrom: fc.constantFrom(["example:1"], ["example:1"], ["example:1"], ["example:2"]),
    }),
    tools: maybe(
      fc.record({
        allow: maybe(names),
        deny: maybe(fc.subarray(tools, { maxLength: 3 })),
        byProvider: maybe(fc.record({ one: lists })),
        sandbox: fc.option(
          fc.record({
            tools: fc.constantFrom({ allow: ["*"], deny: [] }, { allow: ["read", "message"], deny: [] }),
          }),
          { nil: undefined, freq: 8 },
        ),
        elevated: maybe(
          fc.record({ enabled: fc.boolean(), allowFrom: fc.constantFrom({ example: ["1"] }, {}) }),
        ),
      }),
    ),
    agents: maybe(
      fc.record({
        defaults: maybe(fc.record({ sandbox })),
        list: fc.tuple(fc.record({ id: fc.constant("main"), tools: maybe(lists), sandbox: maybe(sandbox) })),
      }),
    ),
    access: maybe(fc.record({ profiles: fc.record({ owner: maybe(profile), friend: maybe(profile) }) })),
  })
  .map(written);

const compiled = (config: unknown): Policy | null => {
  const result = compile(config, { networks: [network] });
  return result.ok ? result.policy : null;
};
const policies = configs.map(compiled).filter((policy) => policy !== null);

const origins = {
  dm: anEvent({ sender: { id: "1" }, chat: { kind: "dm", id: "1" } }),
  group: anEvent({ sender: { id: "1" }, chat: { kind: "group", id: "-7" } }),
} as const;

type Where = keyof typeof origins;
const wheres = fc.constantFrom<Where>("dm", "dm", "group");

interface Moment {
  readonly policy: Policy;
  readonly model: string;
  readonly isPaired: boolean;
  readonly isTargetPaired: boolean;
}
const moments = fc.record({
  policy: policies,
  model: fc.constantFrom("one/a", "two/b"),
  isPaired: fc.boolean(),
  isTargetPaired: fc.boolean(),
});

/** Somebody else, who may be approved at one time and not at another. */
const friend = {
  provider: "example",
  account: "default",
  chat: { kind: "dm", id: "2", thread: null },
} as const;

function jobOf(then: Moment, where: Where = "dm"): Job {
  const { provider, account, chat, sender } = origins[where];
  const schedule = { kind: "every", everyMs: 60_000, anchorMs: 0 } as const;
  const definition: JobDefinition = {
    version: 1,
    name: "a",
    description: null,
    schedule,
    message: "x",
    timeoutMs: 1000,
    deliver: friend,
    agent: "main",
    origin: { provider, account, chat, sender },
    made: {
      at: 0,
      by: "model",
      policy: "sha256:of then",
      model: then.model,
      standing: { isPaired: then.isPaired, profile: null },
      isTargetPaired: then.isTargetPaired,
    },
  };
  return { id: "a", rights: "r", definition, state: newState(schedule, 0) };
}

const stateAt = ({ isPaired }: Moment): StateFacts => ({ isPaired, isWithinBudget: true });

/** What a message of the creator, written at that moment, would have the right to. */
function ofMessage(moment: Moment, tool: string, where: Where): Decision {
  const request = {
    action: "tool",
    tool,
    agent: "main",
    model: moment.model,
    ...originOf(origins[where]),
  } as const;
  return moment.policy.decide(request, stateAt(moment));
}

const access = { none: 0, ro: 1, rw: 2 } as const;

/** Whether all that may happen at `run` may happen at the place of the decision. */
function isWithin(run: RunIn, { effect, obligations }: Decision): boolean {
  const at = obligations.find((one) => one.kind === "run-in");
  if (effect !== "allow" || at === undefined) return false;
  if (run.place === "gateway" || at.place === "gateway") return run.place === at.place;
  if (run.place === "host") return at.place === "host";
  return at.place === "host" || access[run.workspaceAccess] <= access[at.workspaceAccess];
}

const isAsked = ({ obligations }: Decision): boolean =>
  obligations.some(({ kind }) => kind === "await-approval");

/** Calls every tool there is in a scheduled run; gives what was carried out, and what an owner was asked about. */
async function scheduledRun(then: Moment, now: Moment, where: Where) {
  const carriedOut: PlacedCall[] = [];
  const asked = new Set<string>();
  const executors = tools.map((name): ToolExecutor => ({
    name,
    description: "",
    inputSchema: {},
    run(call) {
      carriedOut.push(call);
      return Promise.resolve({ content: [], isError: false });
    },
  }));
  const job = jobOf(then, where);
  const gate = gatedTools(
    {
      event: origins[where],
      agent: "main",
      session: "agent:main:cron:a",
      model: now.model,
      run: "cron",
      via: descentOf(job),
      held: heldTo(then.policy, job),
    },
    {
      policy: () => now.policy,
      state: () => stateAt(now),
      isElevated: () => true,
      target: () => ({ isTargetPaired: now.isTargetPaired, isSpawned: true }),
      audit: { append: () => ({ seq: 0, hash: "" }) },
      approvals: {
        ask: (call) => (asked.add(call.tool), Promise.resolve({ outcome: "approved", seal: "s" })),
      },
      executors,
    },
  );
  const { signal } = new AbortController();
  for (const tool of tools) for (const elevated of [false, true]) await gate.call(tool, { elevated }, signal);
  return { carriedOut, asked, gate };
}

test("a scheduled run never has a right that its creator's message did not have then, and has not now", async () => {
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(moments, moments, wheres, async (then, now, where) => {
      const { carriedOut, asked } = await scheduledRun(then, now, where);
      allowed += carriedOut.length;
      for (const { tool, runIn } of carriedOut)
        for (const moment of [then, now]) {
          const decision = ofMessage(moment, tool, where);
          expect([tool, runIn, isWithin(runIn, decision)]).toEqual([tool, runIn, true]);
          if (isAsked(decision) && runIn.place === "host") expect(asked).toContain(tool);
        }
      expect(carriedOut.map(({ tool }) => tool)).not.toContain("cron");
      expect(carriedOut.map(({ tool }) => tool)).not.toContain("gateway");
      expect(carriedOut.map(({ tool }) => tool)).not.toContain("sessions_spawn");
    }),
    { numRuns: 600 },
  );
  // The law is about something.
  expect(allowed).toBeGreaterThan(200);
});

test("it writes nowhere that its creator's message could not write then, and can now", async () => {
  const targets = ["1", "2", "-7", "-8"].map((id) => ({
    provider: "example",
    account: "default",
    chat: { kind: id.startsWith("-") ? "group" : "dm", id } as const,
  }));
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(moments, moments, wheres, async (then, now, where) => {
      const { carriedOut } = await scheduledRun(then, now, where);
      const call = carriedOut.find(({ tool }) => tool === "message");
      for (const to of targets) {
        if (call?.decide({ action: "send", to }).effect !== "allow") continue;
        allowed++;
        for (const moment of [then, now]) {
          const request = {
            action: "send",
            to,
            agent: "main",
            model: moment.model,
            ...originOf(origins[where]),
          } as const;
          const state = { ...stateAt(moment), isTargetPaired: moment.isTargetPaired };
          expect([to.chat.id, moment.policy.decide(request, state).effect]).toEqual([to.chat.id, "allow"]);
        }
      }
    }),
    { numRuns: 1000 },
  );
  expect(allowed).toBeGreaterThan(5);
});

test("a job runs only where its creator could have made it then, and could make it now", () => {
  let may = 0;
  fc.assert(
    fc.property(moments, moments, wheres, (then, now, where) => {
      const leave = createJobLeave({
        policy: () => now.policy,
        grant: () => (now.isPaired ? { profile: null } : undefined),
        usage: { read: () => ({ turnsThisHour: 0, turnsToday: 0, tokensToday: 0 }) },
        rights: { keep: () => "r", of: (job) => heldTo(then.policy, job) },
        agents: () => ["main"],
        model: () => now.model,
        isPaired: () => now.isTargetPaired,
      });
      if (!leave.toDeliver(jobOf(then, where), 0, "t").may) return;
      may++;
      for (const moment of [then, now]) {
        expect(ofMessage(moment, "cron", where).effect).toBe("allow");
        const request = { action: "message", mentioned: true, ...originOf(origins[where]) };
        expect(moment.policy.decide(request, stateAt(moment))).toMatchObject({
          effect: "allow",
          agent: "main",
        });
      }
    }),
    { numRuns: 2500 },
  );
  expect(may).toBeGreaterThan(5);
});

test("a job whose rights cannot be read, or whose agent is gone, does not run", () => {
  fc.assert(
    fc.property(moments, fc.constantFrom("rights-unreadable", "agent-gone"), (moment, code) => {
      const leave = createJobLeave({
        policy: () => moment.policy,
        grant: () => undefined,
        usage: { read: () => ({ turnsThisHour: 0, turnsToday: 0, tokensToday: 0 }) },
        rights: {
          keep: () => "r",
          of: () => (code === "agent-gone" ? heldTo(moment.policy, jobOf(moment)) : null),
        },
        agents: () => (code === "agent-gone" ? ["other"] : ["main"]),
        model: () => moment.model,
        isPaired: () => true,
      });
      expect(leave.toRun(jobOf(moment), 0, "t")).toEqual({ may: false, code, isForNow: false });
      expect(leave.toDeliver(jobOf(moment), 0, "t")).toEqual({ may: false, code, isForNow: false });
    }),
    { numRuns: 50 },
  );
});

describe("the policy of its making", () => {
  const policyOf = (config: object) => compiled({ example: { allowFrom: ["1"] }, ...config })!;
  const ports = (policy: () => Policy) => {
    const store = memoryStore({ clock: fakeClock() });
    return { store, logger: recordingLogger(), policy };
  };
  const question = { action: "tool", tool: "read", agent: "main", ...originOf(origins.dm) } as const;
  const then: Moment = { policy: policyOf({}), model: "one/a", isPaired: false, isTargetPaired: false };

  test("outlives the process, and is kept once for all jobs", () => {
    const current = policyOf({ tools: { deny: ["bash"] } });
    const wired = ports(() => current);
    const first = createJobRights(wired);
    const rights = first.keep();
    expect(first.keep()).toBe(rights);
    const job = { ...jobOf(then), rights };
    const again = createJobRights({ ...wired, policy: () => then.policy }).of(job);
    expect(again?.decide({ ...question, tool: "bash" })).toMatchObject({
      effect: "deny",
      policy: current.hash,
    });
    expect(again?.decide(question).effect).toBe("allow");
  });

  test("counts as this version reads it where the config is still the very same", () => {
    const wired = ports(() => then.policy);
    const job = { ...jobOf(then), rights: "of a version with another format" };
    const { made } = job.definition;
    const same = { ...job, definition: { ...job.definition, made: { ...made, policy: then.policy.hash } } };
    expect(createJobRights(wired).of(same)?.decide(question).effect).toBe("allow");
    expect(createJobRights(wired).of(job)).toBeNull();
    const other = policyOf({ tools: { deny: ["bash"] } });
    expect(createJobRights({ ...wired, policy: () => other }).of(same)).toBeNull();
  });

  test("that is gone, changed or of another version gives no rights at all", () => {
    const wired = ports(() => then.policy);
    const rights = createJobRights(wired);
    const name = rights.keep();
    const text = portable(then.policy);
    for (const [at, kept] of [
      ["sha256:gone", null],
      ["sha256:0000", text],
      ["sha256:1111", text.replace("clawd-policy", "clawd-politics")],
    ] as const) {
      wired.store.jobs.put({ id: "a", rights: name, definition: "", state: "" });
      if (kept !== null) wired.store.jobs.keepRights(at, kept);
      expect(rights.of({ ...jobOf(then), rights: at })).toBeNull();
    }
    expect(rights.of({ ...jobOf(then), rights: name })).not.toBeNull();
  });
});
