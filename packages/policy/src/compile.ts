/**
 * From a config to a policy. Total on any JSON value: what is wrong comes back as a list of issues, all at once, and a
 * config with an error in it makes no policy at all.
 */
import { canonicalJson } from "./canonical-json.ts";
import { readRecord, readWord, startCompilation, type Compilation } from "./compilation.ts";
import { compileAgentPlans, compileRuns } from "./compile-agent-plans.ts";
import { compileAgents, type Agents } from "./compile-agents.ts";
import { compileBindings } from "./compile-bindings.ts";
import { compileCommands } from "./compile-commands.ts";
import { compileNetwork } from "./compile-network.ts";
import { compileProfiles } from "./compile-profiles.ts";
import { child, isSet } from "./config-node.ts";
import { decide } from "./decide.ts";
import type { DmScope, NetworkPlan, Plan } from "./plan.ts";
import { rememberPlan } from "./plan-of.ts";
import type { CompileOptions, CompileResult, Policy } from "./policy.ts";
import type { Memory } from "./tool-verdict.ts";
import { sha256 } from "./sha256.ts";

/** Never throws, whatever the config and the options are. */
export function compile(config: unknown, options: CompileOptions): CompileResult {
  try {
    return compiled(config, options);
  } catch {
    // The options are somebody else's code, and may fail in every way there is.
    const message = "A network or a tool of the options fails when it is read.";
    const hint = "Give networks and tools as CompileOptions describes them.";
    return { ok: false, issues: [{ code: "bad-options", path: "", message, hint }] };
  }
}

function compiled(config: unknown, options: CompileOptions): CompileResult {
  const compilation = startCompilation(config, options);
  const rules = compileRules(compilation);
  const errors = compilation.issues.filter(({ severity }) => severity !== "warning");
  if (errors.length > 0) return { ok: false, issues: compilation.issues };
  const plan: Plan = { hash: `sha256:${sha256(canonicalJson(compilation.root.value))}`, ...rules };
  const memory: Memory = new Map();
  const policy: Policy = {
    hash: plan.hash,
    decide: (request, state) => decide(plan, request, state, memory),
  };
  rememberPlan(policy, plan);
  return { ok: true, policy: Object.freeze(policy), warnings: compilation.issues };
}

function compileRules(compilation: Compilation): Omit<Plan, "hash"> {
  const { root, tools } = compilation;
  readRecord(compilation, isSet(root) ? root : { path: [], value: null });
  const agents = compileAgents(compilation);
  return {
    networks: compileNetworks(compilation, agents),
    ownerRule: compilation.rule(child(child(root, "commands"), "ownerAllowFrom")),
    agents: compileAgentPlans(compilation, agents),
    agentsRule: compilation.rule(child(child(root, "agents"), "list")),
    profiles: compileProfiles(compilation, agents),
    tools: tools.entries,
    runs: compileRuns(compilation),
  };
}

function compileNetworks(compilation: Compilation, agents: Agents): ReadonlyMap<string, NetworkPlan> {
  const bindings = compileBindings(compilation, agents);
  const commands = compileCommands(compilation);
  const networkIds = [...compilation.networks.keys()];
  const shared = { agents, bindings, networkIds, commands, dmScope: compileDmScope(compilation) };
  const networks = [...compilation.networks.values()];
  const plans = new Map(
    networks.map((network) => [network.id, compileNetwork(compilation, network, shared)] as const),
  );
  for (const binding of bindings) {
    if (binding.account === null || plans.get(binding.network)!.accounts.has(binding.account)) continue;
    const node = child(child(binding.node, "match"), "accountId");
    compilation.report(
      "unknown-account",
      node,
      "A binding names an account that is not set up.",
      "Check its accountId.",
    );
  }
  return plans;
}

/** Unset: a session for each sender on each account. The owner's own is `main` either way. */
function compileDmScope(compilation: Compilation): DmScope {
  const session = child(compilation.root, "session");
  readRecord(compilation, session);
  const words = ["main", "per-peer", "per-channel-peer", "per-account-channel-peer"] as const;
  const word = readWord(compilation, child(session, "dmScope"), words) ?? "per-account-channel-peer";
  // A bare peer would be two people where two networks count alike, so `per-peer` names the network as well.
  return word === "main" ? "main" : word === "per-account-channel-peer" ? "sender-account" : "sender";
}
