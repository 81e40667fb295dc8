/**
 * The rules of access in the words of the documents, interpreted over the raw config: slow, and plain enough to be checked
 * by reading. Where the documents leave a choice, `errata.md` says which reading this is.
 */
import type { Authority, Budget, DecisionCode, Effect, Obligation } from "../src/decision.ts";
import type { Network } from "../src/network.ts";
import type { ChatReference, MessageRequest, StateFacts } from "../src/request.ts";
import {
  at,
  defaultAgent,
  bindingsOf,
  dmScopeOf,
  entryOf,
  isOwner,
  names,
  rulesOf,
  saysEveryone,
  type AccountRules,
  type Place,
  type Sayings,
} from "./reference-config.ts";
import { rightsOf, type Rights } from "./reference-rights.ts";

export interface Answer {
  readonly effect: Effect;
  /** Several where the documents do not say which; usually one. */
  readonly codes: readonly DecisionCode[];
  /** Null: not settled, because no chat was reached. */
  readonly agent: string | null;
  /** Who shares this session: equal for equal sessions and only for them. Null: no session, or not settled. */
  readonly session: string | null;
  readonly authority: Authority | null;
  readonly duty: Obligation["kind"] | null;
  /** What a turn is counted against. Absent: nothing. */
  readonly counted?: { readonly profile: string; readonly budget: Budget };
}

/** Everything known of a message on its way through the rules. */
interface Message {
  readonly config: Sayings;
  readonly network: Network;
  readonly account: string;
  readonly rules: AccountRules;
  readonly request: MessageRequest;
  readonly sender: string;
  readonly state: StateFacts;
}

/** Somebody whom the rules of the chat let in, before their rights are asked. */
export interface Admitted {
  readonly message: Message;
  readonly authority: Authority;
  readonly mentionRequired: boolean;
}

export function reference(
  config: Sayings,
  networks: readonly Network[],
  request: MessageRequest,
  state: StateFacts = {},
): Answer {
  const admission = admissionOf(config, networks, request, state);
  return "effect" in admission ? admission : answerTo(admission);
}

/** Whether the sender is let in here, whatever they say; mentions are not asked about. */
export function admissionOf(
  config: Sayings,
  networks: readonly Network[],
  request: MessageRequest,
  state: StateFacts,
): Admitted | Answer {
  const network = networks.find(({ id }) => id === request.provider);
  if (network === undefined) return turnedAway("unknown-provider");
  const account = request.account ?? "default";
  const rules = rulesOf(config, network, account);
  if (rules === undefined) return turnedAway("unknown-account");

  // "Ignore bots by default; never act on one's own messages"; an empty or unknown identity matches nothing.
  if (request.sender.isSelf === true) return turnedAway("own-message");
  if (request.sender.isBot === true) return turnedAway("bot-sender");
  const sender = request.sender.id;
  if (sender === null || sender === "") return turnedAway("no-sender");
  if (network.sharedSenders.includes(sender)) return turnedAway("shared-sender");
  if (!rules.enabled) return turnedAway("provider-disabled");

  const message: Message = { config, network, account, rules, request, sender, state };
  if (network.layout === "operator") return admitted(message, "owner", false);
  return request.chat.kind === "dm" ? directMessage(message) : groupMessage(message);
}

// --- Direct messages ---------------------------------------------------------------------------------------------------

function directMessage(message: Message): Admitted | Answer {
  const { config, network, rules, request, sender, state } = message;
  const { policy = "pairing", allowFrom, enabled } = rules.direct;
  const owner = isOwner(config, network, sender);
  const listed = names(allowFrom, network, sender);

  // "disabled: ignore inbound DMs entirely."
  if (policy === "disabled" || enabled === false) return refused(message, "dm-disabled");
  // "open: allow anyone to DM. Requires the allowlist to include "*"." A wildcard grants chat, never commands.
  if (policy === "open" && saysEveryone(allowFrom)) {
    return admitted(message, standing(owner, listed), false);
  }
  // "allowlist: unknown senders are blocked (no pairing handshake)." Approvals count under pairing only.
  if (policy === "allowlist" && listed) return admitted(message, standing(owner, true), false);
  if (policy === "pairing") {
    if (listed || state.isPaired === true) return admitted(message, standing(owner, true), false);
    // "pairing: unknown senders receive a short pairing code and the bot ignores their message until approved."
    const event = request.event ?? "message";
    if (event === "message" || event === "command") {
      return { ...refused(message, "pairing-required"), effect: "challenge", duty: "send-pairing-code" };
    }
    return refused(message, "pairing-required", "sender-not-listed");
  }
  return refused(message, "sender-not-listed");
}

// --- Groups and channels -----------------------------------------------------------------------------------------------

/** What the config says about the place where something was written. */
interface Room {
  /** The account has a map of places at all. An empty map is a map. */
  readonly mapped: boolean;
  /** The map names the place, or says `"*"`. */
  readonly named: boolean;
  /** The map names the very room, not only the guild around it. */
  readonly roomNamed: boolean;
  readonly enabled: boolean;
  readonly requireMention: boolean | undefined;
  /** The people lists that are written down for the place, from the topic outwards. Each must hold the sender. */
  readonly lists: readonly (readonly string[])[];
}

function groupMessage(message: Message): Admitted | Answer {
  const { config, network, rules, sender, state } = message;
  const { groupPolicy } = rules;
  const room = roomOf(network, rules, message.request.chat);
  const closed = closedTo(rules, room);
  if (closed.length > 0) return refused(message, ...closed);

  // A list that is written down is kept under every policy, and "[] means nobody".
  const admits = (list: readonly string[]) =>
    names(list, network, sender) || (groupPolicy === "open" && saysEveryone(list));
  if (!room.lists.every(admits)) return refused(message, "group-sender-not-listed");

  // "groupPolicy: "allowlist" also asks for the sender in groupAllowFrom (falling back to allowFrom, never to pairing
  // approvals)"; and "open skips the account's list", so a groupAllowFrom that is written is kept under all the others.
  const people = rules.groupAllowFrom ?? rules.direct.allowFrom;
  const named = network.layout === "groups" && names(people, network, sender);
  const asks = groupPolicy === "allowlist" || (groupPolicy !== "open" && rules.groupAllowFrom !== undefined);
  if (network.layout === "groups" && asks && !named) return refused(message, "group-sender-not-listed");
  const listed = named || room.lists.some((list) => names(list, network, sender));

  // "requireMention from topic → channel or group → * → guild → activation (set by an owner) → default true."
  const required = room.requireMention ?? (state.activation === "always" ? false : true);
  // "Any member may trigger by mention, with the rights of a stranger unless listed."
  return admitted(message, standing(isOwner(config, network, sender), listed), required);
}

function admitted(message: Message, authority: Authority, mentionRequired: boolean): Admitted {
  return { message, authority, mentionRequired };
}

/** Why a room is not accepted, whoever asks; empty when it is. */
function closedTo(rules: AccountRules, room: Room): readonly DecisionCode[] {
  const { groupPolicy } = rules;
  if (groupPolicy === "disabled") return ["group-disabled"];
  // "open accepts every group, or those of the map where there is one"; otherwise those "that the map names and no others".
  const accepted = groupPolicy === "open" && !room.mapped ? true : room.named;
  if (!accepted) return ["group-not-listed", "group-disabled"];
  if (!room.enabled) return ["group-disabled", "group-not-listed"];
  return groupPolicy === "allowlist" && !room.roomNamed ? ["group-not-listed"] : [];
}

/** "A room that is accepted and on", for what the bot itself wants to write there. */
export function isAcceptedRoom(network: Network, rules: AccountRules, chat: ChatReference): boolean {
  return closedTo(rules, roomOf(network, rules, chat)).length === 0;
}

/** What the config says of the chat and of what is around it: the topic and its group, or the room and its guild. */
export function placesOf(
  network: Network,
  rules: AccountRules,
  chat: ChatReference,
): { readonly inner: Place | undefined; readonly around: Place | undefined } {
  const { kind, id, thread, parent, guild } = chat;
  if (kind === "dm") return { inner: undefined, around: undefined };
  if (network.layout === "groups") {
    const group = entryOf(rules.groups, network, id);
    return { inner: at(group?.topics, thread ?? ""), around: group };
  }
  // "Threads use the parent's channel config." A guild without a map of channels names all of them.
  const around = network.layout === "guilds" ? entryOf(rules.guilds, network, guild) : undefined;
  const channels = network.layout === "guilds" ? around?.channels : rules.channels;
  const isRoom = kind === "channel" && network.layout !== "operator";
  return isRoom
    ? { inner: entryOf(channels, network, parent ?? id), around }
    : { inner: undefined, around: undefined };
}

function roomOf(network: Network, rules: AccountRules, chat: ChatReference): Room {
  const { kind, id } = chat;
  const { inner, around } = placesOf(network, rules, chat);
  if (network.layout === "groups") {
    const [topic, group] = [inner, around];
    const named = group !== undefined;
    return {
      mapped: rules.groups !== undefined,
      named,
      roomNamed: named,
      enabled: isOn(group) && isOn(topic),
      requireMention: topic?.requireMention ?? group?.requireMention,
      lists: written(topic?.allowFrom, group?.allowFrom),
    };
  }
  if (kind === "group") return groupDirectRoom(rules, network, id);
  const channels = network.layout === "guilds" ? around?.channels : rules.channels;
  const room = inner;
  const roomNamed = room !== undefined;
  return {
    mapped: (network.layout === "guilds" ? rules.guilds : rules.channels) !== undefined,
    named:
      network.layout === "guilds" ? around !== undefined && (channels === undefined || roomNamed) : roomNamed,
    roomNamed,
    enabled: isOn(around) && isOn(room),
    requireMention: room?.requireMention ?? around?.requireMention,
    lists: written(room?.users, around?.users),
  };
}

/** "A group DM needs dm.groupEnabled (default false) and, where dm.groupChannels is set, its id or "*" there." */
function groupDirectRoom(rules: AccountRules, network: Network, id: string): Room {
  const { enabled, groupEnabled, groupChannels } = rules.direct;
  const inList = (groupChannels ?? []).some((entry) => {
    const canonical = network.canonicalChat(entry);
    return entry.trim() === "*" || (canonical.ok && canonical.id === id);
  });
  const on = enabled !== false && groupEnabled === true;
  const named = on && (groupChannels === undefined || inList);
  return { mapped: true, named, roomNamed: inList, enabled: on, requireMention: undefined, lists: [] };
}

function isOn(place: Place | undefined): boolean {
  return place?.enabled !== false && place?.allow !== false;
}

function written(...lists: (readonly string[] | undefined)[]): readonly (readonly string[])[] {
  return lists.filter((list) => list !== undefined);
}

// --- Commands, mentions, turns -----------------------------------------------------------------------------------------

/** Who may use a command: everyone who is listed, or only an owner. Two are off until the config switches them on. */
const rights: Readonly<Record<string, "listed" | "owner">> = {
  help: "listed",
  status: "listed",
  stop: "listed",
  new: "listed",
  reset: "listed",
  compact: "owner",
  think: "owner",
  model: "owner",
  verbose: "owner",
  reasoning: "owner",
  elevated: "owner",
  activation: "owner",
  config: "owner",
  debug: "owner",
};
const switched = ["config", "debug"];
export const commandNames = Object.keys(rights);

/** "Same decision for /reset, /Config and a name with a zero-width space inside": the name as it looks, in lower case. */
export function asItLooks(command: string): string {
  return command.replace(/[\u200B-\u200F\u2060-\u206F]/g, "").toLowerCase();
}

/** What the standing has the right to. */
function mayUse(config: Sayings, command: string, authority: Authority): boolean {
  const on =
    !switched.includes(command) || at(at(config, "commands") as Record<string, unknown>, command) === true;
  return on && (at(rights, command) === "owner" ? authority === "owner" : authority !== "stranger");
}

/** The sender may be heard here. Have they the right to be, and what becomes of the words? */
function answerTo(admitted: Admitted): Answer {
  const { message, authority } = admitted;
  const { config, network, sender, state } = message;
  const own = rightsOf(config, network, sender, authority, state);
  const answer = wordsOf(admitted, own);
  const code = withheld(message, own);
  if (code === null) return answer;
  // What is refused anyway may be refused for either reason; nothing of theirs is kept for the agent.
  const isRefused = answer.effect === "deny" && answer.duty !== "remember-as-context";
  return refused(message, code, ...(isRefused ? answer.codes : []));
}

/** Why the profile of the sender keeps the message from its agent, or null. */
function withheld(message: Message, own: Rights | undefined): DecisionCode | null {
  // "One that the config does not have has no rights at all"; "other agents: no turn, no command".
  if (own === undefined) return "profile-unknown";
  if (!own.agents(agentOf(message))) return "agent-not-allowed";
  // "Names, with a slash or without; narrows what the standing has the right to, grants nothing."
  const { command: name } = message.request;
  const command = typeof name === "string" ? asItLooks(name) : null;
  const isKnown = command !== null && at(rights, command) !== undefined;
  const given = own.commands?.map((each) => asItLooks(each).replace(/^\//, ""));
  return isKnown && given?.includes(command) === false ? "command-not-allowed" : null;
}

function wordsOf({ message, authority, mentionRequired }: Admitted, own: Rights | undefined): Answer {
  const { config, request, state } = message;
  const event = request.event ?? "message";
  const command = typeof request.command === "string" ? asItLooks(request.command) : null;
  const session = sessionOf(message, authority);
  const allowed = { effect: "allow" as const, agent: agentOf(message), session, authority };

  // "A text whose first word is no known command is ordinary text"; a native command of that name is nothing at all.
  const isKnown = command !== null && at(rights, command) !== undefined;
  if (event === "command" && !isKnown) return refused(message, "command-unknown");
  // "An unauthorised command is refused silently; it never falls through to the model as text."
  if (isKnown && !mayUse(config, command, authority)) return refused(message, "command-not-allowed");
  // "Everything but a message, a command and a button is a side event, which never starts a turn."
  if (event === "edit" || event === "reaction" || event === "member") {
    return { ...allowed, codes: ["side-event-noted"], authority: null, duty: null };
  }
  // "A command bypasses the mention gate only for someone who may use it", and only when it is for nobody else.
  const bypasses = isKnown && request.mentionsOthers === false;
  // A button is on a message of the bot's own: whoever presses it means the bot.
  const mentioned = request.mentioned === true || event === "button";
  if (mentionRequired && !mentioned && !bypasses) {
    // "Where a mention is required and cannot be detected, the bot stays silent."
    if (request.mentionDetectable !== true) return refused(message, "mention-undetectable");
    const duty = isKnown ? null : "remember-as-context";
    return { ...refused(message, "mention-required"), session, duty };
  }
  if (isKnown) return { ...allowed, codes: ["command-allowed"], duty: "run-command" };
  if (own?.budget === undefined) return { ...allowed, codes: ["allowed"], duty: "start-turn" };
  // A budget counts turns, and is asked about where one would start. A missing fact takes the stricter reading.
  if (state.isWithinBudget !== true) return refused(message, "budget-spent");
  const counted = { profile: own.name, budget: own.budget };
  return { ...allowed, codes: ["allowed"], duty: "start-turn", counted };
}

function standing(owner: boolean, listed: boolean): Authority {
  if (owner) return "owner";
  return listed ? "listed" : "stranger";
}

// --- Agents and sessions -----------------------------------------------------------------------------------------------

/**
 * "All fields given in a binding must match; the most specific wins": peer, the room of a thread, any peer of the kind, guild,
 * team, account, any account.
 */
function agentOf(message: Message): string {
  const { config, network, account, request, sender } = message;
  const { chat } = request;
  const names = (peer: { readonly kind: string; readonly id: string } | undefined, id: string | null) => {
    if (peer === undefined || peer.kind !== chat.kind || id === null) return false;
    const written = chat.kind === "dm" ? network.canonicalSender(peer.id) : network.canonicalChat(peer.id);
    return written.ok && written.id === id;
  };
  const own = chat.kind === "dm" ? sender : chat.id;
  const room = chat.parent ?? null;
  const isPeer = (peer: { readonly kind: string; readonly id: string }) =>
    names(peer, own) || names(peer, room) || (peer.kind === chat.kind && peer.id === "*");
  const fitting = bindingsOf(config).filter(({ match }) => {
    if (match.provider !== network.id) return false;
    if (match.accountId !== "*" && (match.accountId ?? "default") !== account) return false;
    if (match.peer !== undefined && !isPeer(match.peer)) return false;
    if (match.guildId !== undefined && match.guildId !== chat.guild) return false;
    return match.teamId === undefined || match.teamId === chat.team;
  });
  const most =
    fitting.find(({ match }) => names(match.peer, own)) ??
    fitting.find(({ match }) => names(match.peer, room)) ??
    fitting.find(({ match }) => match.peer !== undefined) ??
    fitting.find(({ match }) => match.guildId !== undefined) ??
    fitting.find(({ match }) => match.teamId !== undefined) ??
    fitting.find(({ match }) => match.accountId !== "*") ??
    fitting[0];
  return most?.agentId ?? defaultAgent(config);
}

/** "The owner's DMs share one session; every other DM sender has a session of their own", separate for each account. */
function sessionOf(message: Message, authority: Authority): string {
  const { config, network, account, request, sender } = message;
  const agent = agentOf(message);
  const { kind, id, thread } = request.chat;
  if (network.layout === "operator") return JSON.stringify([agent, "main"]);
  if (kind !== "dm") return JSON.stringify([agent, network.id, account, kind, id, thread ?? null]);
  const scope = dmScopeOf(config);
  if (scope === "main" || authority === "owner") return JSON.stringify([agent, "main"]);
  return JSON.stringify([agent, network.id, scope === "per-channel-peer" ? null : account, "dm", sender]);
}

// --- Answers -----------------------------------------------------------------------------------------------------------

/** Denied before any rule of the config is asked. */
function turnedAway(code: DecisionCode): Answer {
  return { effect: "deny", codes: [code], agent: null, session: null, authority: null, duty: null };
}

function refused(message: Message, ...codes: DecisionCode[]): Answer {
  return { effect: "deny", codes, agent: agentOf(message), session: null, authority: null, duty: null };
}
