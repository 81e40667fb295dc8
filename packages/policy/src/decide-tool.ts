/** May this run call the tool, and where: one person's answer. */
import type { Decision, Step } from "./decision.ts";
import type { ToolEntry, ToolList } from "./plan.ts";
import type { Run } from "./read-run.ts";
import type { Standpoint } from "./standpoint.ts";
import { toolChecks } from "./tool-facts.ts";
import { tool as outcomes } from "./tool-outcome.ts";
import { nothing, toolVerdictOf, type Memory, type ToolVerdict } from "./tool-verdict.ts";
import { refusingBeyond, ruleOfList } from "./tool-view.ts";

type Call = Pick<Run, "model" | "modelProvider">;

/** `memory`: of the plan that the standpoint is under. Null: nothing is remembered. */
export function decideTool(
  at: Standpoint,
  tool: ToolEntry,
  call: Call,
  isElevated: boolean,
  memory: Memory | null,
): Decision {
  const { standing } = at.admission;
  const beyond = refusingBeyond(at, tool.name);
  const verdict = toolVerdictOf(at, tool, call, standing, beyond !== null, isElevated, memory);
  const { outcome } = verdict;
  if (outcome === outcomes.notAdmitted) return notAdmitted(at);
  const isBeyond = beyond !== null && verdict.own === null;
  return {
    effect: outcome.effect,
    code: outcome.code,
    agent: at.agent.id,
    session: at.session,
    rules: isBeyond && outcome.rule === "lists" ? [ruleOfList(beyond, tool.name)] : verdict.rules,
    obligations: verdict.obligations,
    trace: traceOf(verdict, standing, isBeyond ? beyond : null, tool.name),
    policy: at.plan.hash,
  };
}

/** Whoever could not have started the run is told the same as for a message; nothing is sent to them. */
function notAdmitted({ plan, agent, session, admission }: Standpoint): Decision {
  const { outcome, rules, trace } = admission;
  return {
    effect: "deny",
    code: outcome.code,
    agent: agent.id,
    session,
    rules,
    obligations: nothing,
    trace,
    policy: plan.hash,
  };
}

const standingAt = toolChecks.indexOf("standing");
const listsAt = toolChecks.indexOf("lists");

/** The verdict's, with the key that gave this standing, and of the list that refuses. */
function traceOf(
  verdict: ToolVerdict,
  standing: Step,
  beyond: ToolList | null,
  tool: string,
): readonly Step[] {
  if (beyond === null && verdict.standing === standing) return verdict.trace;
  const steps = verdict.steps.slice();
  steps[standingAt] = standing;
  if (beyond !== null && steps.length > listsAt) {
    steps[listsAt] = { check: "lists", result: "refuses", rule: ruleOfList(beyond, tool) };
  }
  return steps;
}
