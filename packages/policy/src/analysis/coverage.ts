/**
 * Which rules decide anything: for each rule of a policy a request that it decides, if there is one at all. Every class of
 * requests is asked, so a rule without a witness never decides, whoever asks (proof/analysis.test.ts).
 */
import { sessionTools } from "../decide-session.ts";
import type { Plan } from "../plan.ts";
import type { Policy } from "../policy.ts";
import type { Request, StateFacts } from "../request.ts";
import { refusingList } from "../tool-view.ts";
import { freshName } from "./named-ids.ts";
import { landscapeOf, messageFrom, originOf, pairings, stateOf } from "./landscape.ts";
import {
  activations,
  commandClasses,
  events,
  mentions,
  shapedRequest,
  type Shape,
} from "./message-shapes.ts";
import { rulesIn } from "./plan-rules.ts";
import { runLandscapeOf, type Origin, type RunLandscape } from "./run-bases.ts";
import {
  agentWants,
  commonWants,
  isAsked,
  modelClasses,
  operations,
  runKinds,
  type ModelClass,
  type Wanted,
} from "./run-items.ts";
import { runWitness } from "./run-witness.ts";
import { isOnlyHere, targetsOf, type TargetClass } from "./targets.ts";
import type { RuleCoverage, WitnessStep } from "./types.ts";

/** In the order of their keys. @throws TypeError for a policy that `compile` did not make */
export function coverage(policy: Policy): readonly RuleCoverage[] {
  const landscape = runLandscapeOf(landscapeOf([policy]));
  const [plan] = landscape.plans as readonly [Plan];
  const witnesses = new Map<string, WitnessStep>();
  const rules = new Map(rulesIn(plan));
  const ask = (request: Request, state: StateFacts): void => {
    for (const rule of policy.decide(request, state).rules) {
      if (!witnesses.has(rule.path)) witnesses.set(rule.path, { request, state });
      if (!rules.has(rule.path)) rules.set(rule.path, rule);
    }
  };
  askUnknown(landscape, plan, ask);
  askMessages(landscape, ask);
  askRuns(landscape, plan, (request, state) => policy.decide(request, state), ask);
  askRooms(landscape, plan, ask);
  return [...rules]
    .map(([path, rule]) => ({ rule, witness: witnesses.get(path) ?? null }))
    .sort((a, b) => (a.rule.path < b.rule.path ? -1 : 1));
}

type Ask = (request: Request, state: StateFacts) => void;

/** What is in no config: networks, accounts, agents, tools, and what is no request at all. */
function askUnknown({ standings, spots, agents, tools }: RunLandscape, plan: Plan, ask: Ask): void {
  const unknown = (names: Iterable<string>) => {
    const taken = new Set(names);
    return freshName("unknown", (name) => taken.has(name));
  };
  ask({ action: "message" } as unknown as Request, {});
  for (const standing of standings) {
    const origin = originOf(standing);
    ask({ action: "tool", ...origin, agent: unknown(agents), tool: tools[0]! }, {});
    ask({ action: "tool", ...origin, agent: agents[0]!, tool: unknown(plan.tools.keys()) }, {});
  }
  const [somebody] = standings;
  if (somebody === undefined) return;
  const message = messageFrom(somebody);
  ask({ ...message, provider: unknown(plan.networks.keys()) }, {});
  for (const { id, accounts } of plan.networks.values()) {
    const account = unknown(accounts.keys());
    ask({ ...message, provider: id, account }, {});
    // A sending there, by everybody who may send at all.
    const spot = spots.all.find(({ network }) => network === id)!;
    for (const standing of standings)
      for (const agent of agents)
        ask(
          { action: "send", ...originOf(standing), agent, to: { provider: id, account, chat: spot.chat } },
          {},
        );
  }
}

function askMessages(landscape: RunLandscape, ask: Ask): void {
  const commands = commandClasses(landscape.plans);
  const shapes: readonly Shape[] = events.flatMap((event) =>
    mentions.flatMap((mention) =>
      [false, true].flatMap((mentionsOthers) =>
        commands.map((command) => ({ event, mention, mentionsOthers, command })),
      ),
    ),
  );
  // Budgets are those of profiles, and mentions are waited for in rooms alone.
  const hasBudget = landscape.plans.some(({ profiles }) =>
    [...profiles.byName.values()].some(({ budget }) => budget !== null),
  );
  for (const standing of landscape.standings) {
    const message = messageFrom(standing);
    const { sender, chat } = message;
    const isDirect = chat.kind === "dm";
    for (const odd of [{ isSelf: true }, { isBot: true }])
      ask({ ...message, sender: { ...sender, ...odd } }, {});
    ask({ ...message, sender: { id: null } }, {});
    for (const shape of shapes) {
      const request = shapedRequest(message, shape);
      for (const isPaired of pairings(standing))
        for (const profile of landscape.profiles)
          for (const isWithinBudget of hasBudget ? [false, true] : [false])
            for (const activation of isDirect ? activations.slice(0, 1) : activations)
              ask(request, { ...stateOf(isPaired, profile), isWithinBudget, activation });
    }
  }
}

/** Every base where a place lets the tool through, so that the rules beyond the place are asked. */
function askRuns(landscape: RunLandscape, plan: Plan, decide: Policy["decide"], ask: Ask): void {
  const { standings, profiles, origins, bases, agents, passes, tools } = landscape;
  const common = commonWants(landscape, targetsOf(landscape));
  const byBase: Origin[][] = bases.map(() => []);
  for (const origin of origins) byBase[origin.base]!.push(origin);
  // The rule that turns somebody away is the place's own, so each of them is asked once for themselves.
  for (const { standing, isPaired, profile } of origins)
    ask(
      { action: "tool", ...originOf(standings[standing]!), agent: agents[0]!, tool: tools[0]! },
      stateOf(isPaired, profiles[profile]!),
    );
  for (const agent of agents) {
    const wants = [
      ...common,
      ...agentWants(landscape, agent),
      ...unknownWants(agents),
      ...elevatedWants(tools),
    ];
    const models = modelClasses([plan.agents.get(agent)]);
    for (const wanted of wants) {
      const place = tools.indexOf(plan.tools.get(wanted.tool)?.name ?? "");
      for (const [base, { isMoved }] of bases.entries()) {
        if (!isAsked(wanted, isMoved)) continue;
        const isMeant = ({ standing }: Origin) =>
          passes[standing]![0]![place] !== "0" && isElsewhere(wanted, landscape, standing);
        for (const origin of onePerRules(byBase[base]!.filter(isMeant), landscape))
          askAs(origin, agent, models, wanted);
      }
    }
  }

  // Each chat has rules of its own, so whoever may ask about one of a class asks about all of them.
  for (const target of targetsOf(landscape))
    for (const members of byBase) {
      const asker = firstSender(members, target);
      if (asker === null) continue;
      for (const { to, isPaired: isTargetPaired } of target.chats)
        ask({ ...asker.request, to } as Request, { ...asker.state, isTargetPaired });
    }

  /** Somebody of the base about whose sending the other chat decides. */
  function firstSender(members: readonly Origin[], target: TargetClass): WitnessStep | null {
    const wanted: Wanted = { action: "send", tool: target.network, network: target.network, target };
    const place = tools.indexOf(plan.tools.get(wanted.tool)?.name ?? "");
    for (const { standing, isPaired, profile } of members) {
      if (passes[standing]![0]![place] === "0" || !isElsewhere(wanted, landscape, standing)) continue;
      for (const agent of agents)
        for (const { model } of modelClasses([plan.agents.get(agent)])) {
          const who = { standing: standings[standing]!, isPaired, profile: profiles[profile]! };
          const step = runWitness(landscape, { ...who, agent, run: "turn", model, wanted });
          const { code } = decide(step.request, step.state);
          if (code === "send-allowed" || code === "recipient-not-accepted") return step;
        }
    }
    return null;
  }

  function askAs(
    { standing, isPaired, profile }: Origin,
    agent: string,
    models: readonly ModelClass[],
    wanted: Wanted,
  ) {
    for (const { model } of models)
      for (const run of runKinds) {
        const asking = {
          standing: standings[standing]!,
          isPaired,
          profile: profiles[profile]!,
          agent,
          run,
          model,
          wanted,
        };
        const { request, state } = runWitness(landscape, asking);
        ask(request, state);
      }
  }
}

/** An agent that there is not: its sessions, and a spawn of it. */
function unknownWants(agents: readonly string[]): readonly Wanted[] {
  const names = [freshName("unknown", (name) => agents.includes(name))];
  const session = { action: "session", agents: names } as const;
  return [
    { ...session, tool: sessionTools.spawn, operation: "spawn" },
    ...operations.map(
      (operation) =>
        ({
          ...session,
          tool: sessionTools[operation],
          operation,
          whose: "other-agent",
          isSpawned: false,
        }) as const,
    ),
  ];
}

/** Any tool can be asked for on the host; the gates say why not. */
const elevatedWants = (tools: readonly string[]): readonly Wanted[] =>
  tools.map((tool) => ({ action: "tool", tool, isElevated: true }));

/** Profiles have keys of their own, and so have the lists of elevated mode for each network. */
function onePerRules(origins: readonly Origin[], { standings }: RunLandscape): readonly Origin[] {
  const keyOf = ({ held: [held], standing }: Origin) => `${held} ${standings[standing]!.spot.network}`;
  return [...new Map(origins.map((origin) => [keyOf(origin), origin] as const)).values()];
}

function isElsewhere(wanted: Wanted, { standings }: RunLandscape, standing: number): boolean {
  if (wanted.action !== "send") return true;
  const who = standings[standing]!;
  return wanted.target === null ? who.spot.network === wanted.network : !isOnlyHere(wanted.target, who);
}

/** Every tool that a place refuses, as an agent whose own lists do not refuse it before. */
function askRooms(landscape: RunLandscape, plan: Plan, ask: Ask): void {
  const { standings, profiles, origins, passes, tools, bases } = landscape;
  const agents = [...plan.agents.values()];
  const known = new Map<string, readonly { readonly agent: string; readonly model: string | null }[]>();
  const letThrough = (tool: string) => {
    const found =
      known.get(tool) ??
      agents.flatMap((agent) =>
        modelClasses([agent]).flatMap(({ model }) => {
          const [modelProvider = null] = model === null ? [] : model.split("/");
          const side = bases.find(({ sides: [each] }) => each)?.sides[0];
          if (!side) return [];
          const ground = { ...side, agent, profile: null, run: "turn" } as const;
          return refusingList(ground, tool, { model, modelProvider }) === null
            ? [{ agent: agent.id, model }]
            : [];
        }),
      );
    known.set(tool, found);
    return found;
  };
  for (const { standing, isPaired, profile, held } of origins) {
    if (held[0] === null) continue;
    for (const [place, tool] of tools.entries()) {
      if (passes[standing]![0]![place] !== "0") continue;
      for (const { agent, model } of letThrough(tool))
        ask(
          {
            action: "tool",
            ...originOf(standings[standing]!),
            agent,
            tool,
            ...(model !== null && { model }),
          },
          stateOf(isPaired, profiles[profile]!),
        );
    }
  }
}
