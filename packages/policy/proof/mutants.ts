/**
 * Faults that this class of system had, put back into a copy of the engine one at a time. Each must be noticed.
 * A patch whose text is not found exactly once fails the test: a mutant that changes nothing proves nothing.
 */

export interface Mutant {
  readonly name: string;
  /** Where the world has seen it: a public report, an advisory, or a release. */
  readonly seen: string;
  /** In `src`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const mutant = (name: string, seen: string, file: string, from: string, to: string): Mutant => ({
  name,
  seen,
  file,
  from,
  to,
});

const core: readonly Mutant[] = [
  mutant(
    "approvals bypass the allowlist policy",
    "openclaw #22599",
    "core.ts",
    `    case "allowlist":
      return facts.allowFrom === "named" ? "allowFrom" : null;
    case "disabled":`,
    `    case "allowlist":
      return facts.allowFrom === "named" ? "allowFrom" : facts.isPaired === true ? "isPaired" : null;
    case "disabled":`,
  ),
  mutant(
    "open without a wildcard admits everyone",
    "none known",
    "core.ts",
    `return facts.allowFrom === "everyone" || facts.allowFrom === "named" ? "allowFrom" : null;`,
    `return "allowFrom";`,
  ),
  mutant(
    "a wildcard grants commands",
    "CVE-2026-44991",
    "core.ts",
    `const isListed = facts.allowFrom === "named" || admission === "isPaired";`,
    `const isListed = true;`,
  ),
  mutant(
    "a disabled policy still looks at its list",
    "none known",
    "core.ts",
    `  if (facts.dmPolicy === "disabled") return direct.disabled;
  const admission = admittedBy(facts);`,
    `  const admission = facts.allowFrom === "named" ? "allowFrom" : admittedBy(facts);
  if (facts.dmPolicy === "disabled" && admission === null) return direct.disabled;`,
  ),
  mutant(
    "a reaction is answered with a pairing code",
    "none known",
    "core.ts",
    `return facts.event === "message" ? direct.challenge : direct.notPaired;`,
    `return direct.challenge;`,
  ),
  mutant(
    "an unknown sender is challenged under every policy",
    "none known",
    "core.ts",
    `if (facts.dmPolicy !== "pairing") return direct.notListed;`,
    ``,
  ),
  mutant(
    "an allowlist without groups allows all groups",
    "openclaw #56957",
    "core.ts",
    `    case "allowlist":
      return facts.room === "whole" || facts.room === "named";`,
    `    case "allowlist":
      return facts.room === "whole" || facts.room === "named" || facts.room === "unmapped";`,
  ),
  mutant(
    "an unknown group falls through",
    "none known",
    "core.ts",
    `  if (!acceptsRoom(facts)) return group.notListed;`,
    ``,
  ),
  mutant(
    "a group that is switched off answers",
    "none known",
    "core.ts",
    `  if (facts.room === "disabled") return group.roomDisabled;
  if (!acceptsRoom(facts)) return group.notListed;`,
    `  if (facts.room !== "disabled" && !acceptsRoom(facts)) return group.notListed;`,
  ),
  mutant(
    "the group's own list is ignored under the open policy",
    "none known",
    "core.ts",
    `if (!passesRoom && !(isOpen && facts.roomList === "everyone")) return group.notInRoomList;`,
    `if (!passesRoom && !isOpen) return group.notInRoomList;`,
  ),
  mutant(
    "a wildcard in a group's list admits under every policy",
    "none known",
    "core.ts",
    `!(isOpen && facts.roomList === "everyone")`,
    `!(facts.roomList === "everyone")`,
  ),
  mutant(
    "groupAllowFrom is not asked",
    "none known",
    "core.ts",
    `  if (facts.groupList !== "unset") return group.notInGroupList;`,
    ``,
  ),
  mutant(
    "an allowlist without a list of people admits the group",
    "Clawdbot 2026.1.10",
    "core.ts",
    `return asksForSender && facts.fallbackList !== "named" ? group.notInFallbackList : null;`,
    `return null;`,
  ),
  mutant(
    "the mention default is flipped",
    "none known",
    "core.ts",
    `  if (facts.requireMention === "no") return false;`,
    `  if (facts.requireMention !== "yes") return false;`,
  ),
  mutant(
    "a mention that cannot be detected is not asked for",
    "Clawdbot 2026.1.10",
    "core.ts",
    `  if (facts.mention === "mentioned" || facts.event === "button") return false;`,
    `  if (facts.mention !== "absent" || facts.event === "button") return false;`,
  ),
  mutant(
    "the session's activation overrides the config",
    "Clawdbot 2026.1.10",
    "core.ts",
    `return !(facts.requireMention === "unset" && facts.activation === "always");`,
    `return facts.activation !== "always";`,
  ),
  mutant(
    "a command that is meant for somebody else wakes the bot",
    "none known",
    "core.ts",
    `const isBypass = facts.command !== "none" && facts.mentionsOthers === false;`,
    `const isBypass = facts.command !== "none";`,
  ),
  mutant(
    "any slash wakes the bot",
    "Clawdbot 2026.1.10",
    "core.ts",
    `  if (notAllowed !== null) return group.refused[notAllowed];`,
    `  if (notAllowed !== null && facts.requireMention === "no") return group.refused[notAllowed];`,
  ),
  mutant(
    "listed people give owner commands",
    "GHSA-r7vr-gr74-94p8",
    "core.ts",
    `  if (command === "owner") return isOwner === true ? null : "owner";`,
    `  if (command === "owner") return isListed || isOwner === true ? null : "owner";`,
  ),
  mutant(
    "reactions start turns",
    "Clawdbot 2026.1.10",
    "core.ts",
    `const canAct = (event: DirectFacts["event"]): boolean => event === "message" || event === "button";`,
    `const canAct = (_event: DirectFacts["event"]): boolean => true;`,
  ),
  mutant(
    "everyone who is admitted acts as listed",
    "Clawdbot 2026.1.10",
    "core.ts",
    `  return isListed ? direct.turn.listed[admission] : direct.turn.stranger;`,
    `  return direct.turn.listed[admission];`,
  ),
];

const view: readonly Mutant[] = [
  mutant(
    "whoever presented no identity is a person",
    "none known",
    "view.ts",
    `  if (senderId === null || senderId === "") return digits.sender.nobody;`,
    `  if (senderId === null || senderId === "") return digits.sender.person;`,
  ),
  mutant(
    "an empty list is everyone",
    "openclaw #13161, #147342",
    "view.ts",
    `  if (allowFrom.ids.has(id)) return digits.allowFrom.named;`,
    `  if (allowFrom.ids.size === 0 || allowFrom.ids.has(id)) return digits.allowFrom.named;`,
  ),
  mutant(
    "an empty group list is no list",
    "CVE-2026-35649",
    "view.ts",
    `  if (groupList === null) return digits.groupList.unset;`,
    `  if (groupList === null || groupList.ids.size === 0) return digits.groupList.unset;`,
  ),
  mutant(
    "approvals for direct messages count in groups",
    "CVE-2026-26328",
    "view.ts",
    `scope.fallbackList !== null && scope.fallbackList.ids.has(id),`,
    `state.isPaired === true || (scope.fallbackList !== null && scope.fallbackList.ids.has(id)),`,
  ),
  mutant(
    "ids are compared without regard to case",
    "Clawdbot 2026.1.10",
    "view.ts",
    `  const id = question.senderId ?? "";`,
    `  const id = (question.senderId ?? "").toLowerCase();`,
  ),
  mutant("the bot hears itself", "none known", "view.ts", `  if (isSelf) return digits.sender.self;`, ``),
  mutant(
    "a shared account that is listed is a person",
    "dgongut/docker-controller-bot#25",
    "view.ts",
    `  return holds(plan.sharedSenders, senderId) ? digits.sender.shared : digits.sender.person;`,
    `  return digits.sender.person;`,
  ),
  mutant(
    "every event is a message",
    "Clawdbot 2026.1.10",
    "view.ts",
    `  return event === "button" ? digits.event.button : digits.event.side;`,
    `  return event === "button" ? digits.event.button : digits.event.message;`,
  ),
  mutant(
    "native commands skip the owner check",
    "GHSA-p73f-w79w-jqr5",
    "view.ts",
    `  return refusalOf(plan, question, command) === null ?`,
    `  if (question.event === "command") return digits.command.listed;
  return refusalOf(plan, question, command) === null ?`,
  ),
  mutant(
    "commands that are switched off run",
    "none known",
    "view.ts",
    `  if (off !== undefined) return off;`,
    ``,
  ),
  mutant(
    "a thread is judged by its own id",
    "none known",
    "view.ts",
    `  const room = parent ?? chatId;`,
    `  const room = chatId;`,
  ),
  mutant(
    "a topic's rules are ignored",
    "none known",
    "view.ts",
    `  return question.thread === null ? scope : (scope.topics?.get(question.thread) ?? scope);`,
    `  return scope;`,
  ),
  mutant(
    "a room without its guild stands under the rules of any guild",
    "none known",
    "view.ts",
    `  return guild === null ? plan.nowhere : inRooms(plan.guilds.get(guild) ?? plan.channels, room);`,
    `  return inRooms(plan.guilds.get(guild ?? "") ?? plan.channels, room);`,
  ),
  mutant(
    "a binding's other fields are ignored",
    "Clawdbot 2026.1.10",
    "view.ts",
    `    const isGuild = binding.guild === null || binding.guild === guild;`,
    `    const isGuild = true;`,
  ),
  mutant(
    "a binding for a channel fits a direct message",
    "none known",
    "view.ts",
    `  const peer = kind === "dm" ? senderId : chatId;`,
    `  const peer = chatId === "" ? senderId : kind === "dm" ? null : chatId;`,
  ),
];

const reading: readonly Mutant[] = [
  mutant(
    "the message of an unknown account is judged by the default account",
    "CVE-2026-28469",
    "unanswerable.ts",
    `network.accounts.get(id) ?? unanswerable`,
    `network.accounts.get(id) ?? network.accounts.get("default") ?? unanswerable`,
  ),
  mutant(
    "all who write directly share one session",
    "Clawdbot 2026.1.10",
    "decide-message.ts",
    `return isOwners || plan.dmScope === "main" ? seat.main`,
    `return isOwners || plan.dmScope !== "sender" ? seat.main`,
  ),
  mutant(
    "two accounts share a session",
    "Clawdbot 2026.1.10",
    "compile-bindings.ts",
    `const here = beginning(account);`,
    `const here = beginning("default");`,
  ),
  mutant(
    "ids with separators make one session of two",
    "none known",
    "session-key.ts",
    `return part.replaceAll("%", "%25").replaceAll(":", "%3A");`,
    `return part;`,
  ),
  mutant(
    "a chat of an unknown kind is read as a channel",
    "Clawdbot 2026.1.10",
    "read-message.ts",
    `if (!isKind(kind) || !isId(chatId)`,
    `if (typeof kind !== "string" || !isId(chatId)`,
  ),
  mutant(
    "fields that are not known are ignored",
    "GHSA-gv46-4xfq-jv58",
    "read-message.ts",
    `if (!hasOnlyRequestFields(request)) return null;`,
    ``,
  ),
  mutant(
    "a missing fact takes the milder reading",
    "none known",
    "read-message.ts",
    `mentionsOthers = true }`,
    `mentionsOthers = false }`,
  ),
  mutant(
    "a missing sender is no bot and nobody in particular",
    "none known",
    "read-message.ts",
    `Object.freeze({ id: null, isBot: true, isSelf: false });`,
    `Object.freeze({ id: "*", isBot: false, isSelf: false });`,
  ),
  mutant(
    "commands are looked up through the prototype",
    "none known",
    "command-rights.ts",
    `  return byName.get(name) ?? `,
    `  return commandRights[name] ?? `,
  ),
  mutant(
    "an invisible character hides a command",
    "none known",
    "command-rights.ts",
    `(byName.get(fold(name)) ?? null)`,
    `(byName.get(name) ?? null)`,
  ),
];

const remembering: readonly Mutant[] = [
  mutant(
    "an approval is not remembered",
    "none known",
    "facts-key.ts",
    `(allowFrom * 2 + (isPaired ? 1 : 0))`,
    `(allowFrom * 2)`,
  ),
  mutant(
    "everyone in a group is its owner",
    "none known",
    "facts-key.ts",
    `(lists * 2 + (isOwner ? 1 : 0))`,
    `(lists * 2 + 1)`,
  ),
  mutant("every message mentions the bot", "none known", "facts-key.ts", `* 3 + mention) * 2`, `* 3) * 2`),
  mutant(
    "a reaction is remembered as a message",
    "none known",
    "facts-key.ts",
    `(isPaired ? 1 : 0)) * 3 + event)`,
    `(isPaired ? 1 : 0)) * 3)`,
  ),
  mutant(
    "the answer to an owner's call is given to the next stranger",
    "none known",
    "tool-verdict.ts",
    `  return ((whose * 4 + rank) * 4 + where) * 2`,
    `  return (whose * 4 + where) * 2`,
  ),
  mutant(
    "the answer under one profile is given under another",
    "none known",
    "tool-verdict.ts",
    `(profile === null ? 0 : profile.index + 1)`,
    `0`,
  ),
  mutant(
    "the answer under one profile is given under no known profile",
    "none known",
    "tool-verdict.ts",
    `(plan.profiles.byName.size + 1) +`,
    `plan.profiles.byName.size +`,
  ),
  mutant(
    "the answer about one tool is given about another",
    "none known",
    "tool-verdict.ts",
    `const what = agent.index * plan.tools.size + tool.index;`,
    `const what = agent.index * plan.tools.size;`,
  ),
  mutant(
    "the answer for one agent is given for another",
    "none known",
    "tool-verdict.ts",
    `const what = agent.index * plan.tools.size + tool.index;`,
    `const what = tool.index;`,
  ),
  mutant(
    "the answer to a turn is given to what a timer started",
    "none known",
    "tool-verdict.ts",
    `(run === "turn" ? 2 : 0)`,
    `0`,
  ),
  mutant(
    "the answer in the owner's own session is given in a group",
    "none known",
    "tool-verdict.ts",
    `(scope.chat === "group" ? 1 : 0)`,
    `0`,
  ),
  mutant(
    "the answer in one room is given in another, whose list denies the tool",
    "none known",
    "tool-verdict.ts",
    ` + (isRefused ? 1 : 0)`,
    ``,
  ),
  mutant(
    "the answer to one who may be elevated is given to the next",
    "none known",
    "tool-verdict.ts",
    `if (memory === null || isElevated || call.modelProvider !== null)`,
    `if (memory === null || call.modelProvider !== null)`,
  ),
  mutant(
    "the answer under one model is given under another",
    "none known",
    "tool-verdict.ts",
    `if (memory === null || isElevated || call.modelProvider !== null)`,
    `if (memory === null || isElevated)`,
  ),
];

const compiling: readonly Mutant[] = [
  mutant(
    "a network that is switched off answers",
    "none known",
    "compile-network.ts",
    `enabled.value === false ? "off" : "on"`,
    `enabled.value === undefined ? "on" : "on"`,
  ),
  mutant(
    "an account falls back to the built-in policy instead of the network's",
    "Clawdbot 2026.1.10",
    "compile-network.ts",
    `const sections: Sections = isSet(node) ? [node, base] : [base];`,
    `const sections: Sections = isSet(node) ? [node] : [base];`,
  ),
  mutant(
    "an account's own policy is ignored",
    "Clawdbot 2026.1.10",
    "compile-network.ts",
    `const sections: Sections = isSet(node) ? [node, base] : [base];`,
    `const sections: Sections = [base];`,
  ),
  mutant(
    "an account switches its network on again",
    "none known",
    "compile-network.ts",
    `switches.find((node) => readBoolean(compilation, node) === false) ?? inherited(sections, "enabled")`,
    `inherited(sections, "enabled")`,
  ),
  mutant(
    "direct messages that are switched off are heard",
    "none known",
    "compile-network.ts",
    `const isOff = !isFlat && readBoolean(compilation, enabledNode) === false;`,
    `const isOff = false;`,
  ),
  mutant(
    "open compiles without a wildcard",
    "none known",
    "compile-network.ts",
    `else if (people?.everyone !== true) {`,
    `else if (people === null) {`,
  ),
  mutant(
    "pairing compiles where no code can be delivered",
    "Clawdbot 2026.1.10",
    "compile-network.ts",
    `if (policy === "pairing" && !network.canPair) {`,
    `if (policy === "pairing" && !network.canPair && people !== null) {`,
  ),
  mutant(
    "a wildcard compiles without the open policy",
    "Clawdbot 2026.1.10",
    "compile-people.ts",
    `  if (people?.everyone !== true) return;`,
    `  if (people?.everyone !== true || people.ids.size === 0) return;`,
  ),
  mutant(
    "lists and messages are normalised by different functions",
    "Clawdbot 2026.1.10",
    "compile-people.ts",
    `    if (id !== null) ids.add(id);`,
    `    if (id !== null) ids.add(String(entry.value));`,
  ),
  mutant(
    "a policy word of another case is the default",
    "Clawdbot 2026.1.10",
    "compilation.ts",
    `const word = words.find((candidate) => candidate === node.value);`,
    `const word = words.find((candidate) => candidate === String(node.value).toLowerCase());`,
  ),
  mutant(
    "null is an empty list",
    "none known",
    "compilation.ts",
    `  if (Array.isArray(node.value)) return`,
    `  if (node.value === null) return [];
  if (Array.isArray(node.value)) return`,
  ),
  mutant(
    "the owner on one network is the owner on all",
    "CVE-2026-53854",
    "compile-commands.ts",
    `owners: owners.get(network.id) ?? new Set(),`,
    `owners: new Set([...owners.values()].flatMap((ids) => [...ids])),`,
  ),
  mutant(
    "a binding to an agent that does not exist goes to the default agent",
    "Clawdbot 2026.1.10",
    "compile-bindings.ts",
    `if (typeof agent !== "string" || !agents.ids.has(agent)) {`,
    `if (typeof agent !== "string") {`,
  ),
  mutant(
    "a binding without an account holds for every account",
    "none known",
    "compile-bindings.ts",
    `(readId(compilation, account) ?? "default")`,
    `readId(compilation, account)`,
  ),
  mutant(
    "a group that is named loses the restrictions of the wildcard",
    "Clawdbot 2026.1.10",
    "compile-rooms.ts",
    `make(hasStar ? [entry, star] : [entry])`,
    `make([entry])`,
  ),
  mutant(
    "the wildcard overrides the group that is named",
    "none known",
    "compile-rooms.ts",
    `make(hasStar ? [entry, star] : [entry])`,
    `make(hasStar ? [star, entry] : [entry])`,
  ),
  mutant(
    "the wildcard of a map is ignored",
    "none known",
    "compile-rooms.ts",
    `others: hasStar ? make([star]) : otherwise()`,
    `others: otherwise()`,
  ),
  mutant(
    "a narrower list widens",
    "Clawdbot 2026.1.10",
    "compile-rooms.ts",
    `roomList: admittedByAll(roomLists.map(({ people }) => people)),`,
    `roomList: roomLists[0]?.people ?? null,`,
  ),
  mutant(
    "a topic forgets that its group asks for a mention",
    "none known",
    "compile-rooms.ts",
    `const mentionNode = nearest([first!, ...rest]);`,
    `const mentionNode = first ?? rest[0]!;`,
  ),
  mutant(
    "an empty map of groups is no map",
    "Clawdbot 2026.1.10",
    "compile-rooms.ts",
    `room: isSet(map) ? "unnamed" : "unmapped",`,
    `room: isSet(map) && Object.keys(map.value as object).length > 0 ? "unnamed" : "unmapped",`,
  ),
  mutant(
    "group DMs are on unless they are switched off",
    "Clawdbot 2026.1.10",
    "compile-rooms.ts",
    `readBoolean(compilation, groupEnabled) === true;`,
    `readBoolean(compilation, groupEnabled) !== false;`,
  ),
  mutant(
    "a channel that is not allowed is allowed",
    "none known",
    "compile-rooms.ts",
    `["enabled", "allow"]`,
    `["enabled"]`,
  ),
];

export const mutants: readonly Mutant[] = [...core, ...view, ...reading, ...remembering, ...compiling];
