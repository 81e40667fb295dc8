/** Which configs the documents call mistakes. The engine must refuse exactly these: `[]` means nobody, a mistake is no list. */
import type { Network } from "../src/network.ts";
import { agentIds, at, bindingsOf, rulesOf, sectionOf, type Sayings } from "./reference-config.ts";
import { placeToolMistakes, toolMistakes } from "./reference-tool-mistakes.ts";

const dmPolicies = ["pairing", "allowlist", "open", "disabled"];
const groupPolicies = ["open", "allowlist", "disabled"];
const dmScopes = ["main", "per-peer", "per-channel-peer", "per-account-channel-peer"];

/** Every mistake, by the key it is at; an empty list for a config that is right. */
export function mistakesOf(config: Sayings, networks: readonly Network[]): readonly string[] {
  return [
    ...networks
      .filter(({ id }) => at(config, id) !== undefined)
      .flatMap((network) => ofNetwork(config, network, networks)),
    ...ofOwners(config, networks),
    ...ofBindings(config, networks),
    ...ofSession(config),
    ...toolMistakes(config, networks),
  ];
}

function ofNetwork(config: Sayings, network: Network, networks: readonly Network[]): readonly string[] {
  const section = sectionOf(config, network);
  if (!isObject(section)) return [network.id];
  const accounts = at(section, "accounts");
  if (accounts !== undefined && !isObject(accounts)) return [`${network.id}.accounts`];
  const overrides = Object.values((accounts as Readonly<Record<string, unknown>> | undefined) ?? {});
  const scopes = [section, ...overrides];
  if (!scopes.every(isObject)) return [`${network.id}.accounts`];
  const shapes = scopes.flatMap((scope) => ofShape(scope as Sayings, network, networks));
  if (shapes.length > 0) return shapes;
  // `dm`, `group` and `channel` are what stands behind an account in the name of a session.
  const ids = Object.keys(accounts ?? {});
  const taken = ids.filter((id) => ["dm", "group", "channel"].includes(id));
  return [...taken, ...["default", ...ids].flatMap((account) => ofRules(config, network, account))];
}

/** Wrong types and words, wherever they are written: policy words are case-sensitive, null is no value. */
function ofShape(scope: Sayings, network: Network, networks: readonly Network[]): readonly string[] {
  const direct = network.layout === "groups" ? scope : (at(scope, "dm") ?? {});
  if (!isObject(direct)) return ["dm"];
  const policyKey = network.layout === "groups" ? "dmPolicy" : "policy";
  return [
    ...unless(isMissingOr(at(scope, "enabled"), isBoolean), "enabled"),
    ...unless(isMissingOr(at(direct as Sayings, "enabled"), isBoolean), "dm.enabled"),
    ...unless(isMissingOr(at(direct as Sayings, "groupEnabled"), isBoolean), "dm.groupEnabled"),
    ...unless(isMissingOr(at(direct as Sayings, "groupChannels"), chatsOf(network)), "dm.groupChannels"),
    ...unless(isMissingOr(at(direct as Sayings, policyKey), oneOf(dmPolicies)), policyKey),
    ...unless(isMissingOr(at(scope, "groupPolicy"), oneOf(groupPolicies)), "groupPolicy"),
    ...unless(isMissingOr(at(direct as Sayings, "allowFrom"), peopleOf(network)), "allowFrom"),
    ...unless(isMissingOr(at(scope, "groupAllowFrom"), peopleOf(network)), "groupAllowFrom"),
    ...["groups", "guilds", "channels"].flatMap((key) => ofPlaces(at(scope, key), network, key, networks)),
  ];
}

function ofPlaces(
  map: unknown,
  network: Network,
  key: string,
  networks: readonly Network[],
): readonly string[] {
  if (map === undefined) return [];
  if (!isObject(map)) return [key];
  return Object.entries(map).flatMap(([id, place]) => {
    const path = `${key}[${id}]`;
    const isId = key === "topics" ? id.trim() !== "" : id.trim() === "*" || network.canonicalChat(id).ok;
    if (!isId || !isObject(place)) return [path];
    const said = place as Sayings;
    return [
      ...unless(isMissingOr(at(said, "enabled"), isBoolean), `${path}.enabled`),
      ...unless(isMissingOr(at(said, "allow"), isBoolean), `${path}.allow`),
      ...unless(isMissingOr(at(said, "requireMention"), isBoolean), `${path}.requireMention`),
      ...unless(isMissingOr(at(said, "allowFrom"), peopleOf(network)), `${path}.allowFrom`),
      ...unless(isMissingOr(at(said, "users"), peopleOf(network)), `${path}.users`),
      ...placeToolMistakes(said, path, network, networks),
      ...(key === "groups" ? ofPlaces(at(said, "topics"), network, "topics", networks) : []),
      ...(key === "guilds" ? ofPlaces(at(said, "channels"), network, "channels", networks) : []),
    ];
  });
}

/** What the rules of one account, inherited ones included, may not say together. */
function ofRules(config: Sayings, network: Network, account: string): readonly string[] {
  const rules = rulesOf(config, network, account);
  if (rules === undefined) return [];
  const { policy = "pairing", allowFrom } = rules.direct;
  const mistakes: string[] = [];
  // "open requires the provider allowlist to include "*" (explicit opt-in)", and "*" requires open.
  if (policy === "open" && !hasStar(allowFrom)) mistakes.push(`${account}: open without "*"`);
  if (policy !== "open" && hasStar(allowFrom)) mistakes.push(`${account}: "*" without open`);
  if (policy === "pairing" && !network.canPair) mistakes.push(`${account}: pairing`);
  if (rules.groupPolicy !== "open") {
    if (hasStar(rules.groupAllowFrom)) mistakes.push(`${account}: "*" in groupAllowFrom`);
    if (listsIn(rules).some(hasStar)) mistakes.push(`${account}: "*" in a list of a place`);
  }
  return mistakes;
}

/** Every people list inside the maps of places. */
function listsIn(value: unknown): readonly (readonly string[])[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "direct" || key === "groupAllowFrom") return [];
    if (Array.isArray(inner)) return key === "allowFrom" || key === "users" ? [inner as string[]] : [];
    return listsIn(inner);
  });
}

/** Owners are qualified ids; `"*"` there is an error, and so is an id without its network. */
function ofOwners(config: Sayings, networks: readonly Network[]): readonly string[] {
  const commands = at(config, "commands");
  if (commands === undefined) return [];
  if (!isObject(commands)) return ["commands"];
  const owners = at(commands as Sayings, "ownerAllowFrom");
  if (owners === undefined) return [];
  if (!Array.isArray(owners)) return ["commands.ownerAllowFrom"];
  return owners
    .filter((entry) => !isQualified(entry, networks))
    .map((_, index) => `commands.ownerAllowFrom[${index}]`);
}

function isQualified(entry: unknown, networks: readonly Network[]): boolean {
  if (typeof entry !== "string") return false;
  const [prefix, ...rest] = entry.trim().split(":");
  const network = networks.find(({ id }) => id === prefix);
  return network !== undefined && network.canonicalSender(rest.join(":")).ok;
}

function ofBindings(config: Sayings, networks: readonly Network[]): readonly string[] {
  return bindingsOf(config).flatMap(({ agentId, match }, index) => {
    const network = networks.find(({ id }) => id === match.provider);
    const peer = match.peer;
    const isPeer =
      peer === undefined ||
      (["dm", "group", "channel"].includes(peer.kind) &&
        network !== undefined &&
        (peer.id === "*" ||
          (peer.kind === "dm" ? network.canonicalSender(peer.id) : network.canonicalChat(peer.id)).ok));
    const isRight = agentIds(config).includes(agentId) && network !== undefined && isPeer;
    return isRight ? [] : [`bindings[${index}]`];
  });
}

function ofSession(config: Sayings): readonly string[] {
  const session = at(config, "session");
  if (session === undefined) return [];
  if (!isObject(session)) return ["session"];
  return unless(isMissingOr(at(session as Sayings, "dmScope"), oneOf(dmScopes)), "session.dmScope");
}

// --- Small words -------------------------------------------------------------------------------------------------------

function unless(isRight: boolean, path: string): readonly string[] {
  return isRight ? [] : [path];
}

function isMissingOr(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return value === undefined || isRight(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function oneOf(words: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === "string" && words.includes(value);
}

/** A list of ids of this network, or `"*"`; a bare name, another network's id and an empty entry are mistakes. */
function peopleOf(network: Network): (value: unknown) => boolean {
  return (value) =>
    Array.isArray(value) &&
    value.every(
      (entry) => typeof entry === "string" && (entry.trim() === "*" || network.canonicalSender(entry).ok),
    );
}

function chatsOf(network: Network): (value: unknown) => boolean {
  return (value) =>
    Array.isArray(value) &&
    value.every(
      (entry) => typeof entry === "string" && (entry.trim() === "*" || network.canonicalChat(entry).ok),
    );
}

function hasStar(list: readonly string[] | undefined): boolean {
  return (list ?? []).some((entry) => entry.trim() === "*");
}
