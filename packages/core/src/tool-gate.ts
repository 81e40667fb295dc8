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
  type ToolRequest,
} from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Audit } from "@clawd/store";
import type { ToolAnswer } from "@clawd/tools";
import { originOf } from "./request.ts";

/** The run that calls: the origin is the message that started it. */
export interface ToolRun {
  readonly event: InboundEvent;
  readonly agent: string;
  readonly session: string;
  /** `provider/model`. */
  readonly model: string;
}

/** A call that was allowed, with the place where it must run. */
export interface PlacedCall extends ToolRun {
  readonly input: unknown;
  readonly runIn: RunIn;
}

/** What carries a tool out. It never decides, and it runs where `runIn` says or not at all. */
export interface ToolExecutor {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  run(call: PlacedCall, signal: AbortSignal): Promise<ToolAnswer>;
}

export interface ToolGatePorts {
  /** The policy in force now; asked again at every call. */
  readonly policy: () => Policy;
  /** What the config does not hold of the sender, as it is now. */
  readonly state: (event: InboundEvent) => StateFacts;
  /** Whether an owner's switch for the session is on, and its time not over. */
  readonly isElevated: (agent: string, session: string) => boolean;
  readonly audit: Pick<Audit, "append">;
  readonly executors: readonly ToolExecutor[];
}

/**
 * A turn that began under one policy and goes on under another has what both allow: what a reload takes away is gone at the
 * next call, and what it adds comes with the next turn.
 */
export function gatedTools(run: ToolRun, ports: ToolGatePorts): ToolPort {
  const atStart = ports.policy();
  const executors = new Map(ports.executors.map((executor) => [executor.name, executor] as const));

  function decide(tool: string, elevated: boolean): Decision {
    const request = requestOf(run, tool, elevated);
    const state = ports.state(run.event);
    const now = ports.policy();
    const decision = now.decide(request, state);
    return now === atStart ? decision : strictest(atStart.decide(request, state), decision);
  }

  async function call(name: string, input: unknown, signal: AbortSignal): Promise<ToolAnswer> {
    const asksForHost = Object(input)["elevated"] === true && ports.isElevated(run.agent, run.session);
    const decision = decide(name, asksForHost);
    const runIn = understood(decision);
    ports.audit.append(recordOf(run, name, decision, runIn));
    if (decision.code === "unknown-tool") return unknownTool(name);
    if (decision.effect !== "allow") return refusal(`Not allowed here (${decision.code}).`);
    if (runIn === null)
      return refusal("Not done: an owner would have to approve it first, and cannot be asked yet.");
    const executor = executors.get(name);
    if (executor === undefined) return refusal("This version does not have the tool yet.");
    return executor.run({ ...run, input, runIn }, signal);
  }

  return {
    specifications: ports.executors
      .filter(({ name }) => understood(decide(name, false)) !== null)
      .map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    call,
  };
}

/** Where the call runs; null when it is denied, or when the decision asks for something that is not known here. */
function understood({ effect, obligations }: Decision): RunIn | null {
  const isRunIn = (obligation: Obligation) => obligation.kind === "run-in";
  if (effect !== "allow" || !obligations.every(isRunIn)) return null;
  return obligations.find(isRunIn) ?? null;
}

function requestOf({ event, agent, model }: ToolRun, tool: string, elevated: boolean): ToolRequest {
  return { action: "tool", agent, tool, elevated, model, ...originOf(event) };
}

function recordOf(run: ToolRun, tool: string, decision: Decision, runIn: RunIn | null) {
  const { provider, account, chat, sender } = run.event;
  return {
    kind: "tool-decision",
    provider,
    account,
    chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
    sender: sender.id,
    session: run.session,
    agent: run.agent,
    effect: decision.effect,
    code: decision.code,
    rules: decision.rules,
    policy: decision.policy,
    detail: {
      tool: tool.slice(0, 64),
      place: decision.obligations.find((obligation) => obligation.kind === "run-in")?.place ?? null,
      waits: decision.effect === "allow" && runIn === null,
    },
  };
}

const refusal = (text: string): ToolAnswer => ({ content: [{ type: "text", text }], isError: true });
