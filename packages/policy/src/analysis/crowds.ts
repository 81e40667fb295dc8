/** Sets of origins: those of one base for whom the rules of their place let a tool through, or do not. */
import type { Origin, RunLandscape } from "./run-bases.ts";
import type { Wanted } from "./run-items.ts";
import { isOnlyHere } from "./targets.ts";

/** Whether the place lets the tool through, under the one policy and under the other. */
export type Passes = "11" | "10" | "01";

export interface Crowds {
  /** Null for an empty one. Equal sets have one number. */
  of(base: number, wanted: Wanted, passes: Passes): number | null;
  members(crowd: number): readonly Origin[];
  /** Whether the two policies' rules of places differ for anybody of the base. */
  isTold(base: number): boolean;
  /** The bases of which that holds, or whose own rules differ. */
  readonly different: readonly number[];
}

export function crowdsOf(landscape: RunLandscape): Crowds {
  const { plans, standings, origins, bases, tools, passes } = landscape;
  const byBase: Origin[][] = bases.map(() => []);
  for (const origin of origins) byBase[origin.base]!.push(origin);
  const told = byBase.map((members) =>
    members.some(({ standing }) => passes[standing]![0] !== passes[standing]![1]),
  );
  const toolAt = new Map(tools.map((tool, index) => [tool, index]));
  /** Where each policy has the tool that is wanted. */
  const placesOf = ({ tool }: Wanted) => plans.map((plan) => toolAt.get(plan.tools.get(tool)?.name ?? ""));
  const isMeant = ({ standing }: Origin, wanted: Wanted): boolean => {
    if (wanted.action !== "send") return true;
    const who = standings[standing]!;
    return wanted.target === null ? who.spot.network === wanted.network : !isOnlyHere(wanted.target, who);
  };
  const crowds: (readonly Origin[])[] = [];
  const byContent = new Map<string, number>();
  const intern = (members: readonly Origin[]): number | null => {
    if (members.length === 0) return null;
    const content = members.map(({ index }) => index).join();
    const known = byContent.get(content);
    if (known !== undefined) return known;
    byContent.set(content, crowds.length);
    return crowds.push(members) - 1;
  };
  const known = new Map<string | Wanted, Map<number, number | null>>();
  return {
    of(base, wanted, wantedPasses) {
      const about = wanted.action === "send" ? wanted : wanted.tool;
      const cache = known.get(about) ?? new Map<number, number | null>();
      known.set(about, cache);
      const key = base * 3 + ["11", "10", "01"].indexOf(wantedPasses);
      let crowd = cache.get(key);
      if (crowd === undefined) {
        const at = placesOf(wanted);
        const isOf = ({ standing }: Origin) =>
          at.every(
            (place, side) =>
              (place === undefined ? "1" : passes[standing]![side]![place]) === wantedPasses[side],
          );
        cache.set(key, (crowd = intern(byBase[base]!.filter((each) => isOf(each) && isMeant(each, wanted)))));
      }
      return crowd;
    },
    members: (crowd) => crowds[crowd]!,
    isTold: (base) => told[base]!,
    different: [...bases.keys()].filter((base) => told[base] || !bases[base]!.isSame),
  };
}
