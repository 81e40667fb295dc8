/** Grants that give nobody anything, and questions that nobody is ever asked: in profiles of rights, and agents to be spawned. */
import type { Compilation } from "../compilation.ts";
import { compileAgents } from "../compile-agents.ts";
import { readAgents } from "../compile-agent-plans.ts";
import type { ConfigPath } from "../config-path.ts";
import type { DecisionCode } from "../decision.ts";
import { sessionTools } from "../decide-session.ts";
import type { AgentPlan, Plan } from "../plan.ts";
import type { Alike } from "./alike.ts";
import { changedProfiles } from "./changed-profiles.ts";
import { entriesAt, keysAt, valueAt, withoutValue, withValue } from "./config-edit.ts";
import { answersTo, everybody, isFelt, type Otherwise } from "./felt.ts";
import { nodeAt, over } from "./over.ts";
import { runKinds, type Wanted } from "./run-items.ts";
import { withSending } from "./tool-entries.ts";
import type { Answer } from "./types.ts";

export interface DeadGrant {
  readonly path: ConfigPath;
  readonly kind: "word" | "ask" | "spawn";
  /** What is answered to those whom it is about, as it is. */
  readonly allowed: readonly Answer[];
  readonly codes: readonly DecisionCode[];
  /** `spawn`: those that the entry names, itself excepted. */
  readonly agents: readonly string[];
}

export function deadGrants(compilation: Compilation, plan: Plan, alike: Alike): readonly DeadGrant[] {
  return [...inProfiles(compilation, plan, alike), ...inSpawning(compilation, plan, alike)];
}

/** The words that give more than the others do. */
const grants: Readonly<
  Record<string, { readonly word: string; readonly isAbout: (wanted: Wanted) => boolean }>
> = {
  send: { word: "accepted", isAbout: (wanted) => wanted.action === "send" && wanted.target !== null },
  sessions: {
    word: "agent",
    isAbout: (wanted) => wanted.action === "session" && wanted.operation !== "spawn" && isOthers(wanted),
  },
};

const isOthers = (wanted: Extract<Wanted, { readonly whose: unknown }>): boolean =>
  (wanted.whose === "same-agent" || wanted.whose === "other-agent") && !wanted.isSpawned;

function inProfiles(compilation: Compilation, plan: Plan, alike: Alike): readonly DeadGrant[] {
  const root = compilation.root.value;
  const changed = changedProfiles(compilation, plan);
  const agents = [...plan.agents.keys()];
  const deadGrant = (path: ConfigPath, kind: "word" | "ask", isAbout: (wanted: Wanted) => boolean) => {
    const wants = (id: string) => alike.wantsOf(id).filter(isAbout);
    const otherwise: Otherwise = { agents, wants, ...changed(withoutValue(root, path)) };
    if (isFelt(otherwise, plan, alike)) return [];
    const { allowed, codes } = answersTo({ ...otherwise, runs: ["turn"] }, plan, alike);
    return allowed.length + codes.length === 0 ? [] : [{ path, kind, allowed, codes, agents: [] }];
  };
  return keysAt(root, ["access", "profiles"]).flatMap((name) => {
    const profile = ["access", "profiles", name];
    const words = Object.entries(grants).flatMap(([key, { word, isAbout }]) => {
      const path = [...profile, key];
      return valueAt(root, path) === word ? deadGrant(path, "word", isAbout) : [];
    });
    const asks = entriesAt(root, [...profile, "ask"]).flatMap((path) => {
      const names = withSending(compilation, compilation.tools.spellOut(String(valueAt(root, path))) ?? []);
      return deadGrant(path, "ask", ({ tool }) => names.has(plan.tools.get(tool)?.name ?? ""));
    });
    return [...words, ...asks];
  });
}

function inSpawning(compilation: Compilation, plan: Plan, alike: Alike): readonly DeadGrant[] {
  const root = compilation.root.value;
  const agents = compileAgents(compilation);
  return entriesAt(root, ["agents", "list"]).flatMap((path) => {
    const id = String(valueAt(root, [...path, "id"]));
    const list = [...path, "subagents", "allowAgents"];
    const named = (edited: unknown) => {
      const changed = over(compilation, edited);
      return readAgents(changed, nodeAt(changed, list), agents);
    };
    return entriesAt(root, list).flatMap((entry): readonly DeadGrant[] => {
      const without = new Set([id, ...named(withoutValue(root, entry))]);
      const own = named(withValue(root, list, [valueAt(root, entry)]));
      const children = own.filter((each) => each !== id);
      const spawns = (each: string) =>
        ({ action: "session", tool: sessionTools.spawn, operation: "spawn", agents: [each] }) as const;
      const asked = { agents: [id], isFor: everybody, wants: () => children.map(spawns) };
      const of = (at: Parameters<Otherwise["of"]>[0], agent: AgentPlan) => ({
        ...at,
        agent: { ...agent, spawns: without },
      });
      if (isFelt({ ...asked, of }, plan, alike)) return [];
      const { codes } = answersTo({ ...asked, runs: runKinds }, plan, alike);
      return [{ path: entry, kind: "spawn", allowed: [], codes, agents: children }];
    });
  });
}
