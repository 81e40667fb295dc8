/** Everything that a run of one agent can ask for, each thing that the policies treat alike once. */
import { sessionTools } from "../decide-session.ts";
import type { AgentPlan, Plan } from "../plan.ts";
import type { RunKind, SessionRequest } from "../request.ts";
import { freshName, sorted } from "./named-ids.ts";
import type { RunLandscape } from "./run-bases.ts";
import type { TargetClass } from "./targets.ts";

export const runKinds = ["turn", "subagent", "cron", "hook"] as const satisfies readonly RunKind[];

/** What is asked for; the tool is what lists must let through. */
export type Wanted =
  | { readonly action: "tool"; readonly tool: string; readonly isElevated: boolean }
  /** `target` null: the chat that the run answers, on this network. */
  | {
      readonly action: "send";
      readonly tool: string;
      readonly network: string;
      readonly target: TargetClass | null;
    }
  | {
      readonly action: "session";
      readonly tool: string;
      readonly operation: "list" | "read" | "send";
      readonly whose: Whose;
      /** The state says that the run spawned it. */
      readonly isSpawned: boolean;
      /** Of `other-agent`. */
      readonly agents: readonly string[];
    }
  | {
      readonly action: "session";
      readonly tool: string;
      readonly operation: "spawn";
      readonly agents: readonly string[];
    };

/** `own-before` and `own-after`: the session that is the run's own under one of two policies alone. */
export type Whose = "own" | "own-before" | "own-after" | "same-agent" | "other-agent";

/** `provider/model` as a request names it; null: any, or where the rules of all models are to hold. */
export interface ModelClass {
  readonly model: string | null;
  readonly text: string;
}

export const operations = ["list", "read", "send"] as const satisfies readonly SessionRequest["operation"][];

/** What every agent's runs can ask for, but other agents. */
export function commonWants(
  { plans, tools }: Pick<RunLandscape, "plans" | "tools">,
  targets: readonly TargetClass[],
): readonly Wanted[] {
  const entries = plans.flatMap((plan) => [...plan.tools.values()]);
  const executing = new Set(entries.filter(({ kind }) => kind === "exec").map(({ name }) => name));
  const networks = sorted(plans.flatMap((plan) => [...plan.networks.keys()]));
  // A session that the run spawned is that before it is anybody else's, and its own before that.
  const sessionTargets = [
    { whose: "own", isSpawned: false },
    { whose: "own-before", isSpawned: false },
    { whose: "own-before", isSpawned: true },
    { whose: "own-after", isSpawned: false },
    { whose: "own-after", isSpawned: true },
    { whose: "same-agent", isSpawned: false },
    { whose: "same-agent", isSpawned: true },
  ] as const;
  return [
    ...tools.map((tool) => ({ action: "tool", tool, isElevated: false }) as const),
    ...tools
      .filter((tool) => executing.has(tool))
      .map((tool) => ({ action: "tool", tool, isElevated: true }) as const),
    ...networks.map((network) => ({ action: "send", tool: network, network, target: null }) as const),
    ...targets.map(
      (target) => ({ action: "send", tool: target.network, network: target.network, target }) as const,
    ),
    ...operations.flatMap((operation) =>
      sessionTargets.map(
        (target) =>
          ({ action: "session", tool: sessionTools[operation], operation, ...target, agents: [] }) as const,
      ),
    ),
  ];
}

/** What runs of this agent can ask of other agents, and of its own kind. */
export function agentWants(
  { plans, agents }: Pick<RunLandscape, "plans" | "agents">,
  agent: string,
): readonly Wanted[] {
  const others = agents.filter((id) => id !== agent);
  const reached = alike(others, (other) =>
    plans.map((plan) => [plan.agents.get(agent)?.reaches.has(other), ...grants(plan, other)]),
  );
  const spawned = alike(agents, (other) =>
    plans.map((plan) => {
      const target = plan.agents.get(other);
      const sandbox = target && [target.sandbox.mode, target.sandbox.workspaceAccess];
      return [plan.agents.get(agent)?.spawns.has(other), sandbox, ...grants(plan, other)];
    }),
  );
  return [
    ...operations.flatMap((operation) =>
      reached.map(
        (group) =>
          ({
            action: "session",
            tool: sessionTools[operation],
            operation,
            whose: "other-agent",
            isSpawned: false,
            agents: group,
          }) as const,
      ),
    ),
    ...spawned.map(
      (group) =>
        ({ action: "session", tool: sessionTools.spawn, operation: "spawn", agents: group }) as const,
    ),
  ];
}

const grants = ({ profiles }: Plan, agent: string): readonly boolean[] =>
  [...profiles.byName.values()].map(({ agents }) => agents === null || agents.has(agent));

function alike(ids: readonly string[], key: (id: string) => unknown): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const name = JSON.stringify(key(id));
    groups.set(name, [...(groups.get(name) ?? []), id]);
  }
  return [...groups.values()];
}

/** The models that `tools.byProvider` of the agent tells apart; the first stands for a request that names none. */
export function modelClasses(agents: readonly (AgentPlan | undefined)[]): readonly ModelClass[] {
  const keys = sorted(agents.flatMap((agent) => [...(agent?.byModel.keys() ?? [])]));
  const none = { model: null, text: "no model named" };
  if (keys.length === 0) return [none];
  const fresh = freshName("other", (name) => keys.some((key) => key.startsWith(name)));
  return [
    none,
    ...keys.map((key) =>
      key.includes("/")
        ? { model: key, text: key }
        : { model: `${key}/${fresh}`, text: `any other model of ${key}` },
    ),
    { model: `${fresh}/${fresh}`, text: "any other model" },
  ];
}

/** Where both policies have one session for the sender, that is the one question; else there are two. */
export function isAsked(wanted: Wanted, isMoved: boolean): boolean {
  if (wanted.action !== "session" || wanted.operation === "spawn") return true;
  if (wanted.whose === "own") return !isMoved;
  return isMoved || (wanted.whose !== "own-before" && wanted.whose !== "own-after");
}
