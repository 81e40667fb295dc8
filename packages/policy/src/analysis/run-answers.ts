/**
 * What a call is answered where no rule of the place refuses its tool, in the engine's own steps
 * (proof/analysis.test.ts compares it with `decide`).
 */
import { sessionFacts, type SessionQuestion } from "../decide-session.ts";
import type { AgentPlan, ToolEntry } from "../plan.ts";
import type { RunKind } from "../request.ts";
import { sendCore } from "../send-core.ts";
import { sessionCore } from "../session-core.ts";
import type { Standpoint } from "../standpoint.ts";
import { toolCore } from "../tool-core.ts";
import type { SendFacts, SessionFacts } from "../tool-facts.ts";
import type { ToolOutcome } from "../tool-outcome.ts";
import { toolView } from "../tool-view.ts";
import { denied } from "./answer.ts";
import type { Base } from "./run-bases.ts";
import type { ModelClass, Wanted } from "./run-items.ts";
import type { Answer } from "./types.ts";

/** Somebody behind a run of one agent, under one policy. */
export interface Runner {
  readonly side: number;
  readonly at: Standpoint;
  readonly model: ModelClass["model"];
}

/** Null where there is no such run. */
export function runnerOf(
  { sides }: Base,
  side: number,
  agent: AgentPlan | undefined,
  run: RunKind,
  model: ModelClass["model"],
): Runner | null {
  const at = sides[side];
  return !at || agent === undefined ? null : { side, at: { ...at, agent, run }, model };
}

function callOf({ at, model }: Runner, tool: ToolEntry, isElevated: boolean): ToolOutcome {
  const slash = model === null ? -1 : model.indexOf("/");
  const modelProvider = model === null ? null : slash < 0 ? model : model.slice(0, slash);
  return toolCore(toolView(at, tool, { model, modelProvider }, isElevated));
}

export function runAnswer(runner: Runner, wanted: Wanted): Answer {
  const { at, side } = runner;
  const tool = at.plan.tools.get(wanted.tool);
  if (tool === undefined) return denied;
  const call = callOf(runner, tool, wanted.action === "tool" && wanted.isElevated);
  if (call.effect !== "allow" || at.profile === null || at.standing === "refused") return denied;
  if (wanted.action === "send") {
    const facts: SendFacts = {
      call: "allowed",
      standing: at.standing,
      target:
        wanted.target === null
          ? "here"
          : wanted.target.words[side]![at.standing === "owner" ? "owner" : "other"],
      sends: at.profile.sends,
    };
    if (sendCore(facts).effect !== "allow") return denied;
  }
  if (wanted.action === "session" && !reaches(runner, wanted)) return denied;
  return allowed(call, at.agent);
}

function reaches({ at, side }: Runner, wanted: Extract<Wanted, { action: "session" }>): boolean {
  const agent = wanted.agents[0] ?? at.agent.id;
  // What is asked is a session of that agent that nobody has; whose it is instead is said by `target`.
  const asked = {
    operation: wanted.operation,
    target: wanted.operation === "spawn" ? agent : "-",
    targetAgent: agent,
  };
  const facts = sessionFacts(at, asked as SessionQuestion);
  if (facts === null) return false;
  if (wanted.operation === "spawn") return sessionCore(facts).effect === "allow";
  return sessionCore({ ...facts, target: targetFor(wanted, at, side) }).effect === "allow";
}

/** Only a turn has a session that its sender's messages run in. */
function targetFor(
  { whose, isSpawned }: Extract<Wanted, { readonly whose: unknown }>,
  { run }: Standpoint,
  side: number,
): SessionFacts["target"] {
  const isOwn = whose === "own" || whose === (side === 0 ? "own-before" : "own-after");
  if (isOwn && run === "turn") return "own";
  if (isSpawned) return "spawned";
  return whose === "other-agent" ? "other-agent" : "same-agent";
}

const known = new WeakMap<AgentPlan, Map<ToolOutcome, Answer>>();

/** One object for each outcome of one agent, so that equal answers are mostly the same. */
function allowed(call: ToolOutcome, agent: AgentPlan): Answer {
  const answers = known.get(agent) ?? new Map<ToolOutcome, Answer>();
  known.set(agent, answers);
  const answer = answers.get(call) ?? answerTo(call, agent);
  answers.set(call, answer);
  return answer;
}

function answerTo({ place, asks }: ToolOutcome, { sandbox }: AgentPlan): Answer {
  return {
    effect: "allow",
    ...(place !== null && { place }),
    ...(place === "sandbox" && { workspaceAccess: sandbox.workspaceAccess, scope: sandbox.scope }),
    ...(asks && { approval: true as const }),
  };
}
