/**
 * Who can get to what: exactly those of whom a chain of requests is allowed that begins with their message and ends there
 * (proof/analysis.test.ts). Chains go through sub-agents where these are other agents; a sub-agent may do nothing that the
 * run above it may not, so it reaches another agent's workspace at most.
 */
import type { RuleReference } from "../decision.ts";
import type { Policy } from "../policy.ts";
import type { Request, RunKind } from "../request.ts";
import { landscapeOf } from "./landscape.ts";
import { any } from "./products.ts";
import { messageStep, reachByMessages, type MessageWay } from "./reach-messages.ts";
import { reachByRuns, type ChainWay } from "./reach-runs.ts";
import { reachTable, type Reached, type ReachRow } from "./reach-table.ts";
import { runLandscapeOf, type Origin, type RunLandscape } from "./run-bases.ts";
import type { Wanted } from "./run-items.ts";
import { runWitness } from "./run-witness.ts";
import { capabilities, type Capability, type Reach, type ReachOptions, type WitnessStep } from "./types.ts";
import { whoWhere, type Member } from "./who-where.ts";

/** @throws TypeError for a policy that `compile` did not make */
export const reach = (policy: Policy, { capability }: ReachOptions = {}): readonly Reach[] =>
  reachUnder(
    policy,
    runLandscapeOf(landscapeOf([policy])),
    capability === undefined ? new Set(capabilities) : new Set([capability]),
  );

/** `landscape`: of that policy. */
export function reachUnder(
  policy: Policy,
  landscape: RunLandscape,
  only: ReadonlySet<Capability>,
): readonly Reach[] {
  const byMessages = reachTable<MessageWay>();
  const byRuns = reachTable<ChainWay>();
  const turns = reachByMessages(landscape, byMessages);
  reachByRuns(landscape, turns, byRuns, only);
  const isMeant = ({ reached }: Pick<ReachRow<unknown>, "reached">) => only.has(reached.capability);
  const witness = (steps: readonly WitnessStep[]) => ({
    witness: steps,
    rules: distinct(steps.flatMap(({ request, state }) => policy.decide(request, state).rules)),
  });
  const found = [
    ...byMessages
      .rows()
      .filter(isMeant)
      .flatMap((row) =>
        entriesOf(landscape, row, (origin) => witness([messageStep(landscape, origin, row.ways[0]!.shape)])),
      ),
    ...byRuns
      .rows()
      .flatMap((row) =>
        entriesOf(landscape, row, (origin) => witness(stepsOf(landscape, row.reached, row.ways[0]!, origin))),
      ),
  ];
  return found.sort(inOrder);
}

function entriesOf<Way extends { readonly by: readonly string[] }>(
  landscape: RunLandscape,
  { reached, ways, origins }: ReachRow<Way>,
  witnessOf: (origin: Origin) => Pick<Reach, "witness" | "rules">,
): readonly Reach[] {
  const { capability, standing, agent, through, answer } = reached;
  const byMember = new Map<string, Origin>();
  const members = origins.map((index) => {
    const { standing, isPaired, profile } = landscape.origins[index]!;
    const member = { standing, isPaired: isPaired === null ? any : Number(isPaired), profile };
    byMember.set(keyOf(member), landscape.origins[index]!);
    return member;
  });
  return whoWhere(landscape, members).map(({ member, ...whom }) => ({
    capability,
    standing,
    agent,
    through,
    ...whom,
    needsApproval: answer.approval === true,
    place: answer.place ?? null,
    workspaceAccess: answer.workspaceAccess ?? null,
    by: ways.flatMap(({ by }) => by),
    ...witnessOf(byMember.get(keyOf(member)) ?? landscape.origins[origins[0]!]!),
  }));
}

const keyOf = ({ standing, isPaired, profile }: Member): string => `${standing} ${isPaired} ${profile}`;

function stepsOf(
  landscape: RunLandscape,
  { agent, through }: Reached,
  { way: { wanted, model }, spawn }: ChainWay,
  origin: Origin,
): readonly WitnessStep[] {
  const standing = landscape.standings[origin.standing]!;
  const profile = landscape.profiles[origin.profile]!;
  const asking = { standing, isPaired: origin.isPaired, profile, model: null };
  const message = messageStep(landscape, origin);
  const [above] = through;
  if (above === undefined || spawn === null)
    return [message, runWitness(landscape, { ...asking, agent, run: "turn", model, wanted })];
  const run: RunKind = "subagent";
  const below = runWitness(landscape, { ...asking, agent, run, model, wanted });
  const via = [{ agent: above, run: "turn" }];
  // Among agents that are treated alike, the one that the chain goes on with.
  const made = { ...spawn.wanted, agents: [agent] } as Wanted;
  return [
    message,
    runWitness(landscape, { ...asking, agent: above, run: "turn", model: spawn.model, wanted: made }),
    { request: { ...below.request, via } as Request, state: below.state },
  ];
}

function distinct(rules: readonly RuleReference[]): readonly RuleReference[] {
  return [...new Map(rules.map((rule) => [rule.path, rule])).values()];
}

function inOrder(a: Reach, b: Reach): number {
  const rank = capabilities.indexOf(a.capability) - capabilities.indexOf(b.capability);
  return rank || Number(a.needsApproval) - Number(b.needsApproval) || compare(textOf(a), textOf(b));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const textOf = ({ agent, through, who, where }: Reach): string =>
  [agent, through.join(), who.join(), where.join()].join("\n");
