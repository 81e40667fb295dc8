/**
 * Asks the tool core once for each combination that a tool of an agent meets; equal questions share one verdict.
 * INVARIANT: what is remembered depends on nothing but the plan and what `keyOf` counts, and
 * what differs in that has two numbers (proof/call-key.test.ts). The keys of the chat, and of a
 * list beyond the agent's own, are put into each decision.
 */
import type { Obligation, RuleReference, RunIn, Step } from "./decision.ts";
import type { AgentPlan, ToolEntry, ToolList } from "./plan.ts";
import type { Run } from "./read-run.ts";
import { toolCore } from "./tool-core.ts";
import { toolChecks, type ToolCheck, type ToolFacts } from "./tool-facts.ts";
import type { ToolOutcome } from "./tool-outcome.ts";
import {
  elevatedRule,
  refusingOfAgent,
  refusingSandboxList,
  ruleOfList,
  toolView,
  type Ground,
} from "./tool-view.ts";

type Call = Pick<Run, "model" | "modelProvider">;

/** The answer of `toolCore` in the words of one agent, tool, profile and network. */
export interface ToolVerdict {
  readonly outcome: ToolOutcome;
  readonly rules: readonly RuleReference[];
  readonly obligations: readonly Obligation[];
  /** The first of the agent's own lists that refuses; null: none, or one beyond them. */
  readonly own: ToolList | null;
  /** The checks, for the chat that was asked about first. In another one, another key gives the standing. */
  readonly trace: readonly Step[];
  /** The same, not frozen: a frozen list takes many times as long to copy. */
  readonly steps: readonly Step[];
  readonly standing: Step;
}

/** What one plan has already been asked. It belongs to that plan alone: one that says anything else needs its own. */
export type Memory = Map<number, ToolVerdict>;

/** Far above what chats ever need; beyond it, answers are made anew. */
const most = 65_536;

/** `isRefused`: a list beyond the agent's own does not let the tool through. */
export function toolVerdictOf(
  ground: Ground,
  tool: ToolEntry,
  call: Call,
  standing: Step,
  isRefused: boolean,
  isElevated: boolean,
  memory: Memory | null,
): ToolVerdict {
  // Gates of elevated mode know people by their ids, and models are as many as people name: nothing of it is remembered.
  if (memory === null || isElevated || call.modelProvider !== null)
    return judge(ground, tool, call, standing, isElevated);
  const key = keyOf(ground, tool, isRefused);
  const known = memory.get(key);
  if (known !== undefined) return known;
  const verdict = judge(ground, tool, call, standing, false);
  if (memory.size < most) memory.set(key, verdict);
  return verdict;
}

/** There are 32 for each agent, tool, profile and network; the network's key of elevated mode is in the trace. */
export function keyOf(
  { plan, account, agent, profile, standing, run, scope }: Ground,
  tool: ToolEntry,
  isRefused: boolean,
): number {
  const what = agent.index * plan.tools.size + tool.index;
  const at = what * plan.networks.size + account.networkIndex;
  const whose = at * (plan.profiles.byName.size + 1) + (profile === null ? 0 : profile.index + 1);
  const rank = standing === "owner" ? 3 : standing === "listed" ? 2 : standing === "stranger" ? 1 : 0;
  const where = (run === "turn" ? 2 : 0) + (scope.chat === "group" ? 1 : 0);
  return ((whose * 4 + rank) * 4 + where) * 2 + (isRefused ? 1 : 0);
}

function judge(
  ground: Ground,
  tool: ToolEntry,
  call: Call,
  standing: Step,
  isElevated: boolean,
): ToolVerdict {
  const facts = toolView(ground, tool, call, isElevated);
  const outcome = toolCore(facts);
  const own = refusingOfAgent(ground.agent, tool.name, call);
  const ruleOf = (check: ToolCheck): RuleReference => ruleOfCheck(check, ground, tool, own, facts);
  const steps = toolChecks.slice(0, outcome.depth).map((check): Step => {
    if (check === "standing") return standing;
    return Object.freeze({ check, result: String(facts[check]), rule: ruleOf(check) });
  });
  const rules = Object.freeze([ruleOf(outcome.rule)]);
  const obligations = obligationsOf(outcome, ground.agent);
  return { outcome, rules, obligations, own, trace: Object.freeze(steps.slice()), steps, standing };
}

export const nothing: readonly Obligation[] = Object.freeze([]);
const approval: Obligation = Object.freeze({ kind: "await-approval" });

function obligationsOf({ place, asks }: ToolOutcome, { sandbox }: AgentPlan): readonly Obligation[] {
  if (place === null) return nothing;
  const { scope } = sandbox;
  const workspaceAccess = place === "sandbox" ? sandbox.workspaceAccess : place === "host" ? "rw" : "none";
  const runIn: RunIn = Object.freeze({ kind: "run-in", place, workspaceAccess, scope });
  return Object.freeze(asks ? [approval, runIn] : [runIn]);
}

const kindRule: RuleReference = Object.freeze({ path: "built-in.kind-of-tool" });
const runRule: RuleReference = Object.freeze({ path: "built-in.kind-of-run" });
const noListRule: RuleReference = Object.freeze({ path: "tools.allow" });

/** The key that a check asked, or that would change what it found. `own`: the agent's own list that refuses. */
function ruleOfCheck(
  check: ToolCheck,
  ground: Ground,
  tool: ToolEntry,
  own: ToolList | null,
  facts: ToolFacts,
): RuleReference {
  const { agent, plan, profile } = ground;
  const { unknownRule } = plan.profiles;
  switch (check) {
    case "standing":
    case "profile":
      return unknownRule;
    case "agent":
      return profile === null ? unknownRule : profile.rules.agents;
    case "kind":
      return tool.kind === "admin" ? plan.ownerRule : kindRule;
    case "lists": {
      const list = own ?? agent.lists[0];
      return list === undefined ? noListRule : ruleOfList(list, tool.name);
    }
    case "run":
    case "isMain":
      return runRule;
    case "mode":
      return agent.sandbox.rules.mode;
    case "sandboxLists":
    case "isNamed": {
      const list = refusingSandboxList(agent, tool.name);
      return list === null ? agent.sandbox.rules.mode : ruleOfList(list, tool.name);
    }
    case "workspaceAccess":
      return agent.sandbox.rules.workspaceAccess;
    case "elevated":
      return elevatedRule(ground, facts.elevated);
    case "asks":
      return profile === null ? unknownRule : profile.rules.asks;
    case "mayUseSandbox":
    case "mayUseHost":
    case "mayUseGateway":
    default:
      return profile === null ? unknownRule : profile.rules.places;
  }
}
