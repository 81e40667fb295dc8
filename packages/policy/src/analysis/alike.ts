/**
 * Whether two readings of a policy answer everything alike: the same sender under other rules of a place, one sender beside
 * another, or under another set of routes.
 */
import type { Plan } from "../plan.ts";
import type { Question } from "../read-message.ts";
import { standpointOf } from "../standpoint.ts";
import { factsKey } from "../view.ts";
import { isSameAnswer } from "./answer.ts";
import { stateOf, type Landscape } from "./landscape.ts";
import { isAnsweredAlike } from "./message-changes.ts";
import { deskOf, wordsOf } from "./message-answers.ts";
import { sorted } from "./named-ids.ts";
import { runAnswer, runnerOf, type Runner } from "./run-answers.ts";
import { passesOf, runLandscapeOf, withoutTools, type Origin, type RunLandscape } from "./run-bases.ts";
import { agentWants, commonWants, modelClasses, runKinds, type Wanted } from "./run-items.ts";
import { pairOf, runPairs, type RunPair } from "./run-pairs.ts";
import type { SpotSide } from "./spots.ts";
import { isOnlyHere, targetsOf, type TargetClass } from "./targets.ts";

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
  const everyone = once(() => {
    const runs = runLandscapeOf(landscape);
    const origins: Origin[][] = runs.bases.map(() => []);
    for (const origin of runs.origins) origins[origin.base]!.push(origin);
    return { runs, origins };
  });
  const answered = new Map<string, boolean>();
  const isSameForRuns = runPairs(plan, tools, agents, wantsOf);

  const passesAt = (readings: readonly [Reading, Reading]) =>
    readings.map(({ side, origin }) => passesOf(side, origin.senderId ?? "", tools)) as [string, string];

  /** Who the sender is there, in every state of approval; the second as what the first is, where they only differ in tools. */
  function pairsOf(readings: readonly [Reading, Reading]): readonly RunPair[] {
    const [{ question }] = readings;
    return (question.kind === "dm" ? [false, true] : [null]).flatMap((isPaired) =>
      landscape.profiles.map((profile) => {
        const sides = readings.map(({ side, origin }) => {
          const at = standpointOf(side.plan, origin, stateOf(isPaired, profile), agent, "turn");
          return "effect" in at || at.standing === "refused" ? null : withoutTools(at);
        });
        const [{ side, elevated }, other] = readings;
        return pairOf(sides, side.account.network, [elevated, other.elevated]);
      }),
    );
  }
  const pairsThere = new Map<string, readonly RunPair[]>();

  /** The bases whose runs may write to a chat of the one word and not to one of the other. */
  const sendingBases = remembered((key: string) => {
    const { network, words } = JSON.parse(key) as Pick<TargetClass, "network" | "words">;
    const target: TargetClass = { network, words, chats: [], isSame: false };
    const wanted: Wanted = { action: "send", tool: network, network, target };
    const { bases } = everyone().runs;
    const isSame = (runner: Runner) =>
      isSameAnswer(runAnswer(runner, wanted), runAnswer({ ...runner, side: 1 }, wanted));
    return [...bases.keys()].filter((index) =>
      agents.some((id) =>
        modelClasses([plan.agents.get(id)]).some(({ model }) =>
          runKinds.some((run) => {
            const runner = runnerOf(bases[index]!, 0, plan.agents.get(id), run, model);
            return runner !== null && !isSame(runner);
          }),
        ),
      ),
    );
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
    isSentDifferently,
    messages: (a, b) =>
      isReadAlike(a, b) ||
      isAnsweredAlike(landscape, [deskOf(a.side, a.question), deskOf(b.side, b.question)], answered),
    runs(a, b) {
      const passes = passesAt([a, b]);
      if (passes[0] === passes[1] && a.elevated === b.elevated && isReadAlike(a, b)) return true;
      return pairsOf([a, b]).every((pair) => isSameForRuns(pair, passes));
    },
    passes(a, b) {
      const passes = passesAt([a, b]);
      if (passes[0] === passes[1]) return true;
      const { provider, account, senderId, chatId, parent, thread, guild } = a.origin;
      const key = JSON.stringify([provider, account, senderId, chatId, parent, thread, guild]);
      const pairs = pairsThere.get(key) ?? pairsOf([a, a]);
      pairsThere.set(key, pairs);
      return pairs.every((pair) => isSameForRuns(pair, passes));
    },
  };
}

/** One sender in one chat, under two rules that come to the same facts, whatever the message looks like. */
function isReadAlike(a: Reading, b: Reading): boolean {
  if (a.question !== b.question || a.side.plan !== b.side.plan || a.side.account !== b.side.account)
    return false;
  const { account } = a.side;
  const key = ({ scope }: SpotSide) => factsKey(account, scope, a.question, {});
  return wordsOf(a.side.scope) === wordsOf(b.side.scope) && key(a.side) === key(b.side);
}

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
