/**
 * From a request to facts: look-ups, equality and membership of identifiers, and nothing else.
 * INVARIANT: no identifier is ever taken apart, so a renaming of all of them changes no decision (view.test.ts reads
 * this file and allows no method but `get` and `has`; proof/ checks the renaming).
 */
import type { CommandRight } from "./command-rights.ts";
import type { DirectFacts, Facts, GroupFacts, UnreachedFacts } from "./facts.ts";
import type { AccountPlan, Binding, DirectScope, GroupScope, People, Rooms, Scope, Seat } from "./plan.ts";
import type { Question } from "./read-message.ts";
import type { StateFacts } from "./request.ts";

/** What a request is about, once the account is known. */
export function scopeOf(plan: AccountPlan, question: Question): Scope {
  if (plan.operator !== null) return plan.operator;
  if (question.kind === "dm") return plan.direct;
  const scope = roomOf(plan, question);
  return question.thread === null ? scope : (scope.topics?.get(question.thread) ?? scope);
}

function roomOf(plan: AccountPlan, { kind, chatId, parent, guild }: Question): GroupScope {
  if (kind === "group") return inRooms(plan.groups, chatId);
  // A thread stands under the rules of its room.
  const room = parent ?? chatId;
  if (plan.guilds === null) return inRooms(plan.channels, room);
  return guild === null ? plan.nowhere : inRooms(plan.guilds.get(guild) ?? plan.channels, room);
}

const inRooms = (rooms: Rooms, id: string): GroupScope => rooms.byId.get(id) ?? rooms.others;

export function view(plan: AccountPlan, scope: Scope, question: Question, state: StateFacts): Facts {
  const sender = senderOf(plan, question);
  const account = plan.isOn;
  if (sender !== "person" || account !== "on") return { chat: "unreached", sender, account };
  const id = question.senderId ?? "";
  const event = eventOf(question);
  const right = rightOf(plan, question);
  if (scope.chat === "operator") return { chat: "operator", sender, account, event, command: right };
  const isOwner = plan.commands.owners.has(id);
  if (scope.chat === "dm") {
    const { dmPolicy } = scope;
    const allowFrom = directListing(scope, id);
    const isPaired = state.isPaired === true;
    return { chat: "dm", sender, account, dmPolicy, allowFrom, isPaired, event, isOwner, command: right };
  }
  return {
    chat: "group",
    sender,
    account,
    groupPolicy: scope.groupPolicy,
    room: scope.room,
    roomList: listing(scope.roomList, id),
    groupList: groupListing(scope.groupList, id),
    fallbackList: scope.fallbackList !== null && scope.fallbackList.ids.has(id) ? "named" : "unnamed",
    isOwner,
    command: right,
    event,
    requireMention: scope.requireMention,
    activation: activationOf(state),
    mention: mentionOf(question),
    mentionsOthers: question.mentionsOthers,
  };
}

/** Whether one chat is the other, or a topic or thread of it. */
export function isHere(origin: Question, to: Question): boolean {
  if (origin.provider !== to.provider || origin.account !== to.account) return false;
  if (origin.kind === to.kind && origin.chatId === to.chatId) return true;
  return origin.kind !== "dm" && to.kind !== "dm" && to.parent === origin.chatId;
}

function senderOf(plan: AccountPlan, { senderId, isSelf, isBot }: Question): UnreachedFacts["sender"] {
  if (isSelf) return "self";
  if (isBot) return "bot";
  if (senderId === null || senderId === "") return "nobody";
  return plan.sharedSenders.has(senderId) ? "shared" : "person";
}

function eventOf({ event }: Question): DirectFacts["event"] {
  if (event === "message" || event === "command") return "message";
  return event === "button" ? "button" : "side";
}

function mentionOf({ isMentioned, isMentionDetectable }: Question): GroupFacts["mention"] {
  if (isMentioned) return "mentioned";
  return isMentionDetectable ? "absent" : "undetectable";
}

function activationOf({ activation }: StateFacts): GroupFacts["activation"] {
  if (activation === "always") return "always";
  return activation === "mention" ? "mention" : "unset";
}

function rightOf(plan: AccountPlan, question: Question): DirectFacts["command"] {
  if (question.command === null) return question.event === "command" ? "unknown" : "none";
  return refusalOf(plan, question, question.command) === null ? question.command.right : "refused";
}

/** The key that keeps this command from this sender, whatever their standing; null when none does. */
export function refusalOf({ commands }: AccountPlan, question: Question, command: CommandRight) {
  const isNative = question.event === "command";
  if (isNative && commands.nativeOff !== null) return commands.nativeOff;
  if (!isNative && commands.textOff !== null) return commands.textOff;
  const off = command.switchedOnBy === undefined ? undefined : commands.off.get(command.switchedOnBy);
  if (off !== undefined) return off;
  return commands.list === null || commands.list.has(question.senderId ?? "") ? null : commands.listRule;
}

function directListing({ allowFrom }: DirectScope, id: string): DirectFacts["allowFrom"] {
  if (allowFrom === null) return "unnamed";
  return allowFrom.ids.has(id) ? "named" : allowFrom.everyone ? "everyone" : "unnamed";
}

function listing(people: People | null, id: string): GroupFacts["roomList"] {
  if (people === null) return "unset";
  return people.ids.has(id) ? "named" : people.everyone ? "everyone" : "unnamed";
}

function groupListing(people: People | null, id: string): GroupFacts["groupList"] {
  return people === null ? "unset" : people.ids.has(id) ? "named" : "unnamed";
}

/** The agent of a chat: peer, room of a thread, any peer, guild, team, account, network, default agent. */
export function seatOf({ routes }: AccountPlan, question: Question): Seat {
  const { kind, chatId, parent, guild, team, senderId } = question;
  const peers = routes.peers[kind];
  const peer = kind === "dm" ? senderId : chatId;
  return (
    (peer === null ? null : firstMatch(peers.get(peer), guild, team)) ??
    (parent === null ? null : firstMatch(peers.get(parent), guild, team)) ??
    firstMatch(routes.anyPeer[kind], guild, team) ??
    (guild === null ? null : firstMatch(routes.guilds.get(guild), guild, team)) ??
    (team === null ? null : firstMatch(routes.teams.get(team), guild, team)) ??
    routes.rest
  );
}

/** All fields that a binding gives must match. */
function firstMatch(bindings: readonly Binding[] | undefined, guild: string | null, team: string | null) {
  if (bindings === undefined) return null;
  for (const binding of bindings) {
    const isGuild = binding.guild === null || binding.guild === guild;
    if (isGuild && (binding.team === null || binding.team === team)) return binding.seat;
  }
  return null;
}
