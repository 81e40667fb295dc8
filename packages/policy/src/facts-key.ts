/**
 * Facts as a small number, which is all that a decision needs: equal questions share one verdict. What the scope fixes is
 * not in it. Spelled out, because this runs in every decision.
 * INVARIANT: every record of facts has a number of its own, and it is the one that is made of that number
 * (proof/facts-key.test.ts).
 */
import {
  directDomain,
  groupDomain,
  operatorDomain,
  unreachedDomain,
  type DirectFacts,
  type Facts,
  type GroupFacts,
  type OperatorFacts,
  type UnreachedFacts,
} from "./facts.ts";
import type { Scope } from "./plan.ts";

type Digits<Word extends string> = Readonly<Record<Word, number>>;

/** The words of `facts.ts`, numbered in their order there. */
export const digits = {
  sender: { person: 0, self: 1, bot: 2, nobody: 3, shared: 4 } satisfies Digits<UnreachedFacts["sender"]>,
  event: { message: 0, button: 1, side: 2 } satisfies Digits<DirectFacts["event"]>,
  command: { none: 0, listed: 1, owner: 2, refused: 3, unknown: 4 } satisfies Digits<DirectFacts["command"]>,
  allowFrom: { unnamed: 0, named: 1, everyone: 2 } satisfies Digits<DirectFacts["allowFrom"]>,
  roomList: { unset: 0, named: 1, unnamed: 2, everyone: 3 } satisfies Digits<GroupFacts["roomList"]>,
  groupList: { unset: 0, named: 1, unnamed: 2 } satisfies Digits<GroupFacts["groupList"]>,
  activation: { unset: 0, mention: 1, always: 2 } satisfies Digits<GroupFacts["activation"]>,
  mention: { mentioned: 0, absent: 1, undetectable: 2 } satisfies Digits<GroupFacts["mention"]>,
} as const;

/** Below zero, where no other key is: a scope has both these and its own. */
export const unreachedKey = (sender: number, isOff: boolean): number => -1 - (sender * 2 + (isOff ? 1 : 0));

const isReached = (key: number): boolean => key >= 0;

export function directKey(
  allowFrom: number,
  isPaired: boolean,
  event: number,
  isOwner: boolean,
  command: number,
): number {
  return (((allowFrom * 2 + (isPaired ? 1 : 0)) * 3 + event) * 2 + (isOwner ? 1 : 0)) * 5 + command;
}

export function groupKey(
  roomList: number,
  groupList: number,
  isInFallbackList: boolean,
  isOwner: boolean,
  command: number,
  event: number,
  activation: number,
  mention: number,
  mentionsOthers: boolean,
): number {
  const lists = (roomList * 3 + groupList) * 2 + (isInFallbackList ? 1 : 0);
  const act = ((lists * 2 + (isOwner ? 1 : 0)) * 5 + command) * 3 + event;
  return ((act * 3 + activation) * 3 + mention) * 2 + (mentionsOthers ? 1 : 0);
}

export const operatorKey = (event: number, command: number): number => event * 5 + command;

/** The facts that the number stands for. */
export function factsOf(scope: Scope, key: number): Facts {
  if (!isReached(key)) return spell<UnreachedFacts>({ chat: "unreached" }, unreachedDomain, -1 - key);
  const reached = { chat: scope.chat, sender: "person", account: "on" } as const;
  if (scope.chat === "operator") return spell<OperatorFacts>(reached, operatorDomain, key);
  if (scope.chat === "dm")
    return spell<DirectFacts>({ ...reached, dmPolicy: scope.dmPolicy }, directDomain, key);
  const { groupPolicy, room, requireMention } = scope;
  return spell<GroupFacts>({ ...reached, groupPolicy, room, requireMention }, groupDomain, key);
}

/** Every field that the scope does not fix, from the last of the domain, whose digit is the lowest, to the first. */
function spell<Of extends Facts>(
  fixed: Readonly<Record<string, string>>,
  domain: Readonly<Record<keyof Of, readonly (string | boolean)[]>>,
  key: number,
): Of {
  const facts: Record<string, string | boolean> = {};
  let rest = key;
  for (const field of (Object.keys(domain) as (keyof Of & string)[]).toReversed()) {
    const words = domain[field];
    facts[field] = fixed[field] ?? words[rest % words.length]!;
    if (fixed[field] === undefined) rest = Math.floor(rest / words.length);
  }
  return facts as Of;
}
