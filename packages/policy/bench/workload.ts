/**
 * The workload of the design's measurements: 1,000 listed senders over 6 networks, 200 groups, 20 agents with lists of
 * tools, 40 tools; 10,000 mixed questions. The same on every run.
 */
import type { Network } from "../src/network.ts";
import type { MessageRequest, ToolRequest } from "../src/request.ts";

export type Question = MessageRequest | ToolRequest;

export interface ToolLists {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

export interface Group {
  readonly requireMention: boolean;
  readonly allowFrom?: readonly string[];
  readonly tools?: ToolLists;
}

export interface NetworkRules {
  readonly dmPolicy: "allowlist";
  readonly allowFrom: readonly string[];
  readonly groupPolicy: "allowlist";
  readonly groups: Readonly<Record<string, Group>>;
}

export interface Agent {
  readonly id: string;
  readonly tools: ToolLists;
}

export interface Workload {
  /** As it is written in a file. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly rules: Readonly<Record<string, NetworkRules>>;
  readonly agents: readonly Agent[];
  readonly questions: readonly Question[];
}

const sizes = { senders: 1000, groups: 200, agents: 20, tools: 40, questions: 10_000 } as const;

/** Ids as long as those that networks give; none is short enough to be shared by what reads JSON. */
const writers: Readonly<
  Record<string, { readonly sender: (index: number) => string; readonly group: (index: number) => string }>
> = {
  north: {
    sender: (index) => `${51_000_000_000 + index * 37}`,
    group: (index) => `-100${2_000_000_000 + index * 11}`,
  },
  east: {
    sender: (index) => `+1555${1_000_000 + index * 41}`,
    group: (index) => `1203630${10_000_000_000 + index * 7}@g`,
  },
  south: { sender: (index) => `U0${hex(index, 10)}`, group: (index) => `C0${hex(index, 10)}` },
  west: {
    sender: (index) => `1108${10_000_000_000_000 + index * 97}`,
    group: (index) => `1099${10_000_000_000_000 + index * 89}`,
  },
  inner: {
    sender: (index) => `${hex(index, 8)}-6e0c-4f8a-9d5b-${hex(index * 3, 12)}`,
    group: (index) => `${hex(index, 40)}=`,
  },
  outer: {
    sender: (index) => `person.${index}@example.org`,
    group: (index) => `chat${100_000_000_000 + index * 13}`,
  },
};
const hex = (index: number, length: number): string => (index * 2_654_435).toString(16).padStart(length, "0");
const ids = Object.keys(writers);

export const networks: readonly Network[] = ids.map((id) => ({
  id,
  layout: "groups",
  canPair: true,
  sharedSenders: [],
  canonicalSender: (entry) => ({ ok: true, id: entry.trim() }),
  canonicalChat: (entry) => ({ ok: true, id: entry.trim() }),
}));

export const tools = Array.from({ length: sizes.tools }, (_, index) => {
  const kind = (["gateway", "session", "exec", "write"] as const)[index % 4]!;
  return { name: `tool_${index}`, kind } as const;
});
export const toolNames = tools.map(({ name }) => name);

export function workload(): Workload {
  const chance = chances(20_261_122);
  const agents = range(sizes.agents, (index): Agent => {
    return {
      id: `agent-${index}`,
      tools: { allow: some(toolNames, 25, chance), deny: some(toolNames, 3, chance) },
    };
  });
  const rules = Object.fromEntries(
    ids.map((id, at) => [id, networkRules(id, share(sizes.senders, at), share(sizes.groups, at), chance)]),
  );
  const bindings = ids.flatMap((provider, at) =>
    Object.keys(rules[provider]!.groups)
      .filter((_, index) => index % 5 === 0)
      .map((id, index) => {
        const agentId = agents[(at * 7 + index) % sizes.agents]!.id;
        return { agentId, match: { provider, peer: { kind: "group", id } } };
      }),
  );
  const config = {
    ...rules,
    agents: { defaults: { sandbox: { mode: "all", workspaceAccess: "rw" } }, list: agents },
    // The built-in lists for sandboxed sessions are no part of what is compared.
    tools: { sandbox: { tools: { allow: ["*"], deny: [] } } },
    bindings,
  };
  const questions = range(sizes.questions, (index) => question(index, rules, agents, chance));
  // Made of JSON, as both are in life: no text of a question is the config's own.
  return JSON.parse(JSON.stringify({ config, rules, agents, questions })) as Workload;
}

function networkRules(id: string, senders: number, groups: number, chance: Chance): NetworkRules {
  const allowFrom = range(senders, writers[id]!.sender);
  return {
    dmPolicy: "allowlist",
    allowFrom,
    groupPolicy: "allowlist",
    groups: Object.fromEntries(
      range(groups, (index) => [
        writers[id]!.group(index),
        {
          requireMention: index % 4 !== 0,
          ...(index % 10 < 3 && { allowFrom: some(allowFrom, 25, chance) }),
          ...(index % 5 < 3 && {
            tools:
              index % 2 === 0 ? { allow: some(toolNames, 24, chance) } : { deny: some(toolNames, 8, chance) },
          }),
        },
      ]),
    ),
  };
}

function question(
  index: number,
  rules: Readonly<Record<string, NetworkRules>>,
  agents: readonly Agent[],
  chance: Chance,
): Question {
  const provider = pick(ids, chance);
  const { allowFrom, groups } = rules[provider]!;
  const isDm = chance() < 0.5;
  const chatId =
    chance() < 0.95 ? pick(Object.keys(groups), chance) : writers[provider]!.group(10_000 + index);
  const own = isDm ? undefined : groups[chatId]?.allowFrom;
  // In groups with a list of their own it is mostly their people who write.
  const known = own !== undefined && chance() < 0.8 ? own : allowFrom;
  const id = chance() < 0.71 ? pick(known, chance) : writers[provider]!.sender(10_000 + index);
  const origin = {
    provider,
    account: "default",
    chat: { kind: isDm ? "dm" : "group", id: isDm ? id : chatId, thread: null, guild: null, team: null },
    sender: { id, isBot: false, isSelf: false },
  } as const;
  if (index % 2 === 1)
    return {
      action: "tool",
      agent: pick(agents, chance).id,
      tool: pick(toolNames, chance),
      elevated: false,
      ...origin,
    };
  return { action: "message", ...origin, mentioned: chance() < 0.5, mentionDetectable: true, command: null };
}

type Chance = () => number;

/** A linear congruential generator: from 0 to below 1, the same numbers for the same seed. */
function chances(seed: number): Chance {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

const range = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));
const pick = <Value>(from: readonly Value[], chance: Chance): Value =>
  from[Math.floor(chance() * from.length)]!;
/** So many different ones, in their order. */
const some = <Value>(from: readonly Value[], count: number, chance: Chance): Value[] => {
  const left = [...from];
  while (left.length > count) left.splice(Math.floor(chance() * left.length), 1);
  return left;
};
/** What one of the networks gets when it is dealt out. */
const share = (total: number, at: number): number =>
  Math.floor(total / ids.length) + (at < total % ids.length ? 1 : 0);
