/** Decisions about a run. Everyone who stands behind it is asked, and every run that it descends from. */
import { decideSend } from "./decide-send.ts";
import { decideSession, sessionTools } from "./decide-session.ts";
import { decideTool } from "./decide-tool.ts";
import type { Decision, RunIn } from "./decision.ts";
import type { Plan, ToolEntry } from "./plan.ts";
import type { Question } from "./read-message.ts";
import type { RunQuestion } from "./read-run.ts";
import type { StateFacts } from "./request.ts";
import { standpointOf } from "./standpoint.ts";
import { strictest } from "./strictest.ts";
import { unanswerable, unknownToolRule } from "./unanswerable.ts";

export function decideRun(plan: Plan, asked: RunQuestion, state: StateFacts): Decision {
  const tool = plan.tools.get(toolOf(asked));
  if (tool === undefined) return unanswerable(plan, "unknown-tool", unknownToolRule);
  const alone = decideFor(plan, asked, tool, asked.origin, state);
  if (asked.contributors.length === 0 && asked.via.length === 0) return alone;
  const { isSpawned, isTargetPaired } = state;
  const others = asked.contributors.map((origin, at) =>
    decideFor(plan, asked, tool, origin, {
      ...state.contributors?.[at],
      isSpawned,
      isTargetPaired,
    } as StateFacts),
  );
  return confined(
    strictest(alone, ...others),
    asked.via.map(({ agent, run }) => {
      const at = standpointOf(plan, asked.origin, state, agent, run);
      return "effect" in at ? at : decideTool(at, tool, asked, false);
    }),
  );
}

function toolOf(asked: RunQuestion): string {
  if (asked.action === "tool") return asked.tool;
  return asked.action === "send" ? asked.to.provider : sessionTools[asked.operation];
}

function decideFor(
  plan: Plan,
  asked: RunQuestion,
  tool: ToolEntry,
  origin: Question,
  state: StateFacts,
): Decision {
  const at = standpointOf(plan, origin, state, asked.agent, asked.run);
  if ("effect" in at) return at;
  if (asked.action === "tool") return decideTool(at, tool, asked, asked.isElevated);
  return asked.action === "send" ? decideSend(at, tool, asked) : decideSession(at, tool, asked);
}

const placeOf = ({ obligations }: Decision): RunIn["place"] | undefined =>
  obligations.find((obligation) => obligation.kind === "run-in")?.place;

/** A child may do what every run above it may, and never on the host below a sandbox. */
function confined(decision: Decision, ancestors: readonly Decision[]): Decision {
  const above = ancestors.find(({ effect }) => effect !== "allow");
  if (decision.effect !== "allow" || above === undefined) {
    const isBelow = placeOf(decision) === "host" && ancestors.some((each) => placeOf(each) === "sandbox");
    return isBelow ? { ...decision, effect: "deny", code: "less-confined", obligations: [] } : decision;
  }
  return above;
}
