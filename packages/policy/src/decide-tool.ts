/** May this run call the tool, and where: one person's answer. */
import type { Decision, Obligation, RuleReference, RunIn, Step } from "./decision.ts";
import type { ToolEntry } from "./plan.ts";
import type { Run } from "./read-run.ts";
import type { Standpoint } from "./standpoint.ts";
import { toolCore } from "./tool-core.ts";
import { toolDomain, type ToolCheck, type ToolFacts } from "./tool-facts.ts";
import { tool as outcomes, type ToolOutcome } from "./tool-outcome.ts";
import { elevatedRule, refusingList, refusingSandboxList, ruleOfList, toolView } from "./tool-view.ts";

type Call = Pick<Run, "model" | "modelProvider">;

export function decideTool(at: Standpoint, tool: ToolEntry, call: Call, isElevated: boolean): Decision {
  const facts = toolView(at, tool, call, isElevated);
  const outcome = toolCore(facts);
  if (outcome === outcomes.notAdmitted) return notAdmitted(at);
  const ruleOf = (check: ToolCheck): RuleReference => ruleOfCheck(check, at, tool, call, facts);
  return {
    effect: outcome.effect,
    code: outcome.code,
    agent: at.agent.id,
    session: at.session,
    rules: [ruleOf(outcome.rule)],
    obligations: obligationsOf(outcome, at),
    trace: traceOf(outcome, facts, ruleOf),
    policy: at.plan.hash,
  };
}

/** Whoever could not have started the run is told the same as for a message; nothing is sent to them. */
function notAdmitted({ plan, agent, session, admission }: Standpoint): Decision {
  const { outcome, rules, trace } = admission;
  return {
    effect: "deny",
    code: outcome.code,
    agent: agent.id,
    session,
    rules,
    obligations: nothing,
    trace,
    policy: plan.hash,
  };
}

const nothing: readonly Obligation[] = Object.freeze([]);
const approval: Obligation = Object.freeze({ kind: "await-approval" });

function obligationsOf({ place, asks }: ToolOutcome, { agent }: Standpoint): readonly Obligation[] {
  if (place === null) return nothing;
  const { scope, workspaceAccess } = agent.sandbox;
  const access = place === "sandbox" ? workspaceAccess : place === "host" ? "rw" : "none";
  const runIn: RunIn = { kind: "run-in", place, workspaceAccess: access, scope };
  return asks ? [approval, runIn] : [runIn];
}

const order = Object.keys(toolDomain) as ToolCheck[];

function traceOf(
  { depth }: ToolOutcome,
  facts: ToolFacts,
  ruleOf: (check: ToolCheck) => RuleReference,
): readonly Step[] {
  return order.slice(0, depth).map((check) => ({ check, result: String(facts[check]), rule: ruleOf(check) }));
}

const kindRule: RuleReference = Object.freeze({ path: "built-in.kind-of-tool" });
const runRule: RuleReference = Object.freeze({ path: "built-in.kind-of-run" });
const noListRule: RuleReference = Object.freeze({ path: "tools.allow" });

/** The key that a check asked, or that would change what it found. */
function ruleOfCheck(
  check: ToolCheck,
  at: Standpoint,
  tool: ToolEntry,
  call: Call,
  facts: ToolFacts,
): RuleReference {
  const { agent, plan, profile } = at;
  switch (check) {
    case "standing":
      return at.admission.rules[0]!;
    case "profile":
      return plan.profiles.unknownRule;
    case "agent":
      return profile === null ? plan.profiles.unknownRule : profile.rules.agents;
    case "kind":
      return tool.kind === "admin" ? plan.ownerRule : kindRule;
    case "lists": {
      const list = refusingList(at, tool.name, call) ?? agent.lists[0];
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
      return elevatedRule(at, facts.elevated);
    case "asks":
      return profile === null ? plan.profiles.unknownRule : profile.rules.asks;
    case "mayUseSandbox":
    case "mayUseHost":
    case "mayUseGateway":
    default:
      return profile === null ? plan.profiles.unknownRule : profile.rules.places;
  }
}
