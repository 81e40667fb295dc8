/**
 * The tools of one turn, behind the policy: what is offered, and every single call, is decided for the person whose message
 * started the turn. INVARIANT: no executor runs without an allowing decision about this very call (tool-gate.test.ts).
 */
import { type ToolPort, unknownTool } from "@clawd/agent";
import {
  type Decision,
  type Obligation,
  type Policy,
  type RunIn,
  type StateFacts,
  strictest,
  type Request,
  type RunReference,
} from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Audit, AuditDetail, AuditEntry, Refusals } from "@clawd/store";
import type { ToolAnswer } from "@clawd/tools";
import type { Approvals } from "./approvals.ts";
import { originOf } from "../request.ts";
import { whoAndWhere } from "./run-record.ts";
import type { PlacedCall, RunQuestion, ToolExecutor, ToolRun } from "./tool-call.ts";

export interface ToolGatePorts {
  /** The policy in force now; asked again at every call. */
  readonly policy: () => Policy;
  /** What the config does not hold of the sender, as it is now. */
  readonly state: (event: InboundEvent) => StateFacts;
  /** Whether an owner's switch for the session is on, and its time not over. */
  readonly isElevated: (agent: string, session: string) => boolean;
  /** What the config does not hold of a target. */
  readonly target: (run: ToolRun, question: RunQuestion) => Pick<StateFacts, "isTargetPaired" | "isSpawned">;
  readonly audit: Pick<Audit, "append">;
  /** Takes what is denied. Absent: each denial is a record of its own. */
  readonly refusals?: Pick<Refusals, "record">;
  readonly approvals: Pick<Approvals, "ask">;
  readonly executors: readonly ToolExecutor[];
}

/** The tools of one run, for the model and for the run itself. */
export interface RunTools extends ToolPort {
  /** What the run itself does as that tool would, decided and recorded as such: see `PlacedCall.asTool`. */
  readonly asTool: PlacedCall["asTool"];
}

/**
 * A turn that began under one policy and goes on under another has what both allow: what a reload takes away is gone at the
 * next call, and what it adds comes with the next turn.
 */
export function gatedTools(run: ToolRun, ports: ToolGatePorts): RunTools {
  const atStart = ports.policy();
  const executors = new Map(ports.executors.map((executor) => [executor.name, executor] as const));

  function decide(tool: string, elevated: boolean): Decision {
    return decideNow({ action: "tool", tool, elevated, ...reference(run) }, {});
  }

  function decideNow(request: Request, target: StateFacts): Decision {
    const state = { ...ports.state(run.event), ...target };
    const now = ports.policy();
    const decision = now.decide(request, state);
    const met = now === atStart ? decision : strictest(atStart.decide(request, state), decision);
    return run.held === undefined ? met : strictest(met, run.held.decide(request));
  }

  const answerAbout = (question: RunQuestion): Decision =>
    decideNow({ ...question, ...reference(run) }, ports.target(run, question));

  function decideAbout(tool: string, question: RunQuestion): Decision {
    const decision = answerAbout(question);
    const { action, ...about } = question;
    const entry = recordOf(run, tool, decision, { about: about as unknown as AuditDetail });
    keep({ ...entry, kind: `${action}-decision` }, JSON.stringify([tool, about]));
    return decision;
  }

  /** A model that asks for the same thing again and again is told no each time, and counted. */
  function keep(entry: AuditEntry, alike: string): void {
    if (entry.effect === "allow" || ports.refusals === undefined) ports.audit.append(entry);
    else ports.refusals.record(entry, alike);
  }

  async function call(name: string, input: unknown, signal: AbortSignal): Promise<ToolAnswer> {
    const asksForHost = Object(input)["elevated"] === true && ports.isElevated(run.agent, run.session);
    const decision = decide(name, asksForHost);
    const leave = understood(decision);
    const claims = claimsOf(input);
    keep(
      recordOf(run, name, decision, { waits: leave?.isAsked === true, elevated: asksForHost, claims }),
      JSON.stringify([name.slice(0, 64), asksForHost, claims]),
    );
    if (decision.code === "unknown-tool") return unknownTool(name);
    if (decision.effect !== "allow") return refusal(`Not allowed here (${decision.code}).`);
    if (leave === null) return refusal("Not done: what the rules ask for here is not known to this version.");
    const executor = executors.get(name);
    if (executor === undefined) return refusal("This version does not have the tool yet.");
    const placed = placedCall(executor.name, input, leave.runIn);
    if (!leave.isAsked) return carryOut(executor, placed, signal);
    return runApproved(executor, placed, asksForHost, signal);
  }

  const placedCall = (tool: string, input: unknown, runIn: RunIn): PlacedCall => ({
    ...run,
    tool,
    input,
    runIn,
    mayUse,
    mayCommand,
    asTool: (other, otherInput) => asTool(tool, other, otherInput),
    decide: (question) => decideAbout(tool, question),
    wouldAllow: (question) => answerAbout(question).effect === "allow",
  });

  function asTool(caller: string, tool: string, input: unknown): PlacedCall | null {
    const decision = decide(tool, false);
    const leave = understood(decision);
    const isAsked = leave?.isAsked === true;
    ports.audit.append(recordOf(run, tool, decision, { for: caller, waits: isAsked }));
    return leave === null || isAsked ? null : placedCall(tool, input, leave.runIn);
  }

  const mayUse = (tool: string): boolean => understood(decide(tool, false)) !== null;

  const mayCommand = (command: string): boolean => {
    const said = { event: "command", mentioned: true, mentionDetectable: true, command } as const;
    const request = { action: "message", ...originOf(run.event), ...said } as const;
    return decideNow(request, { isWithinBudget: true }).effect === "allow";
  };

  /** Runs it, and keeps where it really ran. */
  async function carryOut(
    executor: ToolExecutor,
    call: PlacedCall,
    signal: AbortSignal,
  ): Promise<ToolAnswer> {
    const answer = await executor.run(call, signal);
    const receipt = (answer.details?.["receipt"] ?? null) as AuditDetail;
    ports.audit.append({
      ...whoAndWhere(run),
      kind: "tool-finished",
      code: answer.isError ? "failed" : "done",
      detail: { tool: call.tool, receipt },
    });
    return answer;
  }

  /** The call that an owner approved, if everything is still as it was when they were asked. */
  async function runApproved(
    executor: ToolExecutor,
    call: PlacedCall,
    asksForHost: boolean,
    signal: AbortSignal,
  ): Promise<ToolAnswer> {
    const before = await executor.fingerprint?.(call);
    const answered = await ports.approvals.ask(call, signal);
    if (answered.outcome !== "approved") return refusal(unapproved[answered.outcome]);
    // Whatever time passed, the policy in force now has the last word.
    const again = decide(executor.name, asksForHost);
    const leave = understood(again);
    const isSame = leave !== null && JSON.stringify(leave.runIn) === JSON.stringify(call.runIn);
    const isUnchanged = isSame && (await executor.fingerprint?.(call)) === before;
    ports.audit.append(
      recordOf(run, executor.name, again, { waits: false, approval: answered.seal, changed: !isUnchanged }),
    );
    if (!isUnchanged) return refusal("Not done: something changed since it was approved. Ask again.");
    return carryOut(executor, call, signal);
  }

  return {
    specifications: ports.executors
      .filter(({ name }) => understood(decide(name, false)) !== null)
      .map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    call,
    asTool: (tool, input) => asTool("turn", tool, input),
  };
}

interface Leave {
  readonly runIn: RunIn;
  /** An owner has to approve it first. */
  readonly isAsked: boolean;
}

/** Where the call runs; null when it is denied, or when the decision asks for something that is not known here. */
function understood({ effect, obligations }: Decision): Leave | null {
  const isRunIn = (obligation: Obligation) => obligation.kind === "run-in";
  const isApproval = (obligation: Obligation) => obligation.kind === "await-approval";
  if (effect !== "allow" || !obligations.every((one) => isRunIn(one) || isApproval(one))) return null;
  const runIn = obligations.find(isRunIn);
  return runIn === undefined ? null : { runIn, isAsked: obligations.some(isApproval) };
}

const unapproved = {
  denied: "Not done: an owner refused it. Do not try to reach the same in another way.",
  expired: "Not done: no owner answered in time.",
  unreachable: "Not done: an owner would have to approve it, and none can be reached.",
  crowded: "Not done: too many calls wait for an owner already.",
  "too-long": "Not done: it is too long for an owner to read before approving. Make it shorter.",
} as const;

/** Words that no caller may say about itself; what a model writes there is kept in the record and has no effect. */
const claims = new Set([
  "approved",
  "approval",
  "approvalid",
  "bypass",
  "ask",
  "security",
  "authority",
  "owner",
  "senderid",
  "ownerid",
  "requesterid",
  "runin",
  "sandbox",
]);

function claimsOf(input: unknown): readonly string[] {
  const names = Object.keys(Object(input) as object).slice(0, 100);
  return names.filter((name) => claims.has(name.toLowerCase())).slice(0, 10);
}

/** The run, as the policy knows it. */
function reference({ event, agent, model, run = "turn", via = [] }: ToolRun): RunReference {
  return { agent, model, run, via, ...originOf(event) };
}

function recordOf(
  run: ToolRun,
  tool: string,
  decision: Decision,
  more: Readonly<Record<string, AuditDetail>>,
) {
  return {
    ...whoAndWhere(run),
    kind: "tool-decision",
    effect: decision.effect,
    code: decision.code,
    rules: decision.rules,
    policy: decision.policy,
    detail: {
      tool: tool.slice(0, 64),
      place: decision.obligations.find((obligation) => obligation.kind === "run-in")?.place ?? null,
      ...more,
    },
  };
}

const refusal = (text: string): ToolAnswer => ({ content: [{ type: "text", text }], isError: true });
