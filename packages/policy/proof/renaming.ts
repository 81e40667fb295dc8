/** Injective renamings of people, places, accounts and agents, applied to configs, requests and decisions. */
import type { Decision } from "../src/decision.ts";
import type { Sayings } from "./reference-config.ts";
import type { Case } from "./scope.ts";
import { networks } from "./networks.ts";

/** From old name to new name; names that are not in it stay as they are. */
export type Renaming = ReadonlyMap<string, string>;

/** The names that occur in the slices, by what may stand for them. */
export const idNames = [
  "alice",
  "bob",
  "constructor",
  "g1",
  "g2",
  "G1",
  "G2",
  "c1",
  "c2",
  "t1",
  "thread1",
  "T1",
];
export const slugNames = ["work", "home"];

function renamed(name: string, renaming: Renaming): string {
  return renaming.get(name) ?? name;
}

/** Renames `alice`, ` alice ` and `circle:alice`, as a key or a value, wherever they stand. */
function renameWritten(text: string, renaming: Renaming): string {
  const trimmed = text.trim();
  const prefix = networks.map(({ id }) => `${id}:`).find((start) => trimmed.startsWith(start)) ?? "";
  const name = trimmed.slice(prefix.length);
  return renaming.has(name) ? `${prefix}${renaming.get(name)}` : text;
}

export function renameConfig<Value>(value: Value, renaming: Renaming): Value {
  if (typeof value === "string") return renameWritten(value, renaming) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => renameConfig(item, renaming)) as Value;
  if (typeof value !== "object" || value === null) return value;
  // fromEntries, because a plain assignment would lose a key that is called `__proto__`.
  return Object.fromEntries(
    Object.entries(value as Sayings).map(([key, item]) => [
      renameWritten(key, renaming),
      renameConfig(item, renaming),
    ]),
  ) as Value;
}

export function renameCase({ request, state }: Case, renaming: Renaming): Case {
  const to = <Name extends string | null | undefined>(name: Name) =>
    (typeof name === "string" ? renamed(name, renaming) : name) as Name;
  const { chat, sender, account } = request;
  return {
    state,
    request: {
      ...request,
      // An account that is in no config stays that: it must not become one that is.
      ...(account !== undefined && slugNames.includes(account) ? { account: to(account) } : {}),
      sender: { ...sender, id: to(sender.id) },
      chat: {
        ...chat,
        id: to(chat.id),
        ...(chat.parent === undefined ? {} : { parent: to(chat.parent) }),
        ...(chat.thread === undefined ? {} : { thread: to(chat.thread) }),
        ...(chat.guild === undefined ? {} : { guild: to(chat.guild) }),
        ...(chat.team === undefined ? {} : { team: to(chat.team) }),
      },
    },
  };
}

/** What of a decision must be the same after a renaming. Paths and keys hold names, so only their number is kept. */
export function shapeOf(decision: Decision, renaming: Renaming): unknown {
  const { effect, code, agent, session, obligations, rules, trace } = decision;
  return {
    effect,
    code,
    agent: agent === null ? null : renamed(agent, renaming),
    hasSession: session !== null,
    obligations,
    rules: rules.length,
    trace: trace.map(({ check }) => check),
  };
}
