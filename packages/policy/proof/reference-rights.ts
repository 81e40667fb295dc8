/**
 * Profiles of rights in the words of the documents: who has which, and what each key of it says. What a standing has not,
 * no profile gives: that is asked where the right is used, not here.
 */
import type { Authority, Budget, Place } from "../src/decision.ts";
import type { Network } from "../src/network.ts";
import type { StateFacts } from "../src/request.ts";
import { namesAgent } from "./reference-agents.ts";
import { at, type Sayings, type ToolList } from "./reference-config.ts";

export interface Rights {
  readonly name: string;
  agents(agent: string): boolean;
  /** Absent: no list. */
  readonly tools?: ToolList;
  readonly places: readonly Place[];
  /** Absent: all that the standing has the right to. */
  readonly commands?: readonly string[];
  readonly send: "here" | "accepted";
  readonly sessions: "own" | "agent";
  /** Tools about which an owner is asked first, outside the sandbox. */
  readonly ask: readonly string[];
  readonly budget?: Budget;
}

/** `access.profiles.<name>` as it is written, or as it is built in. */
interface Profile {
  readonly agents?: readonly string[];
  readonly tools?: ToolList;
  readonly places: readonly Place[];
  readonly commands?: readonly string[];
  readonly send: "here" | "accepted";
  readonly sessions: "own" | "agent";
  readonly ask?: readonly string[];
  readonly budget?: Budget;
  readonly members?: readonly string[];
}

/** The three columns of the table. */
const builtIn: Readonly<Record<string, Profile>> = {
  owner: { places: ["sandbox", "host", "gateway"], send: "accepted", sessions: "agent" },
  friend: { places: ["sandbox", "host", "gateway"], send: "here", sessions: "own" },
  stranger: { places: ["sandbox", "gateway"], send: "here", sessions: "own" },
};

export function writtenProfiles(config: Sayings): Readonly<Record<string, Partial<Profile>>> {
  const access = at(config, "access") as Sayings | undefined;
  return (at(access, "profiles") as Readonly<Record<string, Partial<Profile>>> | undefined) ?? {};
}

/** "A rewritten one keeps the built-in value of each key that it leaves out. Every other profile starts from `friend`." */
function profileNamed(config: Sayings, name: string): Profile | undefined {
  const written = spoken(at(writtenProfiles(config), name));
  const start = at(builtIn, name);
  if (start !== undefined) return { ...start, ...written };
  return written === undefined ? undefined : { ...profileNamed(config, "friend")!, ...written };
}

/** "A `tools` or `budget` block that sets nothing is left out." */
function spoken(written: Partial<Profile> | undefined): Partial<Profile> | undefined {
  if (written === undefined) return undefined;
  const { tools, budget, ...rest } = written;
  const says = (block: object | undefined) => block !== undefined && Object.keys(block).length > 0;
  return { ...rest, ...(says(tools) && { tools: tools! }), ...(says(budget) && { budget: budget! }) };
}

/** The rights of this person; undefined where the documents give none: `profile-unknown`. */
export function rightsOf(
  config: Sayings,
  network: Network,
  sender: string,
  standing: Authority,
  state: StateFacts,
): Rights | undefined {
  // "For an owner it is not asked, their rights come from the config alone."
  const approved = standing === "owner" ? undefined : (state.profile ?? undefined);
  const member = Object.entries(writtenProfiles(config)).find(([, { members }]) =>
    (members ?? []).some((entry) => isMember(entry, network, sender)),
  )?.[0];
  // "Where both exist, the approval's holds if it names the same profile; otherwise the rights are those of neither."
  if (approved !== undefined && member !== undefined && approved !== member) return undefined;
  const name = approved ?? member ?? (standing === "listed" ? "friend" : standing);
  const profile = profileNamed(config, name);
  if (profile === undefined) return undefined;
  const { agents, ask = [], members: _, budget, ...rest } = profile;
  return {
    ...(budget !== undefined && { budget }),
    ...rest,
    ask,
    name,
    agents: (agent) => agents === undefined || namesAgent(agents, agent),
  };
}

/** Members are qualified ids: `circle:alice` is nobody on another network. */
function isMember(entry: string, network: Network, sender: string): boolean {
  const [prefix, ...rest] = entry.trim().split(":");
  const canonical = network.canonicalSender(rest.join(":"));
  return prefix === network.id && canonical.ok && canonical.id === sender;
}
