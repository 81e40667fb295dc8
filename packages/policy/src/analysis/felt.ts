/** Whether anybody's run is answered otherwise where the config says one thing otherwise, and what it is told. */
import type { DecisionCode } from "../decision.ts";
import type { AgentPlan, Plan } from "../plan.ts";
import type { RunKind } from "../request.ts";
import type { Standpoint } from "../standpoint.ts";
import { isSameAnswer } from "./answer.ts";
import type { Alike } from "./alike.ts";
import { runAnswer, runCode, type Runner } from "./run-answers.ts";
import type { Origin } from "./run-bases.ts";
import { modelClasses, runKinds, type Wanted } from "./run-items.ts";
import { isOnlyHere } from "./targets.ts";
import type { Answer } from "./types.ts";

/** Some runs of some agents, and what they ask for. */
export interface Asked {
  readonly agents: readonly string[];
  readonly wants: (agent: string) => readonly Wanted[];
  readonly isFor: (origin: Origin) => boolean;
  /** Absent: all kinds. */
  readonly runs?: readonly RunKind[];
}

export interface Otherwise extends Asked {
  /** What becomes of a run. `held`: the profile whose rights hold. */
  readonly of: (at: Standpoint, agent: AgentPlan, held: string | null) => Standpoint;
}

export const everybody = (): boolean => true;

export function isFelt(otherwise: Otherwise, plan: Plan, alike: Alike): boolean {
  for (const { runner, held, wants, isMeant } of runnersOf(otherwise, plan, alike)) {
    const { at, model } = runner;
    const changed: Runner = { side: 0, at: otherwise.of(at, at.agent, held), model };
    for (const wanted of wants)
      if (!isSameAnswer(runAnswer(runner, wanted), runAnswer(changed, wanted)) && isMeant(wanted))
        return true;
  }
  return false;
}

/** Every answer that is given, each code of a denial once. */
export function answersTo(asked: Asked, plan: Plan, alike: Alike) {
  const allowed = new Set<Answer>();
  const codes = new Set<DecisionCode>();
  const denied: Standpoint[] = [];
  for (const { runner, wants, isMeant } of runnersOf(asked, plan, alike))
    for (const wanted of wants) {
      if (!isMeant(wanted)) continue;
      const answer = runAnswer(runner, wanted);
      if (answer.effect === "allow") allowed.add(answer);
      else {
        codes.add(runCode(runner, wanted));
        denied.push(runner.at);
      }
    }
  return { allowed: [...allowed], codes: [...codes], denied };
}

interface Someone {
  readonly runner: Runner;
  readonly held: string | null;
  readonly wants: readonly Wanted[];
  /** Whether some of those who are meant can ask for it where they are. */
  readonly isMeant: (wanted: Wanted) => boolean;
}

function* runnersOf(
  { agents, wants: wantsOf, isFor, runs: kinds = runKinds }: Asked,
  plan: Plan,
  alike: Alike,
): Iterable<Someone> {
  const { runs, origins } = alike.everyone();
  const meantBy = origins.map((members) => (isFor === everybody ? members : members.filter(isFor)));
  for (const id of agents) {
    const agent = plan.agents.get(id)!;
    const wants = wantsOf(id);
    if (wants.length === 0) continue;
    const models = modelClasses([agent]);
    for (const [base, { sides }] of runs.bases.entries()) {
      const [side] = sides;
      const meant = meantBy[base]!;
      if (!side || meant.length === 0) continue;
      const held = meant[0]!.held[0] ?? null;
      const isMeant = (wanted: Wanted) => meant.some(({ standing }) => isAsked(standing, wanted));
      for (const run of kinds)
        for (const { model } of models)
          yield { runner: { side: 0, at: { ...side, agent, run }, model }, held, wants, isMeant };
    }
  }

  function isAsked(standing: number, wanted: Wanted): boolean {
    const place = runs.tools.indexOf(plan.tools.get(wanted.tool)?.name ?? "");
    if (runs.passes[standing]![0]![place] === "0") return false;
    const isSending = wanted.action === "send" && wanted.target !== null;
    return !isSending || !isOnlyHere(wanted.target, runs.standings[standing]!);
  }
}
