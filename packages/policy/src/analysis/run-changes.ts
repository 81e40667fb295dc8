/** Calls, sendings and session requests that two policies answer differently: what of which agents' runs, for which origins. */
import type { AgentPlan, Plan } from "../plan.ts";
import { denied, isSameAnswer, keyOfAnswer } from "./answer.ts";
import { crowdsOf, type Crowds } from "./crowds.ts";
import { agentContent, runsContent } from "./plan-content.ts";
import { any, productsOf, type Point } from "./products.ts";
import { runAnswer, runnerOf, type Runner } from "./run-answers.ts";
import type { Origin, RunLandscape } from "./run-bases.ts";
import {
  agentWants,
  commonWants,
  isAsked,
  modelClasses,
  runKinds,
  type ModelClass,
  type Wanted,
} from "./run-items.ts";
import { targetsOf } from "./targets.ts";
import type { Answer } from "./types.ts";

/** Each of `agents` and `wants` in runs of each of `runs` under each of `models` changes, for every one of `origins`. */
export interface RunChange {
  readonly before: Answer;
  readonly after: Answer;
  readonly agents: readonly string[];
  readonly wants: readonly Wanted[];
  /** Indexes of `runKinds`; `[any]`: all. */
  readonly runs: readonly number[];
  /** Null: whatever the model. */
  readonly models: readonly ModelClass[] | null;
  readonly origins: readonly Origin[];
}

interface Group {
  readonly pair: number;
  readonly crowds: readonly number[];
  readonly points: Point[];
}

export function runChanges(landscape: RunLandscape): readonly RunChange[] {
  const { plans, agents } = landscape;
  const names = namesOf();
  const crowds = crowdsOf(landscape);
  const groups = new Map<string, Group>();
  const common = commonWants(landscape, targetsOf(landscape));
  const isSameForAll = isEqual(plans.map(runsContent));
  for (const [agent, id] of agents.entries()) {
    const own = plans.map((plan) => plan.agents.get(id));
    const isSame = isSameForAll && isEqual(plans.map((plan, at) => agentContent(plan, own[at])));
    const models = modelClasses(own);
    const wants = [...common, ...agentWants(landscape, id)];
    for (const [at, model] of models.entries())
      for (const run of runKinds.keys()) {
        const runners = runnersOf(landscape, own, run, model);
        for (const wanted of wants)
          for (const [pair, among] of changesOf(landscape, runners, wanted, isSame, crowds, names.pair)) {
            const key = `${pair} ${among.join()}`;
            const group = groups.get(key) ?? { pair, crowds: among, points: [] };
            groups.set(key, group);
            const ofModel = models.length === 1 ? any : names.model(models[at]!);
            group.points.push([agent, names.wanted(wanted), run, ofModel]);
          }
      }
  }
  const { POSITIVE_INFINITY: unbounded } = Number;
  return [...groups.values()].flatMap(({ pair, crowds: among, points }) => {
    const [before, after] = names.pairs[pair]!;
    const origins = among.flatMap((crowd) => crowds.members(crowd));
    const products = productsOf(points, [unbounded, unbounded, runKinds.length, unbounded], [3, 2, 1, 0]);
    return products.map(([agentSet, wantSet, runs, modelSet]) => ({
      before,
      after,
      agents: agentSet!.map((at) => agents[at]!),
      wants: wantSet!.map((at) => names.wants[at]!),
      runs: runs!,
      models: modelSet![0] === any ? null : modelSet!.map((at) => names.models[at]!),
      origins,
    }));
  });
}

const isEqual = ([first, ...rest]: readonly string[]): boolean => rest.every((each) => each === first);

type Runners = readonly (readonly (Runner | null)[])[];

const runnersOf = (
  { plans, bases }: Pick<RunLandscape, "bases"> & { readonly plans: readonly Plan[] },
  own: readonly (AgentPlan | undefined)[],
  run: number,
  { model }: ModelClass,
): Runners =>
  bases.map((base) => plans.map((_, side) => runnerOf(base, side, own[side], runKinds[run]!, model)));

/** For each pair of answers the crowds of origins that go from the one to the other. */
function changesOf(
  { bases }: RunLandscape,
  runners: Runners,
  wanted: Wanted,
  isSameAgent: boolean,
  crowds: Crowds,
  pairOf: (before: Answer, after: Answer) => number,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  const note = (from: Answer, to: Answer, crowd: number | null) => {
    if (crowd === null || isSameAnswer(from, to)) return;
    const pair = pairOf(from, to);
    const known = found.get(pair);
    if (known === undefined) found.set(pair, [crowd]);
    else if (!known.includes(crowd)) known.push(crowd);
  };
  const isSameTarget = wanted.action !== "send" || wanted.target === null || wanted.target.isSame;
  const isSameQuestion = isSameAgent && isSameTarget;
  for (const index of isSameQuestion ? crowds.different : bases.keys()) {
    const base = bases[index]!;
    if (!isAsked(wanted, base.isMoved)) continue;
    const isSame = isSameQuestion && base.isSame;
    const [first, second] = runners[index]!;
    const before = first ? runAnswer(first, wanted) : denied;
    const after = second ? runAnswer(second, wanted) : denied;
    if (!isSame) note(before, after, crowds.of(index, wanted, "11"));
    if (!crowds.isTold(index)) continue;
    note(before, denied, crowds.of(index, wanted, "10"));
    note(denied, after, crowds.of(index, wanted, "01"));
  }
  return found;
}

/** Numbers for what points are made of. */
function namesOf() {
  const pairs: (readonly [Answer, Answer])[] = [];
  const wants: Wanted[] = [];
  const models: ModelClass[] = [];
  const numbers = new Map<string, number>();
  const answers = new Map<Answer, number>();
  const wantNumbers = new Map<Wanted, number>();
  const numbered = <Item>(items: Item[], key: string, item: Item): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, items.length);
    return items.push(item) - 1;
  };
  const distinct: Answer[] = [];
  const answerOf = (answer: Answer): number => {
    const known = answers.get(answer) ?? numbered(distinct, `answer ${keyOfAnswer(answer)}`, answer);
    answers.set(answer, known);
    return known;
  };
  return {
    pairs,
    wants,
    models,
    pair: (before: Answer, after: Answer) =>
      numbered(pairs, `pair ${answerOf(before)} ${answerOf(after)}`, [before, after] as const),
    wanted(wanted: Wanted): number {
      const known = wantNumbers.get(wanted) ?? numbered(wants, `wanted ${JSON.stringify(wanted)}`, wanted);
      wantNumbers.set(wanted, known);
      return known;
    },
    model: (model: ModelClass) => numbered(models, `model ${model.text}`, model),
  };
}
