/** Who of one policy gets what: for each origin the ways in which it gets there. */
import type { Authority } from "../decision.ts";
import type { Answer, Capability } from "./types.ts";

/** What is reached, where it runs, and as which agent: everything of an entry but whom it is about and by what. */
export interface Reached {
  readonly capability: Capability;
  readonly standing: Authority;
  readonly agent: string;
  readonly through: readonly string[];
  readonly answer: Pick<Answer, "place" | "workspaceAccess" | "approval">;
}

/** Those who get there by the same ways. */
export interface ReachRow<Way> {
  readonly reached: Reached;
  readonly ways: readonly Way[];
  readonly origins: readonly number[];
}

export interface ReachTable<Way> {
  /** What notes that an origin gets there in that way. Ways are told apart as objects. */
  noteFor(reached: Reached): (origin: number, way: Way) => void;
  rows(): readonly ReachRow<Way>[];
}

export function reachTable<Way extends object>(): ReachTable<Way> {
  const table = new Map<string, { readonly reached: Reached; readonly byOrigin: Map<number, Set<Way>> }>();
  return {
    noteFor(reached) {
      const { capability, standing, agent, through, answer } = reached;
      const { place, workspaceAccess, approval } = answer;
      const key = JSON.stringify([capability, standing, agent, through, place, workspaceAccess, approval]);
      const { byOrigin } = table.get(key) ?? { byOrigin: new Map<number, Set<Way>>() };
      if (!table.has(key)) table.set(key, { reached, byOrigin });
      return (origin, way) => {
        const ways = byOrigin.get(origin);
        if (ways === undefined) byOrigin.set(origin, new Set([way]));
        else ways.add(way);
      };
    },
    rows: () => [...table.values()].flatMap(({ reached, byOrigin }) => rowsOf(reached, byOrigin)),
  };
}

function rowsOf<Way extends object>(
  reached: Reached,
  byOrigin: ReadonlyMap<number, ReadonlySet<Way>>,
): readonly ReachRow<Way>[] {
  const numbers = new Map<Way, number>();
  const rows = new Map<string, { readonly ways: readonly Way[]; readonly origins: number[] }>();
  for (const [origin, ways] of byOrigin) {
    for (const way of ways) if (!numbers.has(way)) numbers.set(way, numbers.size);
    const key = Array.from(ways, (way) => numbers.get(way)!)
      .sort((a, b) => a - b)
      .join();
    const row = rows.get(key) ?? { ways: [...ways], origins: [] };
    rows.set(key, row);
    row.origins.push(origin);
  }
  return [...rows.values()].map((row) => ({ reached, ...row }));
}
