/**
 * A small number for each record of facts of one scope, so that equal questions share one verdict.
 * INVARIANT: two records that differ in anything but what their scope fixes have two numbers (proof/facts-key.test.ts).
 * Spelled out, because this runs in every decision and a loop over names costs more than all the rest.
 */
import type { DirectFacts, Facts, GroupFacts, OperatorFacts, UnreachedFacts } from "./facts.ts";

export function factsKey(facts: Facts): number {
  switch (facts.chat) {
    case "dm":
      return directKey(facts);
    case "group":
      return groupKey(facts);
    case "operator":
      return operatorKey(facts);
    case "unreached":
    default:
      return unreachedKey(facts);
  }
}

/** Below zero, where no other key is: a scope has both these and its own. */
function unreachedKey({ sender, account }: UnreachedFacts): number {
  const who =
    sender === "person" ? 1 : sender === "self" ? 2 : sender === "bot" ? 3 : sender === "nobody" ? 4 : 5;
  return account === "on" ? -who : -who - 5;
}

function directKey({ allowFrom, isPaired, event, isOwner, command }: DirectFacts): number {
  let key = allowFrom === "unnamed" ? 0 : allowFrom === "named" ? 1 : 2;
  key = key * 2 + (isPaired ? 1 : 0);
  key = key * 2 + (isOwner ? 1 : 0);
  return (key * 3 + eventDigit(event)) * 5 + commandDigit(command);
}

function groupKey(facts: GroupFacts): number {
  const { roomList, groupList, activation, mention } = facts;
  let key = roomList === "unset" ? 0 : roomList === "named" ? 1 : roomList === "unnamed" ? 2 : 3;
  key = key * 3 + (groupList === "unset" ? 0 : groupList === "named" ? 1 : 2);
  key = key * 2 + (facts.fallbackList === "named" ? 1 : 0);
  key = key * 2 + (facts.isOwner ? 1 : 0);
  key = key * 2 + (facts.mentionsOthers ? 1 : 0);
  key = key * 3 + (activation === "unset" ? 0 : activation === "mention" ? 1 : 2);
  key = key * 3 + (mention === "mentioned" ? 0 : mention === "absent" ? 1 : 2);
  return (key * 3 + eventDigit(facts.event)) * 5 + commandDigit(facts.command);
}

const operatorKey = ({ event, command }: OperatorFacts): number =>
  eventDigit(event) * 5 + commandDigit(command);

const eventDigit = (event: DirectFacts["event"]): number =>
  event === "message" ? 0 : event === "button" ? 1 : 2;

function commandDigit(command: DirectFacts["command"]): number {
  if (command === "none") return 0;
  return command === "listed" ? 1 : command === "owner" ? 2 : command === "refused" ? 3 : 4;
}
