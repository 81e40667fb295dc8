/** The rules of one network and its accounts. An account inherits every key that it does not set. */
import { readBoolean, readRecord, readWord, type Compilation } from "./compilation.ts";
import type { Agents } from "./compile-agents.ts";
import { routesOf, type PlacedBinding } from "./compile-bindings.ts";
import type { Commands } from "./compile-commands.ts";
import { compilePeople, refuseStar } from "./compile-people.ts";
import {
  compileChannels,
  compileGroupDms,
  compileGroups,
  compileGuilds,
  type RoomFrame,
} from "./compile-rooms.ts";
import {
  child,
  children,
  inherited,
  isSet,
  pathText,
  type ConfigNode,
  type Sections,
} from "./config-node.ts";
import type { RuleReference } from "./decision.ts";
import type { DirectFacts, GroupFacts } from "./facts.ts";
import type { Network } from "./network.ts";
import type { AccountPlan, CommandRules, DirectScope, DmScope, NetworkPlan, People } from "./plan.ts";

export interface Shared {
  readonly agents: Agents;
  readonly bindings: readonly PlacedBinding[];
  readonly networkIds: readonly string[];
  readonly commands: Commands;
  readonly dmScope: DmScope;
}

const builtIn = (name: string): RuleReference => Object.freeze({ path: `built-in.${name}` });
const senderRule = builtIn("known-sender");
const eventRule = builtIn("side-events-start-no-turn");

export function compileNetwork(compilation: Compilation, network: Network, shared: Shared): NetworkPlan {
  const base = child(compilation.root, network.id);
  readRecord(compilation, base);
  const accountsNode = child(base, "accounts");
  const commands = shared.commands.rulesFor(network);
  const accounts = new Map<string, AccountPlan>();
  for (const id of new Set(["default", ...Object.keys(readRecord(compilation, accountsNode) ?? {})])) {
    const node = child(accountsNode, id);
    if (isSet(node) && !isAccountId(compilation, node, id)) continue;
    if (isSet(node)) readRecord(compilation, node);
    const sections: Sections = isSet(node) ? [node, base] : [base];
    accounts.set(id, compileAccount(compilation, network, id, sections, shared, commands));
  }
  return { id: network.id, layout: network.layout, accounts, accountsRule: compilation.rule(accountsNode) };
}

/** The words of a session key cannot be accounts, or a key could be read in two ways by people. */
function isAccountId(compilation: Compilation, node: ConfigNode, id: string): boolean {
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(id) && !["dm", "group", "channel"].includes(id)) return true;
  const hint =
    "Lower-case letters, digits, _ and -, starting with a letter or digit; not dm, group or channel.";
  compilation.report("bad-account-id", node, `${pathText(node)} is no id of an account.`, hint);
  return false;
}

function compileAccount(
  compilation: Compilation,
  network: Network,
  account: string,
  sections: Sections,
  shared: Shared,
  commands: CommandRules,
): AccountPlan {
  // One switch that is off is enough: an account cannot switch its network on again.
  const switches = children(sections, "enabled");
  const enabled =
    switches.find((node) => readBoolean(compilation, node) === false) ?? inherited(sections, "enabled");
  const rules = {
    sender: senderRule,
    account: compilation.rule(enabled),
    event: eventRule,
    isOwner: shared.commands.ownerRule,
    command: shared.commands.ownerRule,
  };
  const directRules = compileDirect(compilation, network, sections, rules);
  const rooms = compileRooms(compilation, network, sections, rules, directRules.people);
  const token = compilation.rule(child(child(child(compilation.root, "gateway"), "auth"), "token"));
  const isOperator = network.layout === "operator";
  return {
    network: network.id,
    networkIndex: shared.networkIds.indexOf(network.id),
    account,
    isOn: enabled.value === false ? "off" : "on",
    sharedSenders: new Set(network.sharedSenders),
    commands,
    routes: routesOf(shared.bindings, network.id, account, shared.dmScope, shared.agents),
    dmScope: shared.dmScope,
    topicSuffix: network.layout === "groups" ? "topic" : "thread",
    operator: isOperator
      ? { chat: "operator", verdicts: new Map(), rules: { ...rules, sender: token } }
      : null,
    direct: directRules.scope,
    ...rooms,
  };
}

type CommonRules = Pick<DirectScope["rules"], "sender" | "account" | "event" | "isOwner" | "command">;

const policies = ["pairing", "allowlist", "open", "disabled"] as const;

function compileDirect(
  compilation: Compilation,
  network: Network,
  sections: Sections,
  rules: CommonRules,
): { readonly scope: DirectScope; readonly people: People | null } {
  const isFlat = network.layout === "groups";
  const dm = children(sections, "dm");
  if (!isFlat) for (const node of dm) readRecord(compilation, node);
  const policyNode = isFlat ? inherited(sections, "dmPolicy") : inherited(dm, "policy");
  const listNode = isFlat ? inherited(sections, "allowFrom") : inherited(dm, "allowFrom");
  const enabledNode = inherited(dm, "enabled");
  const people = network.layout === "operator" ? null : compilePeople(compilation, network, listNode);
  const policy = readWord(compilation, policyNode, policies) ?? (network.canPair ? "pairing" : "allowlist");
  const isOff = !isFlat && readBoolean(compilation, enabledNode) === false;
  if (network.layout !== "operator") checkDirect(compilation, network, policy, policyNode, people, listNode);
  const dmPolicy: DirectFacts["dmPolicy"] = isOff ? "disabled" : policy;
  const dmPolicyRule = compilation.rule(isOff ? enabledNode : policyNode);
  const scope: DirectScope = {
    chat: "dm",
    verdicts: new Map(),
    dmPolicy,
    allowFrom: people,
    rules: {
      ...rules,
      dmPolicy: dmPolicyRule,
      allowFrom: compilation.rule(listNode),
      isPaired: dmPolicyRule,
    },
  };
  return { scope, people };
}

function checkDirect(
  compilation: Compilation,
  network: Network,
  policy: DirectFacts["dmPolicy"],
  policyNode: ConfigNode,
  people: People | null,
  listNode: ConfigNode,
): void {
  const [policyKey, listKey] = [pathText(policyNode), pathText(listNode)];
  if (policy !== "open") refuseStar(compilation, listNode, people, policyKey);
  else if (people?.everyone !== true) {
    const message = `${policyKey} is "open", which requires "*" in ${listKey}.`;
    compilation.report("open-without-star", listNode, message, `Add "*" to ${listKey}, or choose "pairing".`);
  }
  if (policy === "pairing" && !network.canPair) {
    const message = `${policyKey} is "pairing", but ${network.id} cannot deliver a code.`;
    compilation.report("pairing-impossible", policyNode, message, 'Choose "allowlist".');
  }
  if (
    policy === "allowlist" &&
    isSet(policyNode) &&
    (people === null || people.ids.size === 0) &&
    !people?.everyone
  ) {
    const message = `${policyKey} is "allowlist" and ${listKey} names nobody, so nobody can write.`;
    compilation.report(
      "empty-allowlist",
      listNode,
      message,
      `Add the ids of people to ${listKey}.`,
      "warning",
    );
  }
}

function compileRooms(
  compilation: Compilation,
  network: Network,
  sections: Sections,
  rules: CommonRules,
  fallback: People | null,
): Pick<AccountPlan, "groups" | "channels" | "guilds" | "nowhere"> {
  const isFlat = network.layout === "groups";
  const policyNode = inherited(sections, "groupPolicy");
  const policy = readWord(compilation, policyNode, ["open", "allowlist", "disabled"]) ?? "unset";
  const groupPolicy: GroupFacts["groupPolicy"] = policy === "allowlist" && !isFlat ? "rooms" : policy;
  const listNode = inherited(sections, "groupAllowFrom");
  const groupList = isFlat ? compilePeople(compilation, network, listNode) : null;
  const groupPolicyKey = pathText(policyNode);
  if (groupPolicy !== "open") refuseStar(compilation, listNode, groupList, groupPolicyKey);
  const frame: RoomFrame = {
    network,
    groupPolicy,
    groupPolicyKey,
    groupList,
    fallbackList: isFlat ? fallback : null,
    rules: {
      ...rules,
      groupPolicy: compilation.rule(policyNode),
      groupList: compilation.rule(listNode),
      fallbackList: compilation.rule(isFlat ? inherited(sections, "allowFrom") : policyNode),
    },
  };
  const mapKey =
    network.layout === "guilds" ? "guilds" : network.layout === "channels" ? "channels" : "groups";
  const map = inherited(sections, mapKey);
  if (isSet(policyNode) && policy === "allowlist")
    checkGroupAllowlist(compilation, frame, policyNode, map, listNode);
  if (network.layout === "guilds") {
    const { byId, others, nowhere } = compileGuilds(compilation, frame, map);
    const groups = compileGroupDms(compilation, frame, children(sections, "dm"));
    return { groups, channels: others, guilds: isSet(map) ? byId : null, nowhere };
  }
  if (network.layout === "channels") {
    const channels = compileChannels(compilation, frame, map);
    const groups = compileGroupDms(compilation, frame, children(sections, "dm"));
    return { groups, channels, guilds: null, nowhere: channels.others };
  }
  const groups = compileGroups(compilation, frame, map);
  return { groups, channels: groups, guilds: null, nowhere: groups.others };
}

function checkGroupAllowlist(
  compilation: Compilation,
  frame: RoomFrame,
  policyNode: ConfigNode,
  map: ConfigNode,
  listNode: ConfigNode,
): void {
  const [policyKey, mapKey] = [pathText(policyNode), pathText(map)];
  if (!isSet(map)) {
    const message = `${policyKey} is "allowlist" and ${mapKey} is not set, so no group is accepted.`;
    const hint = `Name the groups in ${mapKey}, or all of them with "*".`;
    compilation.report("no-group-named", map, message, hint, "warning");
  }
  const { groupList } = frame;
  if (groupList !== null && groupList.ids.size === 0 && !groupList.everyone) {
    const message = `${pathText(listNode)} names nobody, so nobody can trigger in a group.`;
    compilation.report("empty-allowlist", listNode, message, "Add the ids of people.", "warning");
  }
}
