/** Whether runs of two people are answered alike, by what stands behind them: asked tool by tool, each question once. */
import type { Plan } from "../plan.ts";
import type { Standpoint } from "../standpoint.ts";
import { isSameAnswer } from "./answer.ts";
import { runAnswer, type Runner } from "./run-answers.ts";
import { standpointKey } from "./run-bases.ts";
import { isAsked, modelClasses, runKinds, type Wanted } from "./run-items.ts";

/** Two people, or one under two rules. Null: no message of theirs starts a run. */
export interface RunPair {
  readonly sides: readonly (Standpoint | null)[];
  /** Of everything but the agent. */
  readonly keys: readonly string[];
  /** Their sessions stand to those of others differently. */
  readonly isMoved: boolean;
  readonly isSame: boolean;
  /** They differ in the lists of elevated mode at most. */
  readonly isSameButElevated: boolean;
}

/** `marks`: in the lists of elevated mode. */
export function pairOf(
  sides: readonly (Standpoint | null)[],
  network: string,
  marks: readonly string[],
): RunPair {
  const bare = sides.map((side) => standpointKey(side, network, ""));
  const isMarked = marks.some((each) => each.includes("1"));
  const keys = isMarked ? sides.map((side, at) => standpointKey(side, network, marks[at]!)) : bare;
  const [first, second] = sides.map((side) => side && isAtHome(side));
  const isMoved = first !== second && first !== null && second !== null;
  return {
    sides,
    keys,
    isMoved,
    isSame: !isMoved && keys[0] === keys[1],
    isSameButElevated: !isMoved && bare[0] === bare[1],
  };
}

/** In the session that an agent's owners share. */
const isAtHome = ({ session, account, agent }: Standpoint): boolean =>
  session === account.routes.seats[agent.index]?.main;

/** `passes`: for each side one character for each tool, `1` where no rule of the place refuses it. */
type IsSameForRuns = (pair: RunPair, passes: readonly string[]) => boolean;

export function runPairs(
  plan: Plan,
  tools: readonly string[],
  agents: readonly string[],
  wantsOf: (agent: string) => readonly Wanted[],
): IsSameForRuns {
  const differing = new Map<string, boolean>();
  const used = new Map<string, boolean>();
  const known = new Map<string, readonly Runners[]>();
  const byTool = new Map<string, Map<string, Wanted[]>>();

  function wantsWith(agent: string, tool: string): readonly Wanted[] {
    let wants = byTool.get(agent);
    if (wants === undefined) {
      byTool.set(agent, (wants = new Map<string, Wanted[]>()));
      for (const wanted of wantsOf(agent)) {
        const name = plan.tools.get(wanted.tool)?.name ?? "";
        const same = wants.get(name);
        if (same === undefined) wants.set(name, [wanted]);
        else same.push(wanted);
      }
    }
    return wants.get(tool) ?? [];
  }

  /** In one order for every side. */
  function runnersOf({ sides, keys }: RunPair, side: 0 | 1): readonly Runners[] {
    const key = `${side} ${keys[side]}`;
    const found = known.get(key) ?? agents.map((id) => runnersAs(plan, id, sides[side]!, side));
    known.set(key, found);
    return found;
  }

  const isUsed = (pair: RunPair, side: 0 | 1, tool: string): boolean =>
    remembered(used, `${side} ${pair.keys[side]} ${tool}`, () =>
      runnersOf(pair, side).some(({ agent, runners }) => {
        const wants = wantsWith(agent, tool);
        return runners.some((runner) => wants.some((wanted) => runAnswer(runner, wanted).effect === "allow"));
      }),
    );

  const isDiffering = (pair: RunPair, tool: string): boolean =>
    remembered(differing, `${pair.keys.join("\n")} ${pair.isMoved} ${tool}`, () => {
      const { isMoved, isSameButElevated, sides } = pair;
      const isMeant = (wanted: Wanted) =>
        isSameButElevated ? wanted.action === "tool" && wanted.isElevated : isAsked(wanted, isMoved);
      if (sides[0] === null || sides[1] === null)
        return sides.some((side, at) => side !== null && isUsed(pair, at === 0 ? 0 : 1, tool));
      const others = runnersOf(pair, 1);
      return runnersOf(pair, 0).some(({ agent, runners }, at) => {
        const wants = wantsWith(agent, tool).filter(isMeant);
        if (wants.length === 0) return false;
        return runners.some((runner, index) => {
          const other = others[at]!.runners[index]!;
          return wants.some((wanted) => !isSameAnswer(runAnswer(runner, wanted), runAnswer(other, wanted)));
        });
      });
    });

  return (pair, passes) =>
    tools.every((tool, at) => {
      const [first, second] = [passes[0]![at] !== "0", passes[1]![at] !== "0"];
      if (first && second) return pair.isSame || !isDiffering(pair, tool);
      return first === second || pair.sides[first ? 0 : 1] === null || !isUsed(pair, first ? 0 : 1, tool);
    });
}

interface Runners {
  readonly agent: string;
  readonly runners: readonly Runner[];
}

function runnersAs(plan: Plan, id: string, at: Standpoint, side: 0 | 1): Runners {
  const agent = plan.agents.get(id)!;
  const models = modelClasses([agent]);
  const runners = runKinds.flatMap((run) =>
    models.map(({ model }) => ({ side, at: { ...at, agent, run }, model })),
  );
  return { agent: id, runners };
}

function remembered(map: Map<string, boolean>, key: string, make: () => boolean): boolean {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = make()));
  return found;
}
