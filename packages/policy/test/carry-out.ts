/** Carries out what a remedy says, as a person would: in the config, in the state, in the message. */
import type { Remedy } from "../src/analysis/index.ts";
import type { MessageRequest, Network, Request, StateFacts } from "../src/index.ts";
import { sandboxDefaults } from "../src/tool-catalogue.ts";
import { toolNames } from "../src/tool-names.ts";
import { networks as usual } from "./builders.ts";

export interface Case {
  readonly config: object;
  readonly request: Request;
  readonly state: StateFacts;
  /** Absent: those of the builders. */
  readonly networks?: readonly Network[];
}

export const carriedOut = (denied: Case, { changes }: Remedy): Case =>
  changes.reduce((at, { text }) => changed(at, text), denied);

type Json = Record<string, unknown>;

function changed(at: Case, text: string): Case {
  for (const [pattern, change] of kinds) {
    const match = pattern.exec(text);
    if (match !== null) return { ...at, ...change(at, match.slice(1)) };
  }
  throw new Error(`Nobody knows how to do this: ${text}`);
}

type Kind = readonly [RegExp, (at: Case, parts: readonly string[]) => Partial<Case>];

const kinds: readonly Kind[] = [
  [/^(.+) were listed in (.+)$/, (at, [who, path]) => ({ config: listed(at, who!, path!) })],
  [/^the sender were paired: /, ({ state }) => ({ state: { ...state, isPaired: true } })],
  [/^(.+) were paired: /, (at, [who]) => ({ state: paired(at, who!) })],
  [/^the approval of the sender named no profile$/, ({ state }) => ({ state: { ...state, profile: null } })],
  [/^something were left of the budget/, ({ state }) => ({ state: { ...state, isWithinBudget: true } })],
  [
    /^(.+), where it is set, named (the chat.*)$/,
    (at, [path, chat]) =>
      valueAt(at.config, path!) === undefined ? at : changed(at, `${path} named ${chat}`),
  ],
  [
    /^(.+) named the chat(?: (.+))?$/,
    ({ config, request: { chat } }, [path, id = chat.parent ?? chat.id]) => ({
      config: path!.endsWith(".groupChannels")
        ? edited(config, path!, (list) => [...((list as unknown[] | undefined) ?? []), id])
        : edited(config, `${path}[${JSON.stringify(id)}]`, () => ({})),
    }),
  ],
  [
    /^the request said that the chat is in guild (.+)$/,
    ({ request }, [guild]) => ({ request: { ...request, chat: { ...request.chat, guild: guild! } } }),
  ],
  [
    /^(.+) did not name (.+)$/,
    ({ config, networks = usual }, [path, tool]) => ({ config: undenied(config, networks, path!, tool!) }),
  ],
  [
    /^(.+) named (.+)$/,
    ({ config }, [path, names]) => ({
      config: edited(config, path!, (list) => [...listAt(list, path!, "allow"), ...names!.split(" and ")]),
    }),
  ],
  [
    /^a mention could be seen/,
    ({ request }) => ({
      request: { ...(request as MessageRequest), mentioned: true, mentionDetectable: true },
    }),
  ],
  [
    /^an owner switched the chat's activation/,
    ({ state }) => ({ state: { ...state, activation: "always" } }),
  ],
  [
    /^the message mentioned nobody else$/,
    ({ request }) => ({ request: { ...(request as MessageRequest), mentionsOthers: false } }),
  ],
  [
    /^direct messages were on \((.+)\)$/,
    ({ config }, [path]) => ({
      config: edited(config, path!, () => (path!.endsWith("enabled") ? true : "pairing")),
    }),
  ],
  [
    /^the chat.* were switched on \((.+)\)$/,
    ({ config }, [path]) => ({ config: edited(config, path!, () => true) }),
  ],
  [/^(.+) were removed$/, ({ config }, [path]) => ({ config: edited(config, path!, () => undefined) })],
  [
    /^the message mentioned the bot$/,
    ({ request }) => ({ request: { ...(request as MessageRequest), mentioned: true } }),
  ],
  [
    /^(.+) were (true|false|".+")$/,
    ({ config }, [path, value]) => ({
      config: edited(config, path!, () => JSON.parse(value!)),
    }),
  ],
];

function listed({ config, request }: Case, who: string, path: string): object {
  const [network, id] = who === "the sender" ? [request.provider, request.sender.id ?? ""] : who.split(":");
  const at =
    path === "tools.elevated.allowFrom" || path.endsWith(".tools.elevated.allowFrom")
      ? `${path}.${network}`
      : path;
  const entry = path === "commands.ownerAllowFrom" ? `${network}:${id}` : id;
  return edited(config, at, (list) => [...((list as unknown[] | undefined) ?? []), entry]);
}

function paired({ request, state }: Case, who: string): StateFacts {
  if (request.action === "message") throw new Error("A message has no contributors.");
  const isTarget = request.action === "send" && who === `${request.to.provider}:${request.to.chat.id}`;
  const contributors = (request.contributors ?? []).map((each, at) => ({
    ...state.contributors?.[at],
    ...(who === `${each.provider}:${each.sender.id}` && { isPaired: true }),
    ...(isTarget && { isTargetPaired: true }),
  }));
  return { ...state, ...(isTarget && { isTargetPaired: true }), contributors };
}

/** Whoever writes the list for sandboxed sessions begins with what is built in. */
function listAt(list: unknown, path: string, key: "allow" | "deny"): readonly string[] {
  if (list !== undefined) return list as string[];
  return path === `tools.sandbox.tools.${key}` ? sandboxDefaults[key] : [];
}

function undenied(config: object, networks: readonly Network[], path: string, tool: string): object {
  const names = toolNames(networks);
  const spelled = (entry: string) => {
    const found = names.spellOut(entry) ?? [];
    return found.includes("message") ? [...found, ...networks.map(({ id }) => id)] : found;
  };
  const isNetwork = networks.some(({ id }) => id === tool);
  return edited(config, path, (list) =>
    [...new Set(listAt(list, path, "deny").flatMap(spelled))].filter(
      (name) => name !== tool && !(isNetwork && name === "message"),
    ),
  );
}

const keysOf = (path: string): readonly (string | number)[] =>
  [...path.matchAll(/\.?([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(
    ([, word, index, quoted]) =>
      word ?? (index === undefined ? (JSON.parse(quoted!) as string) : Number(index)),
  );

const valueAt = (config: object, path: string): unknown =>
  keysOf(path).reduce<unknown>((at, key) => (at as Json | undefined)?.[key], config);

/** A copy with another value at the path; undefined takes the key away. */
function edited(config: object, path: string, change: (value: unknown) => unknown): object {
  const copy = structuredClone(config) as Json;
  const keys = keysOf(path);
  let at: Json = copy;
  for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Json;
  const last = keys.at(-1)!;
  const value = change(at[last]);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}
