/** Which words about tools, sandboxes and rights are mistakes: an unknown name, a wrong type, an id of somewhere else. */
import type { Network } from "../src/network.ts";
import { asItLooks, commandNames } from "./reference.ts";
import { agentIds, at, isSame, type Sayings } from "./reference-config.ts";
import { namedBy, toolProfileNames } from "./reference-lists.ts";

type IsRight = (value: unknown) => boolean;

/** Every mistake in `tools`, `agents` and `access`, by the key it is at. */
export function toolMistakes(config: Sayings, networks: readonly Network[]): readonly string[] {
  const agents = at(config, "agents");
  const list = isObject(agents) ? at(agents, "list") : undefined;
  return [
    ...ofTools(at(config, "tools"), "tools", config, networks, true),
    ...(isObject(agents) ? ofDefaults(at(agents, "defaults")) : []),
    ...(Array.isArray(list) ? list : []).flatMap((agent: unknown, index) =>
      isObject(agent) ? ofAgent(agent, `agents.list[${index}]`, config, networks) : [],
    ),
    ...ofAccess(at(config, "access"), config, networks),
  ];
}

/** The `tools` and `toolsBySender` of a place. */
export function placeToolMistakes(
  place: Sayings,
  path: string,
  network: Network,
  networks: readonly Network[],
): readonly string[] {
  const bySender = at(place, "toolsBySender");
  return [
    ...ofList(at(place, "tools"), `${path}.tools`, networks),
    ...mistaken(bySender, isObject, `${path}.toolsBySender`),
    ...(isObject(bySender) ? Object.entries(bySender) : []).flatMap(([key, list], index, all) => [
      // Two keys for one sender are a mistake, as two keys for one room are.
      ...unless(
        !all.slice(0, index).some(([other]) => isSame(network, key, other)),
        `${path}.toolsBySender[${key}]`,
      ),
      ...unless(key.trim() === "*" || network.canonicalSender(key).ok, `${path}.toolsBySender[${key}]`),
      ...ofList(list, `${path}.toolsBySender[${key}]`, networks, "required"),
    ]),
  ];
}

// --- Lists of tools ----------------------------------------------------------------------------------------------------

/** "An unknown name or group is an error; a wildcard that matches nothing is a warning." */
function toolsOf(networks: readonly Network[]): IsRight {
  return listOf((entry) => namedBy(entry, networks) !== undefined);
}

function ofList(
  value: unknown,
  path: string,
  networks: readonly Network[],
  presence: "required" | "optional" = "optional",
): readonly string[] {
  if (value === undefined && presence === "optional") return [];
  if (!isObject(value)) return [path];
  return ["allow", "deny"].flatMap((key) => mistaken(at(value, key), toolsOf(networks), `${path}.${key}`));
}

/** A list that may also name one of the ready-made profiles. */
function ofProfiled(value: unknown, path: string, networks: readonly Network[]): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [path];
  return [
    ...ofList(value, path, networks),
    ...mistaken(at(value, "alsoAllow"), toolsOf(networks), `${path}.alsoAllow`),
    ...mistaken(at(value, "profile"), oneOf(toolProfileNames), `${path}.profile`),
  ];
}

/** The `tools` of the config, or of an agent, which has fewer keys. */
function ofTools(
  value: unknown,
  path: string,
  config: Sayings,
  networks: readonly Network[],
  isGlobal: boolean,
): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [path];
  const byProvider = at(value, "byProvider");
  return [
    ...ofProfiled(value, path, networks),
    ...mistaken(byProvider, isObject, `${path}.byProvider`),
    ...(isObject(byProvider) ? Object.entries(byProvider) : []).flatMap(([key, list]) =>
      isObject(list)
        ? ofProfiled(list, `${path}.byProvider[${key}]`, networks)
        : [`${path}.byProvider[${key}]`],
    ),
    ...ofElevated(at(value, "elevated"), `${path}.elevated`, networks),
    ...ofInner(at(value, "sandbox"), `${path}.sandbox`, networks),
    ...(isGlobal ? ofInner(at(value, "subagents"), `${path}.subagents`, networks) : []),
    ...(isGlobal ? ofAgentToAgent(at(value, "agentToAgent"), `${path}.agentToAgent`, config) : []),
  ];
}

/** `sandbox.tools`, `subagents.tools`. */
function ofInner(value: unknown, path: string, networks: readonly Network[]): readonly string[] {
  if (value === undefined) return [];
  return isObject(value) ? ofList(at(value, "tools"), `${path}.tools`, networks) : [path];
}

/** "`"*"` in either list is an error", and so is an id of another network; an empty list is nobody. */
function ofElevated(value: unknown, path: string, networks: readonly Network[]): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [path];
  const allowFrom = at(value, "allowFrom");
  return [
    ...mistaken(at(value, "enabled"), isBoolean, `${path}.enabled`),
    ...mistaken(allowFrom, isObject, `${path}.allowFrom`),
    ...(isObject(allowFrom) ? Object.entries(allowFrom) : []).flatMap(([id, list]) => {
      const network = networks.find((each) => each.id === id);
      const isPerson = (entry: string) => network?.canonicalSender(entry).ok === true && entry.trim() !== "*";
      return unless(network !== undefined && listOf(isPerson)(list), `${path}.allowFrom.${id}`);
    }),
  ];
}

function ofAgentToAgent(value: unknown, path: string, config: Sayings): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [path];
  return [
    ...mistaken(at(value, "enabled"), isBoolean, `${path}.enabled`),
    ...mistaken(at(value, "allow"), agentsOf(config), `${path}.allow`),
  ];
}

/** Names of agents, or wildcards: one that no agent has is a mistake. */
function agentsOf(config: Sayings): IsRight {
  return listOf((entry) => entry.includes("*") || agentIds(config).includes(entry));
}

// --- Agents ------------------------------------------------------------------------------------------------------------

function ofDefaults(value: unknown): readonly string[] {
  return isObject(value) ? ofSandbox(at(value, "sandbox"), "agents.defaults.sandbox") : [];
}

function ofAgent(
  agent: Sayings,
  path: string,
  config: Sayings,
  networks: readonly Network[],
): readonly string[] {
  const subagents = at(agent, "subagents");
  return [
    ...ofSandbox(at(agent, "sandbox"), `${path}.sandbox`),
    ...ofTools(at(agent, "tools"), `${path}.tools`, config, networks, false),
    ...mistaken(subagents, isObject, `${path}.subagents`),
    ...(isObject(subagents)
      ? mistaken(at(subagents, "allowAgents"), agentsOf(config), `${path}.subagents.allowAgents`)
      : []),
  ];
}

const sandboxWords = {
  mode: ["off", "non-main", "all"],
  scope: ["session", "agent", "shared"],
  workspaceAccess: ["none", "ro", "rw"],
  sessionToolsVisibility: ["spawned", "all"],
};

function ofSandbox(value: unknown, path: string): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [path];
  return Object.entries(sandboxWords).flatMap(([key, words]) =>
    mistaken(at(value, key), oneOf(words), `${path}.${key}`),
  );
}

// --- Profiles of rights ------------------------------------------------------------------------------------------------

function ofAccess(value: unknown, config: Sayings, networks: readonly Network[]): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return ["access"];
  const profiles = at(value, "profiles");
  if (profiles === undefined) return [];
  if (!isObject(profiles)) return ["access.profiles"];
  return [
    ...Object.entries(profiles).flatMap(([name, profile]) => [
      ...unless(/^[a-z][a-z0-9-]{0,31}$/.test(name), `access.profiles[${name}]`),
      ...ofProfile(profile, `access.profiles.${name}`, config, networks),
    ]),
    ...inTwo(profiles, networks).map((member) => `access.profiles: ${member} in two of them`),
  ];
}

function ofProfile(
  value: unknown,
  path: string,
  config: Sayings,
  networks: readonly Network[],
): readonly string[] {
  if (!isObject(value)) return [path];
  const places = listOf((entry) => ["sandbox", "host", "gateway"].includes(entry));
  const members = listOf((entry) => qualified(entry, networks) !== undefined);
  return [
    ...mistaken(at(value, "agents"), agentsOf(config), `${path}.agents`),
    ...ofList(at(value, "tools"), `${path}.tools`, networks),
    ...mistaken(at(value, "places"), places, `${path}.places`),
    ...mistaken(
      at(value, "commands"),
      listOf((entry) => commandNames.includes(asItLooks(entry).replace(/^\//, ""))),
      `${path}.commands`,
    ),
    ...mistaken(at(value, "send"), oneOf(["here", "accepted"]), `${path}.send`),
    ...mistaken(at(value, "sessions"), oneOf(["own", "agent"]), `${path}.sessions`),
    ...mistaken(at(value, "ask"), toolsOf(networks), `${path}.ask`),
    ...ofBudget(at(value, "budget"), `${path}.budget`),
    ...mistaken(at(value, "members"), members, `${path}.members`),
  ];
}

/** "How much one sender may use, as whole numbers above zero." */
function ofBudget(value: unknown, path: string): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [path];
  const isAmount: IsRight = (amount) => Number.isSafeInteger(amount) && (amount as number) > 0;
  return ["turnsPerHour", "turnsPerDay", "tokensPerDay"].flatMap((key) =>
    mistaken(at(value, key), isAmount, `${path}.${key}`),
  );
}

/** "An id in two profiles is a config error." */
function inTwo(profiles: Sayings, networks: readonly Network[]): readonly string[] {
  const all = Object.values(profiles).flatMap((profile) => {
    const members = isObject(profile) ? at(profile, "members") : undefined;
    const ids = (Array.isArray(members) ? members : []).map((entry: unknown) => qualified(entry, networks));
    return [...new Set(ids.filter((id) => id !== undefined))];
  });
  return all.filter((id, index) => all.indexOf(id) !== index);
}

/** The member's id with its network, as the network spells it; undefined for what is no qualified id. */
function qualified(entry: unknown, networks: readonly Network[]): string | undefined {
  if (typeof entry !== "string") return undefined;
  const [prefix, ...rest] = entry.trim().split(":");
  const network = networks.find(({ id }) => id === prefix);
  const canonical = network?.canonicalSender(rest.join(":"));
  return canonical?.ok === true ? `${prefix}:${canonical.id}` : undefined;
}

// --- Small words -------------------------------------------------------------------------------------------------------

function unless(isRight: boolean, path: string): readonly string[] {
  return isRight ? [] : [path];
}

/** What is not there is no mistake; null is. */
function mistaken(value: unknown, isRight: IsRight, path: string): readonly string[] {
  return unless(value === undefined || isRight(value), path);
}

function isObject(value: unknown): value is Sayings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isBoolean: IsRight = (value) => typeof value === "boolean";

function oneOf(words: readonly string[]): IsRight {
  return (value) => typeof value === "string" && words.includes(value);
}

function listOf(isEntry: (entry: string) => boolean): IsRight {
  return (value) =>
    Array.isArray(value) && value.every((entry) => typeof entry === "string" && isEntry(entry));
}
