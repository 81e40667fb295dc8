/**
 * Whether two readings of a policy answer everything alike: the same sender under other rules of a place, one sender beside
 * another, or under another set of routes.
 */
import type { AgentPlan, Plan } from "../plan.ts";
import type { Question } from "../read-message.ts";
import { standpointOf, type Standpoint } from "../standpoint.ts";
import { isSameAnswer, denied } from "./answer.ts";
import { stateOf, type Landscape } from "./landscape.ts";
import { isAnsweredAlike } from "./message-changes.ts";
import { deskOf } from "./message-answers.ts";
import { runAnswer, runnerOf } from "./run-answers.ts";
import {
  passesOf,
  runLandscapeOf,
  standpointKey,
  withoutTools,
  type Base,
  type Origin,
  type RunLandscape,
} from "./run-bases.ts";
import {
  agentWants,
  commonWants,
  isAsked,
  modelClasses,
  runKinds,
  type ModelClass,
  type Wanted,
} from "./run-items.ts";
import { sorted } from "./named-ids.ts";
import type { SpotSide } from "./spots.ts";
import { isOnlyHere, targetsOf, type TargetClass } from "./targets.ts";
import type { Answer } from "./types.ts";

export interface Reading {
  readonly side: SpotSide;
  /** Who writes, and where as far as routes know. */
  readonly question: Question;
  /** Who writes, and where as far as the rules of places know. */
  readonly origin: Question;
  /** The sender's marks in the lists of elevated mode. */
  readonly elevated: string;
}

export interface Alike {
  messages(a: Reading, b: Reading): boolean;
  runs(a: Reading, b: Reading): boolean;
  /** Only what the rules of the two places let through, for a sender who is let in by the first. */
  passes(a: Reading, b: Reading): boolean;
  /** Whether runs of anybody may write to such a chat under the one word and not under the other. */
  isSentDifferently(target: TargetClass): boolean;
  /** Whether runs of anybody of a base may use the tool in any way, where no rule of a place refuses it. */
  usesTool(base: Base, tool: string): boolean;
  readonly tools: readonly string[];
  /** Everything that runs of this agent can ask for. */
  wantsOf(agent: string): readonly Wanted[];
  /** Everybody, with the origins of each base. */
  everyone(): { readonly runs: RunLandscape; readonly origins: readonly (readonly Origin[])[] };
}

export function alikeUnder(landscape: Landscape): Alike {
  const [plan] = landscape.plans as readonly [Plan];
  const tools = sorted([...plan.tools.values()].map(({ name }) => name));
  const agents = sorted(plan.agents.keys());
  const [agent = ""] = agents;
  const common = commonWants(
    { plans: [plan, plan], tools },
    targetsOf({ ...landscape, plans: [plan, plan] }),
  );
  const wantsOf = remembered((id: string) => [...common, ...agentWants({ ...landscape, agents }, id)]);
  const modelsOf = remembered((id: string) => modelClasses([plan.agents.get(id)]));
  const everyone = once(() => {
    const runs = runLandscapeOf(landscape);
    const origins: Origin[][] = runs.bases.map(() => []);
    for (const origin of runs.origins) origins[origin.base]!.push(origin);
    return { runs, origins };
  });
  const answered = new Map<string, boolean>();
  const compared = new Map<string, boolean>();
  const used = new Map<string, boolean>();

  /** The first way of asking, of all agents and runs, that is found; the two are asked about it. */
  function someCall(
    of: (wanted: Wanted) => boolean,
    found: (id: string, run: (typeof runKinds)[number], model: ModelClass, wanted: Wanted) => boolean,
  ): boolean {
    return agents.some((id) =>
      wantsOf(id).some(
        (wanted) =>
          of(wanted) && modelsOf(id).some((model) => runKinds.some((run) => found(id, run, model, wanted))),
      ),
    );
  }

  function answerTo(
    base: Base,
    side: number,
    id: string,
    run: (typeof runKinds)[number],
    model: ModelClass,
    wanted: Wanted,
  ): Answer {
    const of: AgentPlan | undefined = plan.agents.get(id);
    const runner = runnerOf(base, side, of, run, model.model);
    return runner === null ? denied : runAnswer(runner, wanted);
  }

  const nameOf = (wanted: Wanted) => plan.tools.get(wanted.tool)?.name;

  function usesTool(base: Base, tool: string): boolean {
    const key = `${base.key} ${tool}`;
    const known = used.get(key);
    if (known !== undefined) return known;
    const uses = someCall(
      (wanted) => nameOf(wanted) === tool,
      (id, run, model, wanted) => answerTo(base, 0, id, run, model, wanted).effect === "allow",
    );
    used.set(key, uses);
    return uses;
  }

  function isSameForRuns(base: Base, passes: readonly [string, string]): boolean {
    if (base.isSame)
      return tools.every((tool, at) => passes[0][at] === passes[1][at] || !usesTool(base, tool));
    const key = `${base.key}\n${passes.join("\n")}`;
    const known = compared.get(key);
    if (known !== undefined) return known;
    const open = (side: 0 | 1, wanted: Wanted) => passes[side][tools.indexOf(nameOf(wanted) ?? "")] !== "0";
    const differs = someCall(
      (wanted) => isAsked(wanted, base.isMoved),
      (id, run, model, wanted) => {
        const [a, b] = ([0, 1] as const).map((side) =>
          open(side, wanted) ? answerTo(base, side, id, run, model, wanted) : denied,
        );
        return !isSameAnswer(a!, b!);
      },
    );
    compared.set(key, !differs);
    return !differs;
  }

  const passesAt = (readings: readonly [Reading, Reading]) =>
    readings.map(({ side, origin }) => passesOf(side, origin.senderId ?? "", tools)) as [string, string];

  /** Who the sender is there, in every state of approval; the second as what the first is, where they only differ in tools. */
  function basesOf(readings: readonly [Reading, Reading]): readonly Base[] {
    const [{ question }] = readings;
    return (question.kind === "dm" ? [false, true] : [null]).flatMap((isPaired) =>
      landscape.profiles.map((profile) => {
        const sides = readings.map(({ side, origin }) => {
          const at = standpointOf(side.plan, origin, stateOf(isPaired, profile), agent, "turn");
          return "effect" in at || at.standing === "refused" ? null : withoutTools(at);
        });
        return baseOf(sides, readings);
      }),
    );
  }
  const basesThere = new Map<string, readonly Base[]>();

  /** The bases whose runs may write to a chat of the one word and not to one of the other. */
  const sendingBases = remembered((key: string) => {
    const { network, words } = JSON.parse(key) as Pick<TargetClass, "network" | "words">;
    const target: TargetClass = { network, words, chats: [], isSame: false };
    const wanted: Wanted = { action: "send", tool: network, network, target };
    const { bases } = everyone().runs;
    return [...bases.keys()].filter((index) => {
      const [side] = bases[index]!.sides;
      const both: Base = { ...bases[index]!, sides: [side!, side!] };
      return someCall(
        (each) => each === common[0],
        (id, run, model) => {
          const [a, b] = ([0, 1] as const).map((at) => answerTo(both, at, id, run, model, wanted));
          return !isSameAnswer(a!, b!);
        },
      );
    });
  });

  function isSentDifferently(target: TargetClass): boolean {
    const { network, words } = target;
    const { runs, origins } = everyone();
    const place = tools.indexOf(plan.tools.get(network)?.name ?? "");
    const isMeant = ({ standing }: Origin) =>
      runs.passes[standing]![0]![place] !== "0" && !isOnlyHere(target, runs.standings[standing]!);
    return sendingBases(JSON.stringify({ network, words })).some((base) => origins[base]!.some(isMeant));
  }

  return {
    tools,
    wantsOf,
    everyone,
    usesTool,
    isSentDifferently,
    messages: (a, b) =>
      isAnsweredAlike(landscape, [deskOf(a.side, a.question), deskOf(b.side, b.question)], answered),
    runs(a, b) {
      const passes = passesAt([a, b]);
      return basesOf([a, b]).every((base) => isSameForRuns(base, passes));
    },
    passes(a, b) {
      const passes = passesAt([a, b]);
      if (passes[0] === passes[1]) return true;
      const { provider, account, senderId, chatId, parent, thread, guild } = a.origin;
      const key = JSON.stringify([provider, account, senderId, chatId, parent, thread, guild]);
      const bases = basesThere.get(key) ?? basesOf([a, a]);
      basesThere.set(key, bases);
      return bases.every((base) => isSameForRuns(base, passes));
    },
  };
}

function baseOf(
  sides: readonly (Standpoint | null)[],
  readings: readonly Reading[],
): Base & { readonly key: string } {
  const keys = sides.map((side, at) =>
    standpointKey(side, readings[at]!.side.account.network, readings[at]!.elevated),
  );
  const [first, second] = sides.map((side) => side && isAtHome(side));
  const isMoved = first !== second && first !== null && second !== null;
  const isSame = !isMoved && keys[0] === keys[1];
  return { sides, isMoved, isSame, key: isSame ? keys[0]! : `${keys.join("\n")} ${isMoved}` };
}

/** In the session that an agent's owners share. */
const isAtHome = ({ session, account, agent }: Standpoint): boolean =>
  session === account.routes.seats[agent.index]?.main;

function once<Value>(make: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => (known ??= { value: make() }).value;
}

function remembered<Value>(make: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}
