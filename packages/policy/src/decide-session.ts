/** May this run reach another session, or have another agent work for it: one person's answer. */
import type { Decision, RuleReference } from "./decision.ts";
import type { AgentPlan, Profile } from "./plan.ts";
import type { RunQuestion } from "./read-run.ts";
import { runDecision } from "./run-decision.ts";
import { sessionCore } from "./session-core.ts";
import type { Standpoint } from "./standpoint.ts";
import { worksInSandbox } from "./tool-core.ts";
import { sessionChecks, type SessionCheck, type SessionFacts } from "./tool-facts.ts";

export type SessionQuestion = Extract<RunQuestion, { readonly action: "session" }>;

/** The tool of each operation. */
export const sessionTools = {
  list: "sessions_list",
  read: "sessions_history",
  send: "sessions_send",
  spawn: "sessions_spawn",
} as const;

/** `call`: what the call of the tool is answered. */
export function decideSession(at: Standpoint, call: Decision, asked: SessionQuestion): Decision {
  const { plan, agent, profile } = at;
  const facts = call.effect === "allow" ? sessionFacts(at, asked) : null;
  if (facts === null || profile === null) return call;
  const rules: Readonly<Record<SessionCheck, RuleReference>> = {
    call: call.rules[0]!,
    standing: at.admission.rules[0]!,
    run: builtIn.run,
    operation: builtIn.operation,
    target: builtIn.target,
    sessions: profile.rules.sessions,
    isSandboxed: agent.sandbox.rules.mode,
    visibility: agent.sandbox.rules.visibility,
    isReachable: reachRule(at, asked),
    isLessConfined: (plan.agents.get(asked.target) ?? agent).sandbox.rules[wideningOf(at, asked) ?? "mode"],
  };
  return runDecision(call, sessionCore(facts), facts, rules, sessionChecks);
}

/** What the answer depends on where the call of the tool is allowed; null for whoever could not have started the run. */
export function sessionFacts(at: Standpoint, asked: SessionQuestion): SessionFacts | null {
  const { agent, profile, standing, run } = at;
  if (profile === null || standing === "refused") return null;
  return {
    call: "allowed",
    standing,
    run: run === "turn" ? "turn" : "derived",
    operation: asked.operation,
    target: targetOf(at, asked),
    sessions: profile.sessions,
    isSandboxed: isSandboxed(at),
    visibility: agent.sandbox.visibility,
    isReachable: isReachable(at, asked),
    isLessConfined: wideningOf(at, asked) !== null,
  };
}

const builtIn = {
  run: Object.freeze({ path: "built-in.kind-of-run" }),
  operation: Object.freeze({ path: "built-in.session-operation" }),
  target: Object.freeze({ path: "built-in.session-of-the-run" }),
};

function targetOf(
  at: Standpoint,
  { operation, target, targetAgent }: SessionQuestion,
): SessionFacts["target"] {
  if (operation !== "spawn") {
    if (at.session !== null && target === at.session) return "own";
    if (at.state.isSpawned === true) return "spawned";
  }
  return targetAgent === at.agent.id ? "same-agent" : "other-agent";
}

/** The sender's own profile must reach the other agent too: it is asked what it would be asked in a message. */
function isReachable({ agent, profile }: Standpoint, { operation, targetAgent }: SessionQuestion): boolean {
  if (targetAgent === null || !isGranted(profile, targetAgent)) return false;
  if (operation === "spawn") return agent.spawns.has(targetAgent);
  return targetAgent === agent.id || agent.reaches.has(targetAgent);
}

const isGranted = (profile: Profile | null, agent: string): boolean =>
  profile !== null && (profile.agents === null || profile.agents.has(agent));

function reachRule(
  { agent, profile }: Standpoint,
  { operation, targetAgent }: SessionQuestion,
): RuleReference {
  if (profile !== null && !isGranted(profile, targetAgent ?? "")) return profile.rules.agents;
  return operation === "spawn" ? agent.spawnsRule : agent.reachesRule;
}

function isSandboxed({ agent, standing, scope, run }: Standpoint): boolean {
  const isMain = standing === "owner" && scope.chat !== "group";
  return worksInSandbox({ mode: agent.sandbox.mode, run: run === "turn" ? "turn" : "derived", isMain });
}

const access: readonly AgentPlan["sandbox"]["workspaceAccess"][] = ["none", "ro", "rw"];

/** The setting of the child's sandbox by which it would see or touch more than this run; null: there is none. */
function wideningOf(
  at: Standpoint,
  { operation, target }: SessionQuestion,
): "mode" | "workspaceAccess" | null {
  if (operation !== "spawn") return null;
  const child = at.plan.agents.get(target);
  if (child === undefined) return "mode";
  if (!isSandboxed(at)) return null;
  const { mode, workspaceAccess } = child.sandbox;
  if (!worksInSandbox({ mode, run: "derived", isMain: false })) return "mode";
  const isWider = access.indexOf(workspaceAccess) > access.indexOf(at.agent.sandbox.workspaceAccess);
  return isWider ? "workspaceAccess" : null;
}
