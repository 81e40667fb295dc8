/**
 * From a request to facts: look-ups, equality and membership of identifiers, and nothing else.
 * INVARIANT: no identifier is ever taken apart, so a renaming of all of them changes no decision (view.test.ts reads
 * this file and allows no method but `get` and `has`; proof/ checks the renaming).
 */
import type { CommandRight } from "./command-rights.ts";
import type { Facts } from "./facts.ts";
import { digits, directKey, factsOf, groupKey, operatorKey, unreachedKey } from "./facts-key.ts";
import { find, holds } from "./lookup.ts";
import type { AccountPlan, Binding, DirectScope, GroupScope, People, Rooms, Scope, Seat } from "./plan.ts";
import type { Question } from "./read-message.ts";
import type { ChatKind, StateFacts } from "./request.ts";

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

/** The facts of a request. */
export function view(plan: AccountPlan, scope: Scope, question: Question, state: StateFacts): Facts {
  return factsOf(scope, factsKey(plan, scope, question, state));
}

/** The same as a number. */
export function factsKey(plan: AccountPlan, scope: Scope, question: Question, state: StateFacts): number {
  const sender = senderOf(plan, question);
  const isOff = plan.isOn !== "on";
  if (sender !== digits.sender.person || isOff) return unreachedKey(sender, isOff);
  const event = eventOf(question);
  const command = commandOf(plan, question);
  if (scope.chat === "operator") return operatorKey(event, command);
  const id = question.senderId ?? "";
  const isOwner = holds(plan.commands.owners, id);
  if (scope.chat === "dm") {
    return directKey(directListing(scope, id), state.isPaired === true, event, isOwner, command);
  }
  return groupKey(
    listing(scope.roomList, id),
    groupListing(scope, id),
    scope.fallbackList !== null && scope.fallbackList.ids.has(id),
    isOwner,
    command,
    event,
    activationOf(state),
    mentionOf(question),
    question.mentionsOthers,
  );
}

/** Whether one chat is the other, or a topic or thread of it. */
export function isHere(origin: Question, to: Question): boolean {
  if (origin.provider !== to.provider || origin.account !== to.account || origin.kind !== to.kind)
    return false;
  return origin.chatId === to.chatId || (to.kind !== "dm" && to.parent === origin.chatId);
}

function senderOf(plan: AccountPlan, { senderId, isSelf, isBot }: Question): number {
  if (isSelf) return digits.sender.self;
  if (isBot) return digits.sender.bot;
  if (senderId === null || senderId === "") return digits.sender.nobody;
  return holds(plan.sharedSenders, senderId) ? digits.sender.shared : digits.sender.person;
}

function eventOf({ event }: Question): number {
  if (event === "message" || event === "command") return digits.event.message;
  return event === "button" ? digits.event.button : digits.event.side;
}

function mentionOf({ isMentioned, isMentionDetectable }: Question): number {
  if (isMentioned) return digits.mention.mentioned;
  return isMentionDetectable ? digits.mention.absent : digits.mention.undetectable;
}

function activationOf({ activation }: StateFacts): number {
  if (activation === "always") return digits.activation.always;
  return activation === "mention" ? digits.activation.mention : digits.activation.unset;
}

function commandOf(plan: AccountPlan, question: Question): number {
  const { command } = question;
  if (command === null) return question.event === "command" ? digits.command.unknown : digits.command.none;
  return refusalOf(plan, question, command) === null ? digits.command[command.right] : digits.command.refused;
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

function directListing({ allowFrom }: DirectScope, id: string): number {
  if (allowFrom === null) return digits.allowFrom.unnamed;
  if (allowFrom.ids.has(id)) return digits.allowFrom.named;
  return allowFrom.everyone ? digits.allowFrom.everyone : digits.allowFrom.unnamed;
}

function listing(people: People | null, id: string): number {
  if (people === null) return digits.roomList.unset;
  if (people.ids.has(id)) return digits.roomList.named;
  return people.everyone ? digits.roomList.everyone : digits.roomList.unnamed;
}

function groupListing({ groupList }: GroupScope, id: string): number {
  if (groupList === null) return digits.groupList.unset;
  return groupList.ids.has(id) ? digits.groupList.named : digits.groupList.unnamed;
}

/** The agent of a chat: peer, room of a thread, any peer, guild, team, account, network, default agent. */
export function seatOf({ routes }: AccountPlan, question: Question): Seat {
  const { kind, chatId, parent, guild, team, senderId } = question;
  const peers = ofKind(routes.peers, kind);
  const peer = kind === "dm" ? senderId : chatId;
  return (
    (peer === null ? null : firstMatch(find(peers, peer), guild, team)) ??
    (parent === null ? null : firstMatch(find(peers, parent), guild, team)) ??
    firstMatch(ofKind(routes.anyPeer, kind), guild, team) ??
    (guild === null ? null : firstMatch(routes.guilds.get(guild), guild, team)) ??
    (team === null ? null : firstMatch(routes.teams.get(team), guild, team)) ??
    routes.rest
  );
}

/** Not by index: a look-up by a name that varies is slow, and this runs in every decision. */
function ofKind<Value>(by: Readonly<Record<ChatKind, Value>>, kind: ChatKind): Value {
  if (kind === "dm") return by.dm;
  return kind === "group" ? by.group : by.channel;
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
