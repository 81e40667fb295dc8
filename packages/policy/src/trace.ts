/** The checks that were enough to decide, in order. Steps are made once for each scope and shared by its decisions. */
import type { RuleReference, Step } from "./decision.ts";
import {
  directDomain,
  groupDomain,
  operatorDomain,
  unreachedDomain,
  type Check,
  type DirectFacts,
  type Facts,
  type GroupFacts,
  type OperatorFacts,
} from "./facts.ts";
import type { Outcome } from "./outcome.ts";
import type { DirectScope, GroupScope, Scope, ScopeMemo } from "./plan.ts";

type StepTable = Record<Check, Record<string, Step>>;

/** `finer`: the key that decided, where the deciding check asks one of several. */
export function trace(
  scope: Scope,
  facts: Facts,
  { depth, rules }: Outcome,
  finer: RuleReference | null,
): readonly Step[] {
  const steps = stepsOf(scope);
  const all = stepsFor(steps, facts);
  const asked = depth < all.length ? all.slice(0, depth) : all;
  if (finer === null) return asked;
  return asked.map((step) => (step.check === rules[0] ? { ...step, rule: finer } : step));
}

function stepsFor(steps: StepTable, facts: Facts): Step[] {
  switch (facts.chat) {
    case "dm":
      return directSteps(steps, facts);
    case "group":
      return groupSteps(steps, facts);
    case "operator":
      return operatorSteps(steps, facts);
    case "unreached":
    default:
      return [steps.sender[facts.sender]!, steps.account[facts.account]!];
  }
}

const operatorSteps = (steps: StepTable, facts: OperatorFacts): Step[] => [
  steps.sender[facts.sender]!,
  steps.account[facts.account]!,
  steps.event[facts.event]!,
  steps.command[facts.command]!,
];

/** Spelled out in the order of the domain, because a loop over the names costs more than all the rest. */
function directSteps(steps: StepTable, facts: DirectFacts): Step[] {
  return [
    steps.sender[facts.sender]!,
    steps.account[facts.account]!,
    steps.dmPolicy[facts.dmPolicy]!,
    steps.allowFrom[facts.allowFrom]!,
    facts.isPaired ? steps.isPaired["true"]! : steps.isPaired["false"]!,
    steps.event[facts.event]!,
    facts.isOwner ? steps.isOwner["true"]! : steps.isOwner["false"]!,
    steps.command[facts.command]!,
  ];
}

function groupSteps(steps: StepTable, facts: GroupFacts): Step[] {
  return [
    steps.sender[facts.sender]!,
    steps.account[facts.account]!,
    steps.groupPolicy[facts.groupPolicy]!,
    steps.room[facts.room]!,
    steps.roomList[facts.roomList]!,
    steps.groupList[facts.groupList]!,
    steps.fallbackList[facts.fallbackList]!,
    facts.isOwner ? steps.isOwner["true"]! : steps.isOwner["false"]!,
    steps.command[facts.command]!,
    steps.event[facts.event]!,
    steps.requireMention[facts.requireMention]!,
    steps.activation[facts.activation]!,
    steps.mention[facts.mention]!,
    facts.mentionsOthers ? steps.mentionsOthers["true"]! : steps.mentionsOthers["false"]!,
  ];
}

const domains = { dm: directDomain, group: groupDomain, operator: operatorDomain } as const;
export const emptyMemo = (): ScopeMemo => ({ steps: null, rules: new Map() });

function stepsOf(scope: Scope): StepTable {
  return (scope.memo.steps ??= makeSteps(scope)) as StepTable;
}

function makeSteps(scope: Scope): StepTable {
  const table: Record<string, Record<string, Step>> = {};
  for (const [check, words] of Object.entries({ ...domains[scope.chat], ...unreachedDomain })) {
    if (check === "chat") continue;
    const rule = (scope.rules as DirectScope["rules"] & GroupScope["rules"])[check as Check];
    const row: Record<string, Step> = (table[check] = {});
    for (const word of words) row[String(word)] = Object.freeze({ check, result: String(word), rule });
  }
  return table as StepTable;
}
