/** Groups, guilds and channels: one scope for each room that the config names, and one for all the others. */
import { readBoolean, readList, readRecord, type Compilation } from "./compilation.ts";
import { chatId, compilePeople, refuseStar } from "./compile-people.ts";
import {
  child,
  children,
  firstSet,
  inherited,
  isSet,
  type ConfigNode,
  type Sections,
} from "./config-node.ts";
import { formatPath } from "./config-path.ts";
import type { GroupFacts } from "./facts.ts";
import type { Network } from "./network.ts";
import type { GroupScope, People, Rooms } from "./plan.ts";

/** What all rooms of an account have in common. */
export interface RoomFrame {
  readonly network: Network;
  readonly groupPolicy: GroupFacts["groupPolicy"];
  readonly groupPolicyKey: string;
  readonly groupList: People | null;
  readonly fallbackList: People | null;
  readonly rules: Pick<GroupScope["rules"], SharedCheck>;
}

type SharedCheck =
  | "sender"
  | "account"
  | "groupPolicy"
  | "groupList"
  | "fallbackList"
  | "isOwner"
  | "command"
  | "event";

/** Where a room's own settings stand, nearest first. */
interface RoomSource {
  readonly room: GroupFacts["room"];
  readonly roomNode: ConfigNode;
  readonly people: Sections;
  readonly mention: Sections;
  readonly topics?: ReadonlyMap<string, GroupScope> | null;
}

function roomScope(compilation: Compilation, frame: RoomFrame, source: RoomSource): GroupScope {
  const peopleNode = nearest(source.people);
  const mentionNode = nearest(source.mention);
  const roomList = compilePeople(compilation, frame.network, peopleNode);
  if (frame.groupPolicy !== "open") refuseStar(compilation, peopleNode, roomList, frame.groupPolicyKey);
  const requireMention = readBoolean(compilation, mentionNode);
  const mentionRule = compilation.rule(mentionNode);
  const roomListRule = compilation.rule(peopleNode);
  // Where rooms carry the only lists, theirs is the key that would list somebody.
  const groupList = frame.network.layout === "groups" ? frame.rules.groupList : roomListRule;
  return {
    chat: "group",
    groupPolicy: frame.groupPolicy,
    room: source.room,
    requireMention: requireMention === undefined ? "unset" : requireMention ? "yes" : "no",
    roomList,
    groupList: frame.groupList,
    fallbackList: frame.fallbackList,
    topics: source.topics ?? null,
    rules: {
      ...frame.rules,
      groupList,
      room: compilation.rule(source.roomNode),
      roomList: roomListRule,
      requireMention: mentionRule,
      activation: mentionRule,
      mention: mentionRule,
      mentionsOthers: mentionRule,
    },
  };
}

/** The first that is set; none set: the nearest, so that a remedy touches one room only. */
const nearest = (nodes: Sections): ConfigNode => nodes.find(isSet) ?? nodes[0];

/** `groups` with `topics`. */
export function compileGroups(compilation: Compilation, frame: RoomFrame, map: ConfigNode): Rooms {
  const star = child(map, "*");
  const scope = (entries: Sections) => {
    const enabled = switchedOff(compilation, entries);
    const source: RoomSource = {
      room: enabled === undefined ? "named" : "disabled",
      roomNode: enabled ?? nearest(entries),
      people: children(entries, "allowFrom"),
      mention: children(entries, "requireMention"),
    };
    return source;
  };
  const withTopics = (entries: Sections): GroupScope => {
    const source = scope(entries);
    const topicMap = inherited(entries, "topics");
    const topics = new Map<string, GroupScope>();
    for (const key of Object.keys(readRecord(compilation, topicMap) ?? {})) {
      const topic = child(topicMap, key);
      if (!/^\d+$/.test(key)) {
        const message = `${formatPath(topic.path)} is not the number of a topic.`;
        compilation.report("not-a-topic", topic, message, "Write the number, as in the link of the topic.");
      } else if (readRecord(compilation, topic) !== undefined) {
        topics.set(key, roomScope(compilation, frame, scope([topic, ...entries])));
      }
    }
    return roomScope(compilation, frame, { ...source, topics });
  };
  const byId = namedEntries(compilation, frame.network, map, (entry) =>
    withTopics(isSet(star) ? [entry, star] : [entry]),
  );
  if (isSet(star) && readRecord(compilation, star) !== undefined) return { byId, others: withTopics([star]) };
  return { byId, others: unnamed(compilation, frame, map, star, "allowFrom") };
}

/** `channels` with `users`: the rooms of a workspace, or of one guild. */
export function compileChannels(
  compilation: Compilation,
  frame: RoomFrame,
  map: ConfigNode,
  guild: readonly ConfigNode[] = [],
): Rooms {
  const star = child(map, "*");
  const scope = (entries: Sections): GroupScope => {
    const enabled = switchedOff(compilation, entries);
    const [first, ...rest] = [...entries, ...guild];
    return roomScope(compilation, frame, {
      room: enabled === undefined ? "named" : "disabled",
      roomNode: enabled ?? nearest(entries),
      people: children([first!, ...rest], "users"),
      mention: children([first!, ...rest], "requireMention"),
    });
  };
  const byId = namedEntries(compilation, frame.network, map, (entry) =>
    scope(isSet(star) ? [entry, star] : [entry]),
  );
  if (isSet(star) && readRecord(compilation, star) !== undefined) return { byId, others: scope([star]) };
  return { byId, others: unnamed(compilation, frame, map, star, "users") };
}

/** `guilds` with `users` and `channels`. Names all guilds: `"*"`. */
export function compileGuilds(
  compilation: Compilation,
  frame: RoomFrame,
  map: ConfigNode,
): { readonly byId: ReadonlyMap<string, Rooms>; readonly others: Rooms; readonly nowhere: GroupScope } {
  const star = child(map, "*");
  const rooms = (guild: Sections): Rooms => {
    const channels = inherited(guild, "channels");
    if (isSet(channels)) return compileChannels(compilation, frame, channels, guild);
    const whole = roomScope(compilation, frame, {
      room: "whole",
      roomNode: guild[0],
      people: children(guild, "users"),
      mention: children(guild, "requireMention"),
    });
    return { byId: new Map(), others: whole };
  };
  const byId = namedEntries(compilation, frame.network, map, (entry) =>
    rooms(isSet(star) ? [entry, star] : [entry]),
  );
  const nowhere = unnamed(compilation, frame, map, star, "users");
  const hasStar = isSet(star) && readRecord(compilation, star) !== undefined;
  return { byId, others: hasStar ? rooms([star]) : { byId: new Map(), others: nowhere }, nowhere };
}

/** Group DMs, on networks where they are no rooms: off until `dm.groupEnabled`, then all or those of `groupChannels`. */
export function compileGroupDms(compilation: Compilation, frame: RoomFrame, dm: Sections): Rooms {
  const enabled = inherited(dm, "enabled");
  const groupEnabled = inherited(dm, "groupEnabled");
  const listNode = inherited(dm, "groupChannels");
  const isOff = readBoolean(compilation, enabled) === false;
  const isOn = readBoolean(compilation, groupEnabled) === true;
  const builtIn: Sections = [{ path: ["built-in", "require-mention"], value: undefined }];
  const scope = (room: GroupFacts["room"], roomNode: ConfigNode): GroupScope => {
    const people: Sections = [{ path: listNode.path, value: undefined }];
    return roomScope(compilation, frame, { room, roomNode, people, mention: builtIn });
  };
  const entries = readList(compilation, listNode);
  const byId = new Map<string, GroupScope>();
  if (isOff || !isOn) return { byId, others: scope("disabled", isOff ? enabled : groupEnabled) };
  if (!isSet(listNode)) return { byId, others: scope("whole", groupEnabled) };
  let all: ConfigNode | undefined;
  for (const entry of entries ?? []) {
    if (entry.value === "*") all = entry;
    else {
      const id = chatId(compilation, frame.network, entry);
      if (id !== null) byId.set(id, scope("named", entry));
    }
  }
  return { byId, others: all === undefined ? scope("unnamed", listNode) : scope("named", all) };
}

/** What holds for a room that the map does not name. */
function unnamed(
  compilation: Compilation,
  frame: RoomFrame,
  map: ConfigNode,
  star: ConfigNode,
  listKey: "allowFrom" | "users",
): GroupScope {
  return roomScope(compilation, frame, {
    room: isSet(map) ? "unnamed" : "unmapped",
    roomNode: map,
    people: [{ ...child(star, listKey), value: undefined }],
    mention: [{ ...child(star, "requireMention"), value: undefined }],
  });
}

/** The key that switches a room off: `enabled` or `allow`, each inherited on its own. */
function switchedOff(compilation: Compilation, entries: Sections): ConfigNode | undefined {
  return ["enabled", "allow"]
    .map((key) => firstSet(children(entries, key)))
    .find((node) => readBoolean(compilation, node) === false);
}

function namedEntries<Value>(
  compilation: Compilation,
  network: Network,
  map: ConfigNode,
  make: (entry: ConfigNode) => Value,
): ReadonlyMap<string, Value> {
  const byId = new Map<string, Value>();
  for (const key of Object.keys(readRecord(compilation, map) ?? {})) {
    if (key === "*") continue;
    const entry = child(map, key);
    const id = chatId(compilation, network, { path: entry.path, value: key });
    if (readRecord(compilation, entry) === undefined || id === null) continue;
    if (byId.has(id)) {
      const message = `${formatPath(entry.path)} names a room that another key names as well.`;
      compilation.report("duplicate-room", entry, message, "Keep one of the two.");
    } else byId.set(id, make(entry));
  }
  return byId;
}
