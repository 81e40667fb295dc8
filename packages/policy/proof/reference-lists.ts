/** What an entry of a list of tools names, and which lists apply to a call, in the words of the documents. */
import type { Network } from "../src/network.ts";
import type { RunKind } from "../src/request.ts";
import { at, type Place, type Sayings, type ToolList } from "./reference-config.ts";

/** One call: the tool under its own name, and for `message` the network it goes to, where that is said. */
export interface Call {
  readonly tool: string;
  readonly network: string | null;
}

/** Every tool by its group. */
const groups: Readonly<Record<string, readonly string[]>> = {
  "group:fs": ["read", "ls", "grep", "find", "write", "edit", "apply_patch"],
  "group:runtime": ["bash", "process"],
  "group:sessions": [
    "sessions_list",
    "sessions_history",
    "sessions_send",
    "sessions_spawn",
    "session_status",
  ],
  "group:memory": ["memory_search", "memory_get"],
  "group:web": ["web_search", "web_fetch"],
  "group:ui": ["browser", "canvas"],
  "group:automation": ["cron", "gateway"],
  "group:messaging": ["message"],
  "group:nodes": ["nodes"],
  "group:agents": ["agents_list"],
  "group:media": ["image"],
};
/** "`exec` is `bash`, `apply-patch` is `apply_patch`." */
const aliases: Readonly<Record<string, string>> = { exec: "bash", "apply-patch": "apply_patch" };

const profiles: Readonly<Record<string, readonly string[]>> = {
  minimal: ["session_status"],
  coding: ["group:fs", "group:runtime", "group:sessions", "group:memory", "image"],
  messaging: ["group:messaging", "sessions_list", "sessions_history", "sessions_send", "session_status"],
  full: ["*"],
};
export const toolProfileNames = Object.keys(profiles);

export const toolNames = Object.values(groups).flat();
export const commandTools = ["bash", "process"];
const fileTools = groups["group:fs"]!;
export const writingTools = ["write", "edit", "apply_patch"];
export const ownerTools = ["gateway", "cron"];

/** "`bash`, `process`, the file tools and `browser` work where the session works. All others work in the gateway." */
export function worksInTheSession(tool: string): boolean {
  return [...commandTools, ...fileTools, "browser"].includes(tool);
}

/** "Names are trimmed and lower-cased", in lists. */
function asWritten(name: string): string {
  return name.trim().toLowerCase();
}

/**
 * The call that a request names, or undefined: "a name or an alias", and "the id of a network stands for `message` to that
 * network".
 */
export function callOf(name: string, networks: readonly Network[]): Call | undefined {
  const tool = at(aliases, name) ?? name;
  if (toolNames.includes(tool)) return { tool, network: null };
  return networks.some(({ id }) => id === tool) ? { tool: "message", network: tool } : undefined;
}

/** Entries that were read before, because the proofs read the same ones millions of times. */
const read = new WeakMap<readonly Network[], Map<string, readonly Call[] | undefined>>();

/** What one entry stands for; undefined for a name or a group that does not exist. */
export function namedBy(entry: string, networks: readonly Network[]): readonly Call[] | undefined {
  const known = read.get(networks) ?? new Map<string, readonly Call[] | undefined>();
  read.set(networks, known);
  if (!known.has(entry)) known.set(entry, spelledOut(entry, networks));
  return known.get(entry);
}

function spelledOut(entry: string, networks: readonly Network[]): readonly Call[] | undefined {
  const name = asWritten(entry);
  if (Object.hasOwn(groups, name)) return groups[name]!.map((tool) => ({ tool, network: null }));
  if (!name.includes("*")) {
    const call = callOf(name, networks);
    return call && [call];
  }
  // "`*` anywhere" is spelled out over every name that a list may hold.
  const everyName = [...toolNames, ...Object.keys(aliases), ...networks.map(({ id }) => id)];
  return everyName.filter((each) => isLike(each, name)).map((each) => callOf(each, networks)!);
}

function isLike(name: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return name === first;
  if (!name.startsWith(first)) return false;
  const left = name.slice(first.length);
  const tail = rest.join("*");
  return Array.from({ length: left.length + 1 }, (_, from) => left.slice(from)).some((end) =>
    isLike(end, tail),
  );
}

/**
 * Whether the entries name the call. "`telegram` in `allow` allows `message` to that network alone; `message` allows it to
 * all." For the question whether `message` is offered at all "any network in `allow` is enough"; a `deny` of one network
 * does not answer it.
 */
export function isNamed(
  call: Call,
  entries: readonly string[],
  networks: readonly Network[],
  bare: "any network" | "no network" = "any network",
): boolean {
  return entries.some((entry) =>
    (namedBy(entry, networks) ?? []).some(({ tool, network }) => {
      if (tool !== call.tool) return false;
      if (network === null || network === call.network) return true;
      return call.network === null && bare === "any network";
    }),
  );
}

/** "`allow` absent: everything that is not denied; `allow: []`, or one that matches nothing: nothing. `deny` wins." */
export function passes(call: Call, list: ToolList | undefined, networks: readonly Network[]): boolean {
  const { profile, alsoAllow = [], allow, deny = [] } = list ?? {};
  if (isNamed(call, deny, networks, "no network")) return false;
  if (allow !== undefined && !isNamed(call, allow, networks)) return false;
  // "Profiles: a list of its own beside the `allow` of the same block; `alsoAllow` adds to that list."
  return profile === undefined || isNamed(call, [...profileTools(profile), ...alsoAllow], networks);
}

export function profileTools(profile: string): readonly string[] {
  return at(profiles, profile) ?? [];
}

// --- Which lists apply -------------------------------------------------------------------------------------------------

/** The `tools` of the config, of an agent, or of something inside one of them. */
export interface ToolRules extends ToolList {
  readonly byProvider?: Readonly<Record<string, ToolList>>;
  readonly elevated?: {
    readonly enabled?: boolean;
    readonly allowFrom?: Readonly<Record<string, readonly string[]>>;
  };
  readonly sandbox?: { readonly tools?: ToolList };
  readonly subagents?: { readonly tools?: ToolList };
  readonly agentToAgent?: { readonly enabled?: boolean; readonly allow?: readonly string[] };
}

export function globalTools(config: Sayings): ToolRules {
  return (at(config, "tools") as ToolRules | undefined) ?? {};
}

/** "Both apply where both are written. A request that names no model is under all of them." */
export function listsByProvider(rules: ToolRules, model: string | undefined): readonly ToolList[] {
  return Object.entries(rules.byProvider ?? {})
    .filter(([key]) => model === undefined || key === model || key === model.split("/")[0])
    .map(([, list]) => list);
}

/** "`tools` of the topic, group, channel and guild · `toolsBySender` there (the sender's own entry, else `"*"`)." */
export function listsOfPlaces(
  places: { readonly inner: Place | undefined; readonly around: Place | undefined },
  network: Network,
  sender: string,
): readonly (ToolList | undefined)[] {
  return [places.inner, places.around].flatMap((place) => {
    const entries = Object.entries(place?.toolsBySender ?? {});
    const own = entries.find(([key]) => {
      const canonical = network.canonicalSender(key);
      return key.trim() !== "*" && canonical.ok && canonical.id === sender;
    });
    return [place?.tools, (own ?? entries.find(([key]) => key.trim() === "*"))?.[1]];
  });
}

/** "For sub-agents, cron and hooks a built-in list; for sub-agents also `tools.subagents.tools`." */
export function listsOfRun(config: Sayings, run: RunKind): readonly (ToolList | undefined)[] {
  if (run === "turn") return [];
  if (run === "subagent") {
    return [
      { deny: ["group:sessions", "agents_list", "cron", "gateway"] },
      globalTools(config).subagents?.tools,
    ];
  }
  return [{ deny: ["cron", "gateway", "sessions_spawn"] }];
}
