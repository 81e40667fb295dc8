/** What the runs of each origin give, and the runs of the agents that these may spawn. */
import type { AgentPlan, Plan } from "../plan.ts";
import { capabilitiesOf } from "./capabilities.ts";
import type { Reached, ReachTable } from "./reach-table.ts";
import type { Turns } from "./reach-messages.ts";
import { runAnswer, runnerOf } from "./run-answers.ts";
import type { Base, RunLandscape } from "./run-bases.ts";
import { agentWants, commonWants, modelClasses, type ModelClass, type Wanted } from "./run-items.ts";
import { isOnlyHere, targetsOf } from "./targets.ts";
import type { Answer, Capability } from "./types.ts";
import { wantedText } from "./words.ts";

export interface RunWay {
  readonly by: readonly string[];
  readonly wanted: Wanted;
  /** A model under which it is allowed. */
  readonly model: ModelClass["model"];
}

/** A way of a run, and how that run was made. */
export interface ChainWay {
  readonly by: readonly string[];
  readonly way: RunWay;
  readonly spawn: RunWay | null;
}

/** One thing that runs of a base as an agent may do. */
interface Item {
  readonly reached: Reached;
  readonly way: RunWay;
  /** How the run that does it was made, where it is a sub-agent's. */
  readonly spawn: RunWay | null;
  /** What the place must let through for it. */
  readonly tools: readonly string[];
}

interface NotedItem extends Item {
  readonly chain: ChainWay;
  readonly note: (origin: number, way: ChainWay) => void;
  /** Indexes of `tools`. */
  readonly at: readonly number[];
}

export function reachByRuns(
  landscape: RunLandscape,
  turns: Turns,
  table: ReachTable<ChainWay>,
  only: ReadonlySet<Capability>,
): void {
  const { origins, tools, passes, standings, bases } = landscape;
  const [plan] = landscape.plans as readonly [Plan];
  const toolAt = new Map(tools.map((tool, index) => [tool, index]));
  const itemsFor = itemsOf(landscape, plan);
  const chains = new Map<RunWay, Map<RunWay | null, ChainWay>>();
  const chainOf = (way: RunWay, spawn: RunWay | null): ChainWay => {
    const known = chains.get(way) ?? new Map<RunWay | null, ChainWay>();
    chains.set(way, known);
    const chain = known.get(spawn) ?? { by: way.by, way, spawn };
    known.set(spawn, chain);
    return chain;
  };
  const known = new Map<string, readonly NotedItem[]>();
  for (const { index, base, standing } of origins) {
    const agent = turns[index];
    if (agent === null || agent === undefined) continue;
    const key = `${base} ${agent}`;
    const items =
      known.get(key) ??
      itemsFor(bases[base]!, agent)
        .filter(({ reached }) => only.has(reached.capability))
        .map((item) => ({
          ...item,
          chain: chainOf(item.way, item.spawn),
          note: table.noteFor(item.reached),
          at: item.tools.map((tool) => toolAt.get(plan.tools.get(tool)!.name)!),
        }));
    known.set(key, items);
    const open = passes[standing]![0]!;
    const who = standings[standing]!;
    for (const { note, at, way, chain } of items) {
      const { wanted } = way;
      const isOwnChat = wanted.action === "send" && wanted.target !== null && isOnlyHere(wanted.target, who);
      if (!isOwnChat && at.every((place) => open[place] === "1")) note(index, chain);
    }
  }
}

function itemsOf(landscape: RunLandscape, plan: Plan): (base: Base, agent: string) => readonly Item[] {
  const common = commonWants(landscape, targetsOf(landscape)).filter(isOfInterest);
  const byAgent = new Map<
    string,
    { readonly wants: readonly Wanted[]; readonly models: readonly ModelClass[] }
  >();
  const ways = new Map<string, RunWay>();
  const numbers = new Map<Wanted, number>();
  const wayOf = (wanted: Wanted, agent: string, models: readonly ModelClass[], all: number): RunWay => {
    if (!numbers.has(wanted)) numbers.set(wanted, numbers.size);
    const key = `${agent} ${numbers.get(wanted)} ${models.map(({ text }) => text).join()}`;
    const under = models.length === all ? "" : ` (with ${models.map(({ text }) => text).join(" or ")})`;
    const known = ways.get(key) ?? {
      by: wantedText(wanted).map((text) => text + under),
      wanted,
      model: models[0]!.model,
    };
    ways.set(key, known);
    return known;
  };

  function agentOf(id: string) {
    const known = byAgent.get(id) ?? {
      wants: [...common, ...agentWants(landscape, id).filter(isOfInterest)],
      models: modelClasses([plan.agents.get(id)]),
    };
    byAgent.set(id, known);
    return known;
  }

  /** The models under which it is allowed, with the answer: that is the same under each of them. */
  function allowed(
    base: Base,
    id: string,
    run: "turn" | "subagent",
    wanted: Wanted,
    models: readonly ModelClass[],
  ) {
    const agent: AgentPlan | undefined = plan.agents.get(id);
    return models.flatMap((model) => {
      const runner = runnerOf(base, 0, agent, run, model.model);
      const answer = runner === null ? null : runAnswer(runner, wanted);
      return answer?.effect === "allow" ? [{ model, answer }] : [];
    });
  }

  function items(base: Base, id: string): readonly Item[] {
    const found: Item[] = [];
    const standing = base.sides[0]?.standing ?? "refused";
    if (standing === "refused") return found;
    const spawns = new Map<string, RunWay>();
    const { wants, models } = agentOf(id);
    for (const wanted of wants) {
      const direct = allowed(base, id, "turn", wanted, models);
      const [first] = direct;
      if (first === undefined) continue;
      const way = wayOf(wanted, id, modelsOf(direct), models.length);
      found.push(...itemsFor(wanted, first.answer, { standing, way, agent: id, through: [], spawn: null }));
      if (wanted.action !== "session" || wanted.operation !== "spawn") continue;
      for (const child of wanted.agents) if (child !== id) spawns.set(child, way);
    }
    for (const [child, spawn] of spawns) {
      const { wants: theirs } = agentOf(child);
      // The model that is asked about is one for the whole chain.
      const all = modelClasses([plan.agents.get(child), plan.agents.get(id)]);
      for (const wanted of theirs) {
        const below = allowed(base, child, "subagent", wanted, all).filter(({ model, answer }) =>
          allowed(base, id, "turn", callOf(wanted), [model]).some(
            // A run may do what the one above it may, and never on the host below a sandbox.
            ({ answer: above }) => answer.place !== "host" || above.place !== "sandbox",
          ),
        );
        const [first] = below;
        if (first === undefined) continue;
        const way = wayOf(wanted, `${id} ${child}`, modelsOf(below), all.length);
        found.push(...itemsFor(wanted, first.answer, { standing, way, agent: child, through: [id], spawn }));
      }
    }
    return found;
  }

  function itemsFor(
    wanted: Wanted,
    answer: Answer,
    {
      standing,
      way,
      agent,
      through,
      spawn,
    }: Pick<Reached, "standing" | "agent" | "through"> & Pick<Item, "way" | "spawn">,
  ): readonly Item[] {
    const { kind } = plan.tools.get(wanted.tool)!;
    const tools = spawn === null ? [wanted.tool] : [wanted.tool, spawn.wanted.tool];
    return capabilitiesOf(wanted, kind, answer).map((capability) => ({
      reached: { capability, standing, agent, through, answer },
      way,
      spawn,
      tools,
    }));
  }
  return items;
}

const modelsOf = (allowed: readonly { readonly model: ModelClass }[]): readonly ModelClass[] =>
  allowed.map(({ model }) => model);

/** What the run above is asked about the same call. */
const callOf = ({ tool }: Wanted): Wanted => ({ action: "tool", tool, isElevated: false });

/** Everything but what gives nobody anything: the chat that is answered, and sessions that are the run's own. */
function isOfInterest(wanted: Wanted): boolean {
  if (wanted.action === "send") return wanted.target !== null;
  if (wanted.action === "tool" || wanted.operation === "spawn") return true;
  return (wanted.whose === "same-agent" || wanted.whose === "other-agent") && !wanted.isSpawned;
}
