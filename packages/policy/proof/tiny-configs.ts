/** Configs by chance of one network or two and of few agents: so small that very many of them can be compared in full. */
import type { Network } from "../src/network.ts";
import { networks } from "./networks.ts";
import { agents, changedConfig, randomConfig, type RandomConfig } from "./random-configs.ts";
import type { Chance } from "./random.ts";

export interface Tiny {
  readonly config: RandomConfig;
  /** Those that there are: the others are as if nobody had ever thought of them. */
  readonly networks: readonly Network[];
  /** The same with one or two of its sections made anew. */
  readonly changed: (chance: Chance) => RandomConfig;
}

/** Sections that may be missing without making the rest a mistake. */
const optional = ["commands", "bindings", "agents", "tools", "access", "session"];

export function tinyConfig(chance: Chance): Tiny {
  const first = chance.pick(["circle", "circle", "castle", "harbour"]);
  const second = chance.is(0.2) ? chance.pick(["castle", "harbour", "desk", "mute"]) : first;
  const here = networks.filter(({ id }) => id === first || id === second);
  const silent = new Set(optional.filter(() => chance.is(0.35)));
  // Without a list of agents there is one.
  const most = silent.has("agents") ? 1 : 1 + chance.below(agents.length);
  const gone = new Set([
    ...networks.filter((network) => !here.includes(network)).map(({ id }) => id),
    ...agents.slice(most),
  ]);
  const whole = Object.entries(randomConfig(chance)).filter(([key]) => !silent.has(key));
  const made = Object.fromEntries(whole);
  const config = without(chance.is(0.25) ? bound(made, first, chance) : made, gone) as RandomConfig;
  const changed = (by: Chance) => without(changedConfig(config, by), gone) as RandomConfig;
  return { config, networks: here, changed };
}

/** With every room of the network open, and bindings of rooms and threads there. */
function bound(config: RandomConfig, network: string, chance: Chance): RandomConfig {
  const section = config[network] as object;
  const bindings = ["c1", "c2", "c3", "th1", "g1", "g2"]
    .filter(() => chance.is(0.4))
    .map((id) => ({
      agentId: chance.pick(agents),
      match: { provider: network, peer: { kind: id.startsWith("g") ? "group" : "channel", id } },
    }));
  return { ...config, [network]: { ...section, groupPolicy: "open" }, bindings };
}

/** The value without whatever is named so, or is about it; undefined: nothing is left. */
function without(value: unknown, gone: ReadonlySet<string>): unknown {
  if (typeof value === "string") return gone.has(value.split(":")[0]!) ? undefined : value;
  if (Array.isArray(value))
    return value.map((each) => without(each, gone)).filter((each) => each !== undefined);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, without(inner, gone)] as const);
  const names = ["id", "agentId", "provider", "match"];
  if (entries.some(([key, inner]) => inner === undefined && names.includes(key))) return undefined;
  return Object.fromEntries(entries.filter(([key, inner]) => inner !== undefined && !gone.has(key)));
}
