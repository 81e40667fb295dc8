/**
 * What a call is answered where no rule of the place refuses its tool, in the engine's own steps
 * (proof/analysis.test.ts compares it with `decide`).
 */
import { sessionFacts, type SessionQuestion } from "../decide-session.ts";
import type { DecisionCode } from "../decision.ts";
import type { AgentPlan, ToolEntry } from "../plan.ts";
import type { RunKind } from "../request.ts";
import { sendCore } from "../send-core.ts";
import { sessionCore } from "../session-core.ts";
import type { Standpoint } from "../standpoint.ts";
import { toolCore } from "../tool-core.ts";
import type { SendFacts, SessionFacts } from "../tool-facts.ts";
import { session, type RunOutcome, type ToolOutcome } from "../tool-outcome.ts";
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
  const { at } = runner;
  const tool = at.plan.tools.get(wanted.tool);
  if (tool === undefined) return denied;
  const call = callOf(runner, tool, wanted.action === "tool" && wanted.isElevated);
  if (call.effect !== "allow") return denied;
  const beyond = beyondCall(runner, wanted);
  return beyond === null || beyond.effect === "allow" ? allowed(call, at.agent) : denied;
}

/** The code of that answer. */
export function runCode(runner: Runner, wanted: Wanted): DecisionCode {
  const tool = runner.at.plan.tools.get(wanted.tool);
  if (tool === undefined) return "unknown-tool";
  const call = callOf(runner, tool, wanted.action === "tool" && wanted.isElevated);
  return call.effect === "allow" ? (beyondCall(runner, wanted) ?? call).code : call.code;
}

/** Of a call that is allowed: what is said of its target; null where it has none. */
function beyondCall(
  { at, side }: Runner,
  wanted: Wanted,
): Pick<RunOutcome<string>, "effect" | "code"> | null {
  if (wanted.action === "tool") return null;
  const { profile, standing } = at;
  if (profile === null || standing === "refused") return session.denied;
  if (wanted.action === "session") return reaching(at, side, wanted);
  const { target } = wanted;
  const word = target === null ? "here" : target.words[side]![standing === "owner" ? "owner" : "other"];
  const facts: SendFacts = { call: "allowed", standing, target: word, sends: profile.sends };
  return sendCore(facts);
}

function reaching(at: Standpoint, side: number, wanted: Extract<Wanted, { action: "session" }>) {
  const agent = wanted.agents[0] ?? at.agent.id;
  // What is asked is a session of that agent that nobody has; whose it is instead is said by `target`.
  const asked = {
    operation: wanted.operation,
    target: wanted.operation === "spawn" ? agent : "-",
    targetAgent: agent,
  };
  const facts = sessionFacts(at, asked as SessionQuestion);
  if (facts === null) return session.denied;
  if (wanted.operation === "spawn") return sessionCore(facts);
  return sessionCore({ ...facts, target: targetFor(wanted, at, side) });
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
