/**
 * Who gets in. A pure, total function over finite facts: every branch is a row of docs/guarantees.md.
 * INVARIANT: whatever is not plainly granted is denied, a value outside the domain included (proof/core-laws.test.ts).
 */
import type { DirectFacts, Facts, GroupFacts, OperatorFacts } from "./facts.ts";
import { direct, group, identity, operator, type Outcome } from "./outcome.ts";

export function core(facts: Facts): Outcome {
  if (facts.sender !== "person") return unidentified(facts);
  if (facts.account !== "on") return identity.disabled;
  switch (facts.chat) {
    case "dm":
      return directMessage(facts);
    case "group":
      return groupMessage(facts);
    case "operator":
      return operatorMessage(facts);
    case "unreached":
    default:
      return identity.unknown;
  }
}

function unidentified(facts: Facts): Outcome {
  if (facts.sender === "self") return identity.self;
  if (facts.sender === "bot") return identity.bot;
  return facts.sender === "shared" ? identity.shared : identity.nobody;
}

function directMessage(facts: DirectFacts): Outcome {
  if (facts.dmPolicy === "disabled") return direct.disabled;
  const admission = admittedBy(facts);
  if (admission === null) {
    if (facts.dmPolicy !== "pairing") return direct.notListed;
    // A code answers somebody who wrote; a reaction or a press is no request to be let in.
    return facts.event === "message" ? direct.challenge : direct.notPaired;
  }
  const isListed = facts.allowFrom === "named" || admission === "isPaired";
  const refusal = commandRefused(facts, isListed);
  if (refusal !== null) return direct.refused[refusal];
  if (!canAct(facts.event)) return facts.event === "side" ? direct.noted[admission] : identity.unknown;
  if (facts.command !== "none") return direct.command[facts.isOwner === true ? "owner" : admission];
  if (facts.isOwner === true) return direct.turn.owner[admission];
  return isListed ? direct.turn.listed[admission] : direct.turn.stranger;
}

const canAct = (event: DirectFacts["event"]): boolean => event === "message" || event === "button";

/** A known command that is not allowed is an end: it never becomes text for the model. */
function commandRefused(
  { command, isOwner }: DirectFacts | GroupFacts,
  isListed: boolean,
): "owner" | "listing" | "unknown" | "switch" | null {
  if (command === "none") return null;
  if (command === "owner") return isOwner === true ? null : "owner";
  if (command === "listed") return isListed || isOwner === true ? null : "listing";
  return command === "unknown" ? "unknown" : "switch";
}

/** `"*"` admits under `open` alone, an approval under `pairing` alone. */
function admittedBy(facts: DirectFacts): "allowFrom" | "isPaired" | null {
  switch (facts.dmPolicy) {
    case "open":
      return facts.allowFrom === "everyone" || facts.allowFrom === "named" ? "allowFrom" : null;
    case "pairing":
      return facts.allowFrom === "named" ? "allowFrom" : facts.isPaired === true ? "isPaired" : null;
    case "allowlist":
      return facts.allowFrom === "named" ? "allowFrom" : null;
    case "disabled":
    default:
      return null;
  }
}

function groupMessage(facts: GroupFacts): Outcome {
  if (facts.groupPolicy === "disabled") return group.disabled;
  if (facts.room === "disabled") return group.roomDisabled;
  if (!acceptsRoom(facts)) return group.notListed;
  const refusal = senderRefused(facts);
  if (refusal !== null) return refusal;
  const listing = listedIn(facts);
  const notAllowed = commandRefused(facts, listing !== null);
  if (notAllowed !== null) return group.refused[notAllowed];
  if (!canAct(facts.event)) return facts.event === "side" ? group.noted : identity.unknown;
  if (needsMention(facts)) {
    // From here on a command is one that its sender may use; a mention of somebody else makes it theirs.
    const isBypass = facts.command !== "none" && facts.mentionsOthers === false;
    if (!isBypass) return facts.mention === "absent" ? group.mentionRequired : group.mentionUndetectable;
  }
  const standing = facts.isOwner === true ? "owner" : listing;
  if (facts.command !== "none") return standing === null ? group.refused.listing : group.command[standing];
  return group.turn[standing === "owner" ? "owner" : standing === null ? "stranger" : "listed"];
}

function acceptsRoom(facts: GroupFacts): boolean {
  switch (facts.groupPolicy) {
    case "open":
      return facts.room === "unmapped" || facts.room === "whole" || facts.room === "named";
    case "unset":
    case "allowlist":
      return facts.room === "whole" || facts.room === "named";
    case "rooms":
      return facts.room === "named";
    case "disabled":
    default:
      return false;
  }
}

/** Every list that is written for a place narrows. `"*"` counts under `open` alone. */
function senderRefused(facts: GroupFacts): Outcome | null {
  const isOpen = facts.groupPolicy === "open";
  const passesRoom = facts.roomList === "unset" || facts.roomList === "named";
  if (!passesRoom && !(isOpen && facts.roomList === "everyone")) return group.notInRoomList;
  if (isOpen || facts.groupList === "named") return null;
  if (facts.groupList !== "unset") return group.notInGroupList;
  const asksForSender = facts.groupPolicy === "allowlist";
  return asksForSender && facts.fallbackList !== "named" ? group.notInFallbackList : null;
}

function listedIn(facts: GroupFacts): "roomList" | "groupList" | "fallbackList" | null {
  if (facts.roomList === "named") return "roomList";
  if (facts.groupList === "named") return "groupList";
  return facts.groupList === "unset" && facts.fallbackList === "named" ? "fallbackList" : null;
}

function needsMention(facts: GroupFacts): boolean {
  if (facts.mention === "mentioned" || facts.event === "button") return false;
  if (facts.requireMention === "no") return false;
  return !(facts.requireMention === "unset" && facts.activation === "always");
}

function operatorMessage(facts: OperatorFacts): Outcome {
  const isCommand = facts.command === "listed" || facts.command === "owner";
  if (facts.command === "unknown") return operator.unknown;
  if (!isCommand && facts.command !== "none") return operator.refused;
  if (!canAct(facts.event)) return facts.event === "side" ? operator.noted : identity.unknown;
  return isCommand ? operator.command : operator.turn;
}
