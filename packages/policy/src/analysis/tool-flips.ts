/** What would let a tool through, and have it run elsewhere: lists, the sandbox, the gates of elevated mode. */
import type { RuleReference } from "../decision.ts";
import type { AgentPlan, ElevatedGate, Plan, SandboxPlan, ToolEntry, ToolList } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { Run } from "../read-run.ts";
import type { StateFacts } from "../request.ts";
import type { Standpoint } from "../standpoint.ts";
import { worksInSandbox } from "../tool-core.ts";
import { elevatedRule, toolView } from "../tool-view.ts";
import { appliedLists, lacks, refuses, sandboxLists } from "./applied-lists.ts";
import { withAgents, withMended, type World } from "./changed-plan.ts";
import type { Flip } from "./remedy-search.ts";

type ToolWorld = World<StateFacts>;
type Call = Pick<Run, "model" | "modelProvider">;

export function changing(text: string, rule: RuleReference, change: (plan: Plan) => Plan): Flip<ToolWorld> {
  return { changes: [{ text, rule }], apply: ({ plan, state }) => ({ plan: change(plan), state }) };
}

/** Every list that refuses the tool, all in one: to change some of them would help nobody. */
export function listFlips(
  standpoints: readonly Standpoint[],
  { name }: ToolEntry,
  call: Call,
): readonly Flip<ToolWorld>[] {
  const [first] = standpoints;
  if (first === undefined) return [];
  const all = standpoints.flatMap((at) => [...appliedLists(at, call)]);
  return [
    ...mending(all, name, first.origin),
    ...mending(standpoints.flatMap(sandboxLists), name, first.origin),
  ];
}

function mending(lists: readonly ToolList[], tool: string, origin: Question): readonly Flip<ToolWorld>[] {
  const refusing = new Set(lists.filter((list) => refuses(list, tool)));
  if (refusing.size === 0) return [];
  return [
    {
      changes: [...refusing].flatMap((list) => changesOf(list, tool)),
      apply: ({ plan, state }) => ({ plan: withMended(plan, refusing, tool, origin), state }),
    },
  ];
}

/** The lists for sandboxed sessions that no key sets: to write one is to replace it. */
const unwritten = "tools.sandbox.tools";

function changesOf(list: ToolList, tool: string): Flip<ToolWorld>["changes"] {
  const { allowRule, denyRule } = list;
  const allowing = allowRule.path.endsWith(".profile")
    ? `${allowRule.path.slice(0, -".profile".length)}.alsoAllow named ${tool}`
    : `${allowRule.path === unwritten ? `${unwritten}.allow` : allowRule.path} named ${tool}`;
  const denying = `${denyRule.path === unwritten ? `${unwritten}.deny` : denyRule.path} did not name ${tool}`;
  return [
    ...(list.deny.has(tool) ? [{ text: denying, rule: denyRule }] : []),
    ...(lacks(list, tool) ? [{ text: allowing, rule: allowRule }] : []),
  ];
}

/** Another word for all agents that take it from the same key. */
export function sandboxFlip<Key extends "mode" | "workspaceAccess" | "visibility">(
  { sandbox }: AgentPlan,
  key: Key,
  word: SandboxPlan[Key],
): Flip<ToolWorld> {
  const rule = sandbox.rules[key];
  return changing(`${rule.path} were "${word}"`, rule, (plan) =>
    withAgents(plan, (agent) =>
      agent.sandbox.rules[key].path === rule.path
        ? { ...agent, sandbox: { ...agent.sandbox, [key]: word } }
        : agent,
    ),
  );
}

/** Into the sandbox or out of it, by the word that takes along the fewest. */
export function placeFlips({ agent, standing, scope, run }: Standpoint): readonly Flip<ToolWorld>[] {
  const session = {
    run: run === "turn" ? "turn" : "derived",
    isMain: standing === "owner" && scope.chat !== "group",
  } as const;
  const isSandboxed = worksInSandbox({ mode: agent.sandbox.mode, ...session });
  const modes = ["non-main", "all", "off"] as const;
  const other = modes.find((mode) => worksInSandbox({ mode, ...session }) !== isSandboxed);
  return [
    ...(other === undefined ? [] : [sandboxFlip(agent, "mode", other)]),
    ...(agent.sandbox.workspaceAccess === "ro" ? [sandboxFlip(agent, "workspaceAccess", "rw")] : []),
  ];
}

export function elevatedFlips(at: Standpoint, tool: ToolEntry, call: Call): readonly Flip<ToolWorld>[] {
  const word = toolView(at, tool, call, true).elevated;
  const rule = elevatedRule(at, word);
  const { network } = at.account;
  const open = ({ lists, ...gate }: ElevatedGate): ElevatedGate =>
    word === "off" || word === "off-for-agent"
      ? { ...gate, lists, isOn: true }
      : { ...gate, lists: listing(lists, network, at.senderId, rule) };
  const isOff = word === "off" || word === "off-for-agent";
  const text = isOff ? `${rule.path} were true` : `${network}:${at.senderId} were listed in ${rule.path}`;
  const isGlobal = word === "off" || word === "unlisted";
  if (word === "open" || word === "no") return [];
  return [
    changing(text, rule, (plan) =>
      withAgents(plan, (agent) => {
        const { global, own } = agent.elevated;
        if (isGlobal) return { ...agent, elevated: { global: open(global), own } };
        return agent.id === at.agent.id ? { ...agent, elevated: { global, own: open(own) } } : agent;
      }),
    ),
  ];
}

function listing(
  lists: ElevatedGate["lists"],
  network: string,
  id: string,
  rule: RuleReference,
): NonNullable<ElevatedGate["lists"]> {
  const known = lists?.get(network);
  return new Map(lists).set(network, {
    ids: new Set([...(known?.ids ?? []), id]),
    rule: known?.rule ?? rule,
  });
}
