/** Named sets of rights, and who has which. */
import { readList, readRecord, readWord, type Compilation } from "./compilation.ts";
import { readAgents } from "./compile-agent-plans.ts";
import type { Agents } from "./compile-agents.ts";
import { qualifiedSenderId } from "./compile-people.ts";
import { compileToolList, readTools } from "./compile-tool-list.ts";
import { findCommand } from "./command-rights.ts";
import { child, isSet, pathText, type ConfigNode } from "./config-node.ts";
import type { Budget } from "./decision.ts";
import type { Profile, Profiles } from "./plan.ts";

/** What a profile says where its own keys are silent; `rules` where that is another profile's word. */
type Grants = Omit<Profile, "name" | "index" | "rules"> & Partial<Pick<Profile, "rules">>;

const limited: Grants = {
  agents: null,
  tools: null,
  mayUseSandbox: true,
  mayUseHost: true,
  mayUseGateway: true,
  commands: null,
  sends: "here",
  sessions: "own",
  asks: new Set(),
  budget: null,
};
const builtIn: Readonly<Record<"owner" | "friend" | "stranger", Grants>> = {
  owner: { ...limited, sends: "accepted", sessions: "agent" },
  friend: limited,
  stranger: { ...limited, mayUseHost: false },
};

const profileName = /^[a-z][a-z0-9-]{0,31}$/;

export function compileProfiles(compilation: Compilation, agents: Agents): Profiles {
  const access = child(compilation.root, "access");
  readRecord(compilation, access);
  const map = child(access, "profiles");
  const byName = new Map<string, Profile>();
  const byMember = new Map<string, Map<string, Profile>>();
  const known = Object.keys(builtIn);
  const friendNode = child(map, "friend");
  // The others start from it, so it comes first; its number is its place among them all the same.
  const friend = compileProfile(
    compilation,
    known.indexOf("friend"),
    "friend",
    friendNode,
    builtIn.friend,
    agents,
  );
  const names = new Set([...known, ...Object.keys(readRecord(compilation, map) ?? {})]);
  for (const name of names) {
    const node = child(map, name);
    if (!profileName.test(name)) {
      const message = `${pathText(node)} is no name of a profile.`;
      const hint = "Lower-case letters, digits and -, at most 32, starting with a letter.";
      compilation.report("bad-profile-name", node, message, hint);
      continue;
    }
    const base = name === "owner" || name === "stranger" ? builtIn[name] : friend;
    const profile =
      name === "friend" ? friend : compileProfile(compilation, byName.size, name, node, base, agents);
    byName.set(name, profile);
    enrol(compilation, child(node, "members"), profile, byMember);
  }
  return {
    byName,
    byMember,
    owner: byName.get("owner")!,
    listed: byName.get("friend")!,
    stranger: byName.get("stranger")!,
    unknownRule: compilation.rule(map),
  };
}

function compileProfile(
  compilation: Compilation,
  index: number,
  name: string,
  node: ConfigNode,
  base: Grants,
  agents: Agents,
): Profile {
  readRecord(compilation, node);
  const key = (field: string) => child(node, field);
  const rule = (check: keyof Profile["rules"], field: string = check) => {
    const inherited = base.rules?.[check];
    return isSet(key(field)) || inherited?.line === undefined ? compilation.rule(key(field)) : inherited;
  };
  const [agentsNode, placesNode, commandsNode, asksNode] = [
    key("agents"),
    key("places"),
    key("commands"),
    key("ask"),
  ];
  const places = readPlaces(compilation, placesNode);
  return {
    name,
    index,
    agents: isSet(agentsNode) ? new Set(readAgents(compilation, agentsNode, agents)) : base.agents,
    tools: compileToolList(compilation, key("tools")) ?? base.tools,
    mayUseSandbox: places?.has("sandbox") ?? base.mayUseSandbox,
    mayUseHost: places?.has("host") ?? base.mayUseHost,
    mayUseGateway: places?.has("gateway") ?? base.mayUseGateway,
    commands: isSet(commandsNode) ? readCommands(compilation, commandsNode) : base.commands,
    sends: readWord(compilation, key("send"), ["here", "accepted"] as const) ?? base.sends,
    sessions: readWord(compilation, key("sessions"), ["own", "agent"] as const) ?? base.sessions,
    asks: isSet(asksNode) ? readTools(compilation, asksNode) : base.asks,
    budget: readBudget(compilation, key("budget")) ?? base.budget,
    rules: {
      agents: rule("agents"),
      places: rule("places"),
      commands: rule("commands"),
      sends: rule("sends", "send"),
      sessions: rule("sessions"),
      asks: rule("asks", "ask"),
      budget: rule("budget"),
    },
  };
}

function readPlaces(compilation: Compilation, node: ConfigNode): ReadonlySet<string> | undefined {
  const entries = readList(compilation, node);
  const words = ["sandbox", "host", "gateway"] as const;
  return entries && new Set(entries.map((entry) => readWord(compilation, entry, words) ?? ""));
}

function readCommands(compilation: Compilation, node: ConfigNode): ReadonlySet<string> {
  const commands = new Set<string>();
  for (const entry of readList(compilation, node) ?? []) {
    const name = typeof entry.value === "string" ? entry.value.trim().replace(/^\//, "") : "";
    const known = /[\s/]/.test(name) ? null : findCommand(name);
    if (known !== null) commands.add(known.name);
    else {
      const message = `${pathText(entry)} is no command.`;
      compilation.report("unknown-command", entry, message, "Write its bare name, such as status.");
    }
  }
  return commands;
}

function readBudget(compilation: Compilation, node: ConfigNode): Budget | null {
  if (readRecord(compilation, node) === undefined) return null;
  const budget: { -readonly [Key in keyof Budget]: Budget[Key] } = {};
  for (const key of ["turnsPerHour", "turnsPerDay", "tokensPerDay"] as const) {
    const bound = child(node, key);
    if (!isSet(bound)) continue;
    if (Number.isSafeInteger(bound.value) && Number(bound.value) > 0) budget[key] = Number(bound.value);
    else {
      const message = `${pathText(bound)} is no whole number above zero.`;
      compilation.report("bad-budget", bound, message, "Leave the key out for no bound.");
    }
  }
  return Object.keys(budget).length === 0 ? null : Object.freeze(budget);
}

function enrol(
  compilation: Compilation,
  node: ConfigNode,
  profile: Profile,
  byMember: Map<string, Map<string, Profile>>,
): void {
  for (const entry of readList(compilation, node) ?? []) {
    const person = qualifiedSenderId(compilation, entry);
    if (person === null) continue;
    const members = byMember.get(person.network) ?? new Map<string, Profile>();
    const other = members.get(person.id);
    if (other !== undefined && other !== profile) {
      const message = `${pathText(entry)} is a member of the profile ${other.name} as well.`;
      compilation.report("two-profiles", entry, message, "Keep the id in one of them.");
    }
    byMember.set(person.network, members.set(person.id, profile));
  }
}
