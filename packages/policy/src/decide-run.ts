/** Decisions about a run. Everyone who stands behind it is asked, and every run that it descends from. */
import { decideSend } from "./decide-send.ts";
import { decideSession, sessionTools } from "./decide-session.ts";
import { decideTool } from "./decide-tool.ts";
import type { Decision, RunIn } from "./decision.ts";
import type { Plan, ToolEntry } from "./plan.ts";
import type { Question } from "./read-message.ts";
import type { RunQuestion } from "./read-run.ts";
import type { StateFacts } from "./request.ts";
import { standpointOf, type Standpoint } from "./standpoint.ts";
import { noState } from "./state.ts";
import { strictest } from "./strictest.ts";
import type { Memory } from "./tool-verdict.ts";
import { unanswerable, unknownToolRule } from "./unanswerable.ts";

/** `memory`: of this very plan. Null: nothing is remembered. */
export function decideRun(
  plan: Plan,
  asked: RunQuestion,
  state: StateFacts,
  memory: Memory | null = null,
): Decision {
  const tool = plan.tools.get(toolOf(asked));
  if (tool === undefined) return unanswerable(plan, "unknown-tool", unknownToolRule);
  const own = decideFor(plan, asked, tool, asked.origin, state, memory);
  if (asked.contributors.length === 0) return own;
  const theirs = asked.contributors.map((origin, at) =>
    decideFor(plan, asked, tool, origin, state.contributors?.[at] ?? noState, memory),
  );
  return strictest(own, ...theirs);
}

function toolOf(asked: RunQuestion): string {
  if (asked.action === "tool") return asked.tool;
  return asked.action === "send" ? asked.to.provider : sessionTools[asked.operation];
}

/** One person's answer, under the agent of the run and under every agent that it descends from. */
function decideFor(
  plan: Plan,
  asked: RunQuestion,
  tool: ToolEntry,
  origin: Question,
  state: StateFacts,
  memory: Memory | null,
): Decision {
  const at = standpointOf(plan, origin, state, asked.agent, asked.run);
  const decision = "effect" in at ? at : answer(at, tool, asked, memory);
  if (asked.via.length === 0 || decision.effect !== "allow") return decision;
  const ancestors = asked.via.map(({ agent, run }) => {
    const above = standpointOf(plan, origin, state, agent, run);
    return "effect" in above ? above : decideTool(above, tool, asked, false, memory);
  });
  return confined(decision, ancestors);
}

function answer(at: Standpoint, tool: ToolEntry, asked: RunQuestion, memory: Memory | null): Decision {
  if (asked.action === "tool") return decideTool(at, tool, asked, asked.isElevated, memory);
  const call = decideTool(at, tool, asked, false, memory);
  return asked.action === "send" ? decideSend(at, call, asked) : decideSession(at, call, asked);
}

const placeOf = ({ obligations }: Decision): RunIn["place"] | undefined =>
  obligations.find((obligation) => obligation.kind === "run-in")?.place;

/** A child may do what every run above it may, and never on the host below a sandbox. */
function confined(decision: Decision, ancestors: readonly Decision[]): Decision {
  const refusal = ancestors.find(({ effect }) => effect !== "allow");
  if (refusal !== undefined) return refusal;
  const isBelow = ancestors.some((each) => placeOf(each) === "sandbox");
  return isBelow && placeOf(decision) === "host"
    ? { ...decision, effect: "deny", code: "less-confined", obligations: [] }
    : decision;
}
