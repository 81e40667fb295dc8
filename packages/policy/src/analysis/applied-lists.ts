/** Every list that a call must pass, where `refusingList` says only which is the first that refuses. */
import type { ToolList } from "../plan.ts";
import type { Run } from "../read-run.ts";
import type { Standpoint } from "../standpoint.ts";

type Call = Pick<Run, "model" | "modelProvider">;

/** Outside the sandbox, in the order of `refusingList`. */
export function* appliedLists(
  { plan, agent, scope, senderId, profile, run }: Standpoint,
  { model, modelProvider }: Call,
): Iterable<ToolList> {
  yield* agent.lists;
  if (modelProvider === null) for (const lists of agent.byModel.values()) yield* lists;
  else {
    yield* agent.byModel.get(modelProvider) ?? [];
    yield* agent.byModel.get(model ?? modelProvider) ?? [];
  }
  if (scope.chat === "group") {
    for (const { tools, bySender, others } of scope.roomTools) {
      if (tools !== null) yield tools;
      const own = bySender.get(senderId) ?? others;
      if (own !== null) yield own;
    }
  }
  if (profile !== null && profile.tools !== null) yield profile.tools;
  if (run !== "turn") yield* plan.runs[run];
}

export const sandboxLists = ({ agent: { sandbox } }: Standpoint): readonly ToolList[] =>
  sandbox.unlisted === null ? sandbox.lists : [...sandbox.lists, sandbox.unlisted];

export const lacks = ({ allow }: ToolList, tool: string): boolean => allow !== null && !allow.has(tool);

export const refuses = (list: ToolList, tool: string): boolean => list.deny.has(tool) || lacks(list, tool);
