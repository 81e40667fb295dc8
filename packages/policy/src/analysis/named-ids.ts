/** Every id that a policy names, and ids that none does. */
import type { AccountPlan, GroupScope, People, Plan, Rooms } from "../plan.ts";

/** In one order, whatever order they were written in. */
export const sorted = (ids: Iterable<string>): readonly string[] =>
  [...new Set(ids)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** The name itself, or the first of its numbered kin that is not taken. */
export function freshName(name: string, isTaken: (name: string) => boolean): string {
  let fresh = name;
  for (let number = 2; isTaken(fresh); number++) fresh = `${name}-${number}`;
  return fresh;
}

function* roomsOf({ groups, channels, guilds }: AccountPlan): Iterable<Rooms> {
  yield groups;
  if (channels !== groups) yield channels;
  if (guilds !== null) yield* guilds.values();
}

function* groupScopes(account: AccountPlan): Iterable<GroupScope> {
  yield account.nowhere;
  for (const { byId, others } of roomsOf(account))
    for (const scope of [others, ...byId.values()]) {
      yield scope;
      if (scope.topics !== null) yield* scope.topics.values();
    }
}

/** The ids of one network that stand in a list of people, are a key of one, or are bound to an agent. */
export function sendersNamed(plans: readonly Plan[], network: string): readonly string[] {
  const ids = new Set<string>();
  const seen = new Set<object>();
  const add = (from: ReadonlySet<string> | ReadonlyMap<string, unknown> | null | undefined) => {
    if (from === null || from === undefined || seen.has(from)) return;
    seen.add(from);
    for (const id of from.keys()) ids.add(id);
  };
  const addPeople = (people: People | null) => add(people?.ids);
  for (const { networks, profiles, agents } of plans) {
    for (const account of networks.get(network)?.accounts.values() ?? []) {
      const { commands, direct, routes, sharedSenders } = account;
      for (const each of [sharedSenders, commands.owners, commands.list, routes.peers.dm]) add(each);
      addPeople(direct.allowFrom);
      for (const { roomLists, groupList, fallbackList, roomTools } of groupScopes(account)) {
        for (const { people } of roomLists) addPeople(people);
        addPeople(groupList);
        addPeople(fallbackList);
        for (const { bySender } of roomTools) add(bySender);
      }
    }
    add(profiles.byMember.get(network));
    for (const { elevated } of agents.values())
      for (const { lists } of [elevated.global, elevated.own]) add(lists?.get(network)?.ids);
  }
  return sorted(ids);
}

/** What the chats of one account can be told apart by. */
export interface ChatIds {
  readonly rooms: Readonly<Record<"group" | "channel", readonly string[]>>;
  /** Bound to an agent by id: a room, or a thread of one. */
  readonly bound: Readonly<Record<"group" | "channel", readonly string[]>>;
  /** Null: nothing depends on the guild. */
  readonly guilds: readonly string[] | null;
  readonly teams: readonly string[];
  /** Ids of a room and of a guild that no rule knows. */
  readonly otherRoom: string;
  readonly otherGuild: string;
}

export function chatsNamed(accounts: readonly (AccountPlan | null)[]): ChatIds {
  const known = accounts.filter((account) => account !== null);
  const rooms = (of: (account: AccountPlan) => Iterable<Rooms>) =>
    sorted(known.flatMap((account) => [...of(account)].flatMap(({ byId }) => [...byId.keys()])));
  const bound = (kind: "group" | "channel") =>
    sorted(known.flatMap(({ routes }) => [...routes.peers[kind].keys()]));
  const bindings = known.flatMap(({ routes }) =>
    [...Object.values(routes.peers), routes.guilds, routes.teams]
      .flatMap((map) => [...map.values()].flat())
      .concat(Object.values(routes.anyPeer).flat()),
  );
  const named = (ids: readonly (string | null)[]) => sorted(ids.filter((id) => id !== null));
  const guilds = named([
    ...known.flatMap((account) => [...(account.guilds?.keys() ?? [])]),
    ...bindings.map(({ guild }) => guild),
  ]);
  const ids = {
    rooms: {
      group: rooms(({ groups }) => [groups]),
      channel: rooms(({ channels, guilds }) => [channels, ...(guilds?.values() ?? [])]),
    },
    bound: { group: bound("group"), channel: bound("channel") },
    guilds: guilds.length > 0 || known.some((account) => account.guilds !== null) ? guilds : null,
    teams: named(bindings.map(({ team }) => team)),
  };
  const taken = new Set([...Object.values(ids.rooms), ...Object.values(ids.bound), guilds].flat());
  const isTaken = (name: string) => taken.has(name);
  return {
    ...ids,
    otherRoom: freshName("other-room", isTaken),
    otherGuild: freshName("other-guild", isTaken),
  };
}
