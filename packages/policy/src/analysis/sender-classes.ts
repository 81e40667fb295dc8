/**
 * Who can write there: the people whom the rules of a spot tell apart. Two senders are of one class when every list, map
 * and binding that the spot knows holds both or neither.
 */
import type { AccountPlan, AgentPlan, Plan } from "../plan.ts";
import { freshName, sendersNamed } from "./named-ids.ts";
import { numbering } from "./numbering.ts";
import type { Spot } from "./spots.ts";

export interface SenderClass {
  /** Those of the class; of the rest, those who are not. */
  readonly ids: readonly string[];
  /** Everybody whom no rule of the spot names. */
  readonly isRest: boolean;
  /** One of the class, whatever else the network's rules say. */
  readonly witness: string;
  /** What is said of them on the whole network, for each policy: their place among the lists of elevated mode. */
  readonly elevated: readonly string[];
}

/** The people of a network whom the policies name, and what is said of each wherever they write. */
export interface Roster {
  readonly ids: readonly string[];
  /** An id that no policy names. */
  readonly stranger: string;
  readonly traits: ReadonlyMap<string, Traits>;
  readonly strangerTraits: Traits;
}

interface Traits {
  readonly key: string;
  readonly elevated: readonly string[];
}

export function rosterOf(plans: readonly Plan[], network: string): Roster {
  const ids = sendersNamed(plans, network);
  const named = new Set(ids);
  const stranger = freshName("stranger", (name) => named.has(name));
  const traits = traitsOf(plans, network);
  return {
    ids,
    stranger,
    traits: new Map(ids.map((id) => [id, traits(id)])),
    strangerTraits: traits(stranger),
  };
}

function traitsOf(plans: readonly Plan[], network: string): (id: string) => Traits {
  const number = numbering();
  const known = new Map<string, Traits>();
  const sides = plans.map((plan) => {
    const accounts: readonly AccountPlan[] = [...(plan.networks.get(network)?.accounts.values() ?? [])];
    const sets = accounts.flatMap(({ sharedSenders, commands: { owners, list } }) =>
      list === null ? [sharedSenders, owners] : [sharedSenders, owners, list],
    );
    return {
      sets: [...new Set(sets)],
      members: plan.profiles.byMember.get(network),
      gates: gatesOf([...plan.agents.values()], network),
    };
  });
  return (id) => {
    const elevated = sides.map(({ gates }) => gates.map((gate) => (gate.has(id) ? "1" : "0")).join(""));
    const key = sides
      .map(({ sets, members }, at) => {
        const profile = members?.get(id);
        const held = sets.map((set) => (set.has(id) ? "1" : "0")).join("");
        return `${held} ${profile === undefined ? "" : number(profile)} ${elevated[at]}`;
      })
      .join("\n");
    const traits = known.get(key) ?? { key, elevated };
    known.set(key, traits);
    return traits;
  };
}

function gatesOf(agents: readonly AgentPlan[], network: string): readonly ReadonlySet<string>[] {
  const lists = agents.flatMap(({ elevated: { global, own } }) =>
    [global, own].flatMap((gate) => gate.lists?.get(network)?.ids ?? []),
  );
  return [...new Set(lists)];
}

/** The rest comes last. */
export function sendersAt(spot: Spot, roster: Roster): readonly SenderClass[] {
  const localKey = localKeys(spot);
  const rest = `${roster.strangerTraits.key}\n${localKey(roster.stranger)}`;
  const classes = new Map<string, string[]>();
  const named: string[] = [];
  for (const id of roster.ids) {
    const key = `${roster.traits.get(id)!.key}\n${localKey(id)}`;
    if (key === rest) continue;
    named.push(id);
    const ids = classes.get(key);
    if (ids === undefined) classes.set(key, [id]);
    else ids.push(id);
  }
  return [
    ...[...classes.values()].map((ids) => ({
      ids,
      isRest: false,
      witness: ids[0]!,
      elevated: roster.traits.get(ids[0]!)!.elevated,
    })),
    { ids: named, isRest: true, witness: roster.stranger, elevated: roster.strangerTraits.elevated },
  ];
}

/** What the lists of the spot itself say. */
export function localKeys(spot: Spot): (id: string) => string {
  const number = numbering();
  const sets: ReadonlySet<string>[] = [];
  const maps: ReadonlyMap<string, object>[] = [];
  for (const side of spot.sides) {
    if (side === null) continue;
    const { account, scope } = side;
    if (spot.chat.kind === "dm") maps.push(account.routes.peers.dm);
    if (scope.chat === "dm" && scope.allowFrom !== null) sets.push(scope.allowFrom.ids);
    if (scope.chat !== "group") continue;
    for (const { people } of scope.roomLists) sets.push(people.ids);
    for (const people of [scope.groupList, scope.fallbackList]) if (people !== null) sets.push(people.ids);
    for (const { bySender } of scope.roomTools) maps.push(bySender);
  }
  const [uniqueSets, uniqueMaps] = [[...new Set(sets)], [...new Set(maps)].filter((map) => map.size > 0)];
  return (id) => {
    let key = "";
    for (const set of uniqueSets) key += set.has(id) ? "1" : "0";
    for (const map of uniqueMaps) {
      const value = map.get(id);
      key += value === undefined ? " " : ` ${number(value)}`;
    }
    return key;
  };
}
