/** Calls, sendings and session requests that two policies answer differently: what of which agents' runs, for which origins. */
import type { AgentPlan } from "../plan.ts";
import { denied, isSameAnswer, keyOfAnswer } from "./answer.ts";
import { any, productsOf, type Point } from "./products.ts";
import { runAnswer, runnerOf } from "./run-answers.ts";
import type { Origin, RunLandscape } from "./run-bases.ts";
import {
  agentWants,
  commonWants,
  modelClasses,
  runKinds,
  type ModelClass,
  type Wanted,
} from "./run-items.ts";
import { isOnlyHere, targetsOf } from "./targets.ts";
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

export function runChanges(landscape: RunLandscape): readonly RunChange[] {
  const { plans, agents } = landscape;
  const names = namesOf();
  const crowds = crowdsOf(landscape);
  const groups = new Map<
    string,
    { readonly pair: number; readonly crowds: readonly number[]; readonly points: Point[] }
  >();
  const common = commonWants(landscape, targetsOf(landscape));
  for (const [agent, id] of agents.entries()) {
    const own = plans.map((plan) => plan.agents.get(id));
    const models = modelClasses(own);
    for (const wanted of [...common, ...agentWants(landscape, id)])
      for (const [model, { model: name }] of models.entries())
        for (const run of runKinds.keys()) {
          const found = changesOf(landscape, own, wanted, run, name, crowds, names.pair);
          for (const [pair, among] of found) {
            const key = `${pair} ${among.join()}`;
            const group = groups.get(key) ?? { pair, crowds: among, points: [] };
            groups.set(key, group);
            const ofModel = models.length === 1 ? any : names.model(models[model]!);
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

/** For each pair of answers the crowds of origins that go from the one to the other. */
function changesOf(
  { plans, bases }: RunLandscape,
  own: readonly (AgentPlan | undefined)[],
  wanted: Wanted,
  run: number,
  model: string | null,
  crowds: Crowds,
  pairOf: (before: Answer, after: Answer) => number,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const [index, base] of bases.entries()) {
    if (!isAsked(wanted, base.isMoved)) continue;
    const [before, after] = plans.map((_, side) => {
      const runner = runnerOf(base, side, own[side], runKinds[run]!, model);
      return runner === null ? denied : runAnswer(runner, wanted);
    }) as [Answer, Answer];
    const note = (from: Answer, to: Answer, passes: Passes) => {
      if (isSameAnswer(from, to)) return;
      const crowd = crowds.of(index, wanted, passes);
      if (crowd === null) return;
      const pair = pairOf(from, to);
      const known = found.get(pair);
      if (known === undefined) found.set(pair, [crowd]);
      else if (!known.includes(crowd)) known.push(crowd);
    };
    note(before, after, "11");
    note(before, denied, "10");
    note(denied, after, "01");
  }
  return found;
}

/** Where both policies have one session for the sender, that is the one question; else there are two. */
function isAsked(wanted: Wanted, isMoved: boolean): boolean {
  if (wanted.action !== "session" || wanted.operation === "spawn") return true;
  if (wanted.whose === "own") return !isMoved;
  return isMoved || (wanted.whose !== "own-before" && wanted.whose !== "own-after");
}

/** Whether the place lets the tool through, under the one policy and under the other. */
type Passes = "11" | "10" | "01";

/** Sets of origins by number: those of a base for whom the rules of their place let a tool through. */
interface Crowds {
  of(base: number, wanted: Wanted, passes: Passes): number | null;
  members(crowd: number): readonly Origin[];
}

function crowdsOf(landscape: RunLandscape): Crowds {
  const { plans, standings, origins, bases, tools, passes } = landscape;
  const byBase: Origin[][] = bases.map(() => []);
  for (const origin of origins) byBase[origin.base]!.push(origin);
  const toolAt = new Map(tools.map((tool, index) => [tool, index]));
  const passOf = (origin: Origin, wanted: Wanted): string =>
    plans
      .map((plan, side) => {
        const entry = plan.tools.get(wanted.tool);
        return entry === undefined ? "1" : passes[origin.standing]![side]![toolAt.get(entry.name)!];
      })
      .join("");
  const isMeant = ({ standing }: Origin, wanted: Wanted): boolean => {
    if (wanted.action !== "send") return true;
    const who = standings[standing]!;
    return wanted.target === null ? who.spot.network === wanted.network : !isOnlyHere(wanted.target, who);
  };
  const crowds: (readonly Origin[])[] = [];
  const byContent = new Map<string, number>();
  const intern = (members: readonly Origin[]): number | null => {
    if (members.length === 0) return null;
    const content = members
      .map(({ standing, isPaired, profile }) => `${standing} ${isPaired} ${profile}`)
      .join();
    const known = byContent.get(content);
    if (known !== undefined) return known;
    byContent.set(content, crowds.length);
    return crowds.push(members) - 1;
  };
  const known = new Map<string, number | null>();
  const byTarget = new Map<Wanted, Map<string, number | null>>();
  return {
    of(base, wanted, wantedPasses) {
      const isTargeted = wanted.action === "send";
      const cache = isTargeted ? (byTarget.get(wanted) ?? new Map<string, number | null>()) : known;
      if (isTargeted) byTarget.set(wanted, cache);
      const key = `${base} ${wantedPasses} ${isTargeted ? "" : wanted.tool}`;
      let crowd = cache.get(key);
      if (crowd === undefined) {
        const members = byBase[base]!.filter(
          (origin) => passOf(origin, wanted) === wantedPasses && isMeant(origin, wanted),
        );
        cache.set(key, (crowd = intern(members)));
      }
      return crowd;
    },
    members: (crowd) => crowds[crowd]!,
  };
}

/** Numbers for what points are made of. */
function namesOf() {
  const pairs: (readonly [Answer, Answer])[] = [];
  const wants: Wanted[] = [];
  const models: ModelClass[] = [];
  const numbers = new Map<string, number>();
  const wantNumbers = new Map<Wanted, number>();
  const numbered = <Item>(items: Item[], key: string, item: Item): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, items.length);
    return items.push(item) - 1;
  };
  return {
    pairs,
    wants,
    models,
    pair: (before: Answer, after: Answer) =>
      numbered(pairs, `pair ${keyOfAnswer(before)} ${keyOfAnswer(after)}`, [before, after] as const),
    wanted(wanted: Wanted): number {
      const known = wantNumbers.get(wanted) ?? numbered(wants, `wanted ${JSON.stringify(wanted)}`, wanted);
      wantNumbers.set(wanted, known);
      return known;
    },
    model: (model: ModelClass) => numbered(models, `model ${model.text}`, model),
  };
}
