/**
 * How the reference reads a config: raw JSON, key by key, at every question. Nothing is prepared, indexed or remembered.
 * Written from the documents alone, by somebody who has not read the engine.
 */
import type { Network } from "../src/network.ts";

export type Sayings = Readonly<Record<string, unknown>>;

/** A list of tools as it is written; a key that is absent says nothing. */
export interface ToolList {
  readonly profile?: string;
  readonly alsoAllow?: readonly string[];
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** What a topic, a group, a guild or a channel may say; a key that is absent says nothing. */
export interface Place {
  readonly enabled?: boolean;
  /** An older word for `enabled`. */
  readonly allow?: boolean;
  readonly requireMention?: boolean;
  /** Who may trigger the bot here, in a network of groups. */
  readonly allowFrom?: readonly string[];
  /** The same in a network of guilds or channels. */
  readonly users?: readonly string[];
  readonly tools?: ToolList;
  /** By the id of the sender, or `"*"` for all who have no entry. */
  readonly toolsBySender?: Readonly<Record<string, ToolList>>;
  readonly topics?: Places;
  readonly channels?: Places;
}
export type Places = Readonly<Record<string, Place>>;

export interface DirectRules {
  readonly enabled?: boolean;
  readonly policy?: string;
  readonly allowFrom?: readonly string[];
  /** Conversations of several people that belong to no room; off unless switched on. */
  readonly groupEnabled?: boolean;
  readonly groupChannels?: readonly string[];
}

/** The rules of one account: its own words where it has any, else those of the network. */
export interface AccountRules {
  readonly enabled: boolean;
  readonly direct: DirectRules;
  readonly groupPolicy?: string;
  readonly groupAllowFrom?: readonly string[];
  readonly groups?: Places;
  readonly guilds?: Places;
  readonly channels?: Places;
}

export interface Binding {
  readonly agentId: string;
  readonly match: {
    readonly provider: string;
    readonly accountId?: string;
    readonly peer?: { readonly kind: string; readonly id: string };
    readonly guildId?: string;
    readonly teamId?: string;
  };
}

/** A key of the document itself: `constructor` and `__proto__` are keys like any other. */
export function at<Value>(map: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

export function sectionOf(config: Sayings, network: Network): Sayings {
  return (at(config, network.id) as Sayings | undefined) ?? {};
}

/** "An omitted policy of an account inherits the network's": never the built-in default over the network's own word. */
export function rulesOf(config: Sayings, network: Network, account: string): AccountRules | undefined {
  const base = sectionOf(config, network);
  const own = at(at(base, "accounts") as Readonly<Record<string, Sayings>> | undefined, account);
  if (own === undefined && account !== "default") return undefined;
  const said = <Value>(key: string) => (at(own, key) ?? at(base, key)) as Value | undefined;
  const dm = {
    ...(at(base, "dm") as DirectRules | undefined),
    ...(at(own, "dm") as DirectRules | undefined),
  };
  const rules = {
    enabled: at(base, "enabled") !== false && at(own, "enabled") !== false,
    direct:
      network.layout === "groups"
        ? present({ policy: said<string>("dmPolicy"), allowFrom: said<string[]>("allowFrom") })
        : dm,
    groupPolicy: said<string>("groupPolicy"),
    groupAllowFrom: said<string[]>("groupAllowFrom"),
    groups: said<Places>("groups"),
    guilds: said<Places>("guilds"),
    channels: said<Places>("channels"),
  };
  return present(rules) as AccountRules;
}

/** The object without the keys whose value is undefined. */
function present<Value extends object>(value: Value): { [Key in keyof Value]: NonNullable<Value[Key]> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as never;
}

/** Whether the list names this very person. `"*"` is no person. */
export function names(list: readonly string[] | undefined, network: Network, sender: string): boolean {
  return (list ?? []).some((entry) => {
    const canonical = network.canonicalSender(entry);
    return entry.trim() !== "*" && canonical.ok && canonical.id === sender;
  });
}

export function saysEveryone(list: readonly string[] | undefined): boolean {
  return (list ?? []).some((entry) => entry.trim() === "*");
}

/** The place with this id. Keys are ids as a person writes them. */
export function placeOf(map: Places | undefined, network: Network, id: string): Place | undefined {
  const key = Object.keys(map ?? {}).find((written) => {
    const canonical = network.canonicalChat(written);
    return written.trim() !== "*" && canonical.ok && canonical.id === id;
  });
  return key === undefined ? undefined : map?.[key];
}

/**
 * The entry of a place: what its own says, and for all that it leaves out what `"*"` says, down to each list of tools
 * and each sender's.
 */
export function entryOf(
  map: Places | undefined,
  network: Network,
  id: string | null | undefined,
): Place | undefined {
  // No id is no place: not even `"*"` names it.
  if (id === null || id === undefined) return undefined;
  const own = placeOf(map, network, id);
  const star = at(map, "*");
  if (own === undefined || star === undefined) return own ?? star;
  const tools = { tools: { ...star.tools, ...own.tools } };
  const bySender = { ...star.toolsBySender };
  for (const [key, list] of Object.entries(own.toolsBySender ?? {})) {
    const same = Object.keys(bySender).find((other) => isSame(network, key, other)) ?? key;
    bySender[same] = { ...bySender[same], ...list };
  }
  return { ...star, ...own, ...tools, toolsBySender: bySender };
}

/** Whether two keys are one person's, or both everybody's. */
export function isSame(network: Network, one: string, other: string): boolean {
  const [a, b] = [network.canonicalSender(one), network.canonicalSender(other)];
  return one.trim() === other.trim() || (a.ok && b.ok && a.id === b.id);
}

export function ownersOf(config: Sayings): readonly string[] {
  return (at(config, "commands") as { ownerAllowFrom?: string[] } | undefined)?.ownerAllowFrom ?? [];
}

/** Owners are qualified ids: `circle:alice` is nobody on another network. */
export function isOwner(config: Sayings, network: Network, sender: string): boolean {
  return ownersOf(config).some((entry) => {
    const [prefix, ...rest] = entry.trim().split(":");
    const canonical = network.canonicalSender(rest.join(":"));
    return prefix === network.id && canonical.ok && canonical.id === sender;
  });
}

export function agentIds(config: Sayings): readonly string[] {
  const list = (at(config, "agents") as { list?: readonly { id: string }[] } | undefined)?.list ?? [];
  return list.length === 0 ? ["main"] : list.map(({ id }) => id);
}

export function defaultAgent(config: Sayings): string {
  const list = (at(config, "agents") as { list?: readonly { id: string; default?: boolean }[] } | undefined)
    ?.list;
  return list?.find((agent) => agent.default === true)?.id ?? list?.[0]?.id ?? "main";
}

export function bindingsOf(config: Sayings): readonly Binding[] {
  return (at(config, "bindings") as readonly Binding[] | undefined) ?? [];
}

export function dmScopeOf(config: Sayings): string | undefined {
  return (at(config, "session") as { dmScope?: string } | undefined)?.dmScope;
}
