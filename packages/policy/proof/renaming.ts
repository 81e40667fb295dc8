/** Injective renamings of people, places, accounts, agents and profiles, applied to configs, requests and decisions. */
import type { Decision } from "../src/decision.ts";
import type { ChatReference, Origin, Request, StateFacts } from "../src/request.ts";
import type { Sayings } from "./reference-config.ts";
import type { Case } from "./scope.ts";
import { networks } from "./networks.ts";

/** From old name to new name; names that are not in it stay as they are. */
export type Renaming = ReadonlyMap<string, string>;

/** The names that occur in the slices, by what may stand for them. */
export const idNames = "alice bob constructor olga carol g1 g2 G1 G2 c1 c2 t1 thread1 T1".split(" ");
/** Agents and accounts. */
export const slugNames = ["work", "home"];
export const profileNames = ["kids", "aunts"];

function renamed(name: string, renaming: Renaming): string {
  return renaming.get(name) ?? name;
}

/** Renames `alice`, ` alice `, `circle:alice` and `circle: alice`, as a key or a value, wherever they stand. */
function renameWritten(text: string, renaming: Renaming): string {
  const trimmed = text.trim();
  const prefix = networks.map(({ id }) => `${id}:`).find((start) => trimmed.startsWith(start)) ?? "";
  const name = trimmed.slice(prefix.length).trim();
  if (!renaming.has(name)) return text;
  const start = text.lastIndexOf(name);
  return `${text.slice(0, start)}${renaming.get(name)}${text.slice(start + name.length)}`;
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
  return { request: renameRequest(request, renaming), state: renameState(state, renaming) };
}

function renameRequest(request: Request, renaming: Renaming): Request {
  const asked = { ...request, ...renameOrigin(request, renaming) };
  if (asked.action === "message") return asked;
  const run = {
    ...asked,
    agent: renameOne(asked.agent, slugNames, renaming),
    ...(asked.via === undefined
      ? {}
      : { via: asked.via.map((one) => ({ ...one, agent: renameOne(one.agent, slugNames, renaming) })) }),
    ...(asked.contributors === undefined
      ? {}
      : { contributors: asked.contributors.map((origin) => renameOrigin(origin, renaming)) }),
  };
  if (run.action === "send") {
    const { provider, account, chat } = run.to;
    return {
      ...run,
      to: { provider, ...renameAccount(account, renaming), chat: renameChat(chat, renaming) },
    };
  }
  if (run.action === "tool") return run;
  if (run.operation === "spawn") return { ...run, target: renameOne(run.target, slugNames, renaming) };
  // A key is the names of what it stands for, with colons between; for plain names, that is.
  const parts = run.session.split(":").map((part) => renamed(part, renaming));
  return { ...run, session: parts.join(":") };
}

function renameOrigin(origin: Origin, renaming: Renaming): Origin {
  const { id } = origin.sender;
  return {
    ...origin,
    ...renameAccount(origin.account, renaming),
    sender: { ...origin.sender, id: id === null ? null : renamed(id, renaming) },
    chat: renameChat(origin.chat, renaming),
  };
}

function renameChat(chat: ChatReference, renaming: Renaming): ChatReference {
  const names = (["id", "parent", "thread", "guild", "team"] as const).flatMap((key) => {
    const name = chat[key];
    return typeof name === "string" ? [[key, renamed(name, renaming)] as const] : [];
  });
  return { ...chat, ...Object.fromEntries(names) };
}

function renameAccount(account: string | undefined, renaming: Renaming): { account?: string } {
  return account === undefined ? {} : { account: renameOne(account, slugNames, renaming) };
}

/** An account, agent or profile that is in no config stays that: it must not become one that is. */
function renameOne(name: string, among: readonly string[], renaming: Renaming): string {
  return among.includes(name) ? renamed(name, renaming) : name;
}

function renameState(state: StateFacts, renaming: Renaming): StateFacts {
  const { profile, contributors } = state;
  return {
    ...state,
    ...(typeof profile === "string" ? { profile: renameOne(profile, profileNames, renaming) } : {}),
    ...(contributors === undefined
      ? {}
      : { contributors: contributors.map((each) => renameState(each, renaming)) }),
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
    obligations: obligations.map((obligation) =>
      "profile" in obligation
        ? { ...obligation, profile: renamed(obligation.profile, renaming) }
        : obligation,
    ),
    rules: rules.length,
    trace: trace.map(({ check }) => check),
  };
}
