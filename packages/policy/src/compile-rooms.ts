/** Groups, guilds and channels: one scope for each room that the config names, and one for all the others. */
import { readBoolean, readList, readRecord, type Compilation } from "./compilation.ts";
import { chatId, compilePeople, refuseStar } from "./compile-people.ts";
import { compileRoomTools } from "./compile-room-tools.ts";
import {
  child,
  inherited,
  isSet,
  nearest,
  nearestOf,
  pathText,
  type ConfigNode,
  type Sections,
} from "./config-node.ts";
import type { GroupFacts } from "./facts.ts";
import { rememberGuildRoom } from "./guild-room.ts";
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

/** Where a room's settings stand: its topic, itself, its guild; each level with the `"*"` that it inherits from. */
interface RoomSource {
  readonly room: GroupFacts["room"];
  readonly roomNode: ConfigNode;
  readonly levels: readonly [Sections, ...Sections[]];
  readonly listKey: "allowFrom" | "users";
  readonly topics?: ReadonlyMap<string, GroupScope>;
}

function roomScope(compilation: Compilation, frame: RoomFrame, source: RoomSource): GroupScope {
  const { levels, listKey } = source;
  const roomLists = levels.flatMap((level) => {
    const node = nearestOf(level, listKey);
    const people = compilePeople(compilation, frame.network, node);
    if (frame.groupPolicy !== "open") refuseStar(compilation, node, people, frame.groupPolicyKey);
    return people === null ? [] : [{ people, rule: compilation.rule(node) }];
  });
  const [first, ...rest] = levels.map((level) => nearestOf(level, "requireMention"));
  const mentionNode = nearest([first!, ...rest]);
  const requireMention = readBoolean(compilation, mentionNode);
  const mentionRule = compilation.rule(mentionNode);
  const roomList = roomLists[0]?.rule ?? compilation.rule(nearestOf(levels[0], listKey));
  // Where rooms carry the only lists, theirs is the key that would list somebody.
  const groupList = frame.network.layout === "groups" ? frame.rules.groupList : roomList;
  return {
    chat: "group",
    // First what every decision reads: close together, it is fetched at once.
    verdicts: new Map(),
    roomList: admittedByAll(roomLists.map(({ people }) => people)),
    groupList: frame.groupList,
    fallbackList: frame.fallbackList,
    topics: source.topics ?? null,
    roomTools: compileRoomTools(compilation, frame.network, levels),
    groupPolicy: frame.groupPolicy,
    room: source.room,
    requireMention: requireMention === undefined ? "unset" : requireMention ? "yes" : "no",
    roomLists,
    rules: {
      ...frame.rules,
      groupList,
      room: compilation.rule(source.roomNode),
      roomList,
      requireMention: mentionRule,
      activation: mentionRule,
      mention: mentionRule,
      mentionsOthers: mentionRule,
    },
  };
}

/** Lists only narrow: whoever one of them names and all of them admit. */
function admittedByAll(lists: readonly People[]): People | null {
  const [only] = lists;
  if (only === undefined || lists.length === 1) return only ?? null;
  const named = lists.flatMap(({ ids }) => [...ids]);
  return {
    ids: new Set(named.filter((id) => lists.every(({ ids, everyone }) => everyone || ids.has(id)))),
    everyone: lists.every(({ everyone }) => everyone),
  };
}

/** `groups` with `topics`. */
export function compileGroups(compilation: Compilation, frame: RoomFrame, map: ConfigNode): Rooms {
  const star = child(map, "*");
  const scope = (entry: Sections): GroupScope => {
    const topicMap = inherited(entry, "topics");
    const topics = new Map<string, GroupScope>();
    for (const key of Object.keys(readRecord(compilation, topicMap) ?? {})) {
      const topic = child(topicMap, key);
      if (!isTopic(compilation, topic, key)) continue;
      topics.set(key, placed(compilation, frame, [[topic], entry], "allowFrom"));
    }
    return placed(compilation, frame, [entry], "allowFrom", "named", topics);
  };
  return compileMap(compilation, frame, map, scope, () =>
    unnamed(compilation, frame, map, star, "allowFrom"),
  );
}

function isTopic(compilation: Compilation, topic: ConfigNode, key: string): boolean {
  if (/^[^\s*@#]+$/.test(key)) return readRecord(compilation, topic) !== undefined;
  const message = `${pathText(topic)} is no id of a topic.`;
  compilation.report("not-a-topic", topic, message, "Write its number, as in a link to the topic.");
  return false;
}

/** `channels` with `users`: the rooms of a workspace, or of one guild. */
export function compileChannels(
  compilation: Compilation,
  frame: RoomFrame,
  map: ConfigNode,
  guild: readonly Sections[] = [],
): Rooms {
  const scope = (entry: Sections) => placed(compilation, frame, [entry, ...guild], "users");
  return compileMap(compilation, frame, map, scope, () =>
    unnamed(compilation, frame, map, child(map, "*"), "users"),
  );
}

/** `guilds` with `users` and `channels`. `"*"` names all guilds. */
export function compileGuilds(
  compilation: Compilation,
  frame: RoomFrame,
  map: ConfigNode,
): { readonly byId: ReadonlyMap<string, Rooms>; readonly others: Rooms; readonly nowhere: GroupScope } {
  const nowhere = unnamed(compilation, frame, map, child(map, "*"), "users");
  const rooms = (guild: Sections): Rooms => {
    const channels = inherited(guild, "channels");
    // The guild's own people are checked even where no room of it is named.
    const whole = placed(compilation, frame, [guild], "users", "whole");
    if (!isSet(channels)) return { byId: new Map(), others: whole };
    const named = compileChannels(compilation, frame, channels, [guild]);
    rememberGuildRoom(named, whole);
    return named;
  };
  const guilds = compileMap(compilation, frame, map, rooms, () => ({ byId: new Map(), others: nowhere }));
  return { ...guilds, nowhere };
}

/** A room that the map names, switched off at any level or not at all. */
function placed(
  compilation: Compilation,
  frame: RoomFrame,
  levels: readonly [Sections, ...Sections[]],
  listKey: "allowFrom" | "users",
  accepted: "named" | "whole" = "named",
  topics?: ReadonlyMap<string, GroupScope>,
): GroupScope {
  const off = switchOff(compilation, levels);
  return roomScope(compilation, frame, {
    room: off === undefined ? accepted : "disabled",
    roomNode: off ?? nearest(levels[0]),
    levels,
    listKey,
    ...(topics && { topics }),
  });
}

function switchOff(compilation: Compilation, levels: readonly Sections[]): ConfigNode | undefined {
  for (const level of levels) {
    for (const key of ["enabled", "allow"]) {
      const node = nearestOf(level, key);
      if (readBoolean(compilation, node) === false) return node;
    }
  }
  return undefined;
}

/** An entry for each id; the others stand under `"*"`, which an entry also inherits from. */
function compileMap<Value>(
  compilation: Compilation,
  frame: RoomFrame,
  map: ConfigNode,
  make: (entry: Sections) => Value,
  otherwise: () => Value,
): { readonly byId: ReadonlyMap<string, Value>; readonly others: Value } {
  const star = child(map, "*");
  const hasStar = readRecord(compilation, star) !== undefined;
  const byId = namedEntries(compilation, frame.network, map, (entry) =>
    make(hasStar ? [entry, star] : [entry]),
  );
  return { byId, others: hasStar ? make([star]) : otherwise() };
}

/** Group DMs, on networks where they are no rooms: off until `dm.groupEnabled`, then all or those of `groupChannels`. */
export function compileGroupDms(compilation: Compilation, frame: RoomFrame, dm: Sections): Rooms {
  const enabled = inherited(dm, "enabled");
  const groupEnabled = inherited(dm, "groupEnabled");
  const listNode = inherited(dm, "groupChannels");
  const isOff = readBoolean(compilation, enabled) === false;
  const isOn = readBoolean(compilation, groupEnabled) === true;
  const scope = (room: GroupFacts["room"], roomNode: ConfigNode): GroupScope => {
    const nothing: ConfigNode = { path: ["built-in", "group-dms"], value: undefined };
    return roomScope(compilation, frame, { room, roomNode, levels: [[nothing]], listKey: "users" });
  };
  const names = readList(compilation, listNode) ?? [];
  const all = names.find(({ value }) => value === "*");
  const ids = names.map(
    (name) => [name, name === all ? null : chatId(compilation, frame.network, name)] as const,
  );
  const nothing: Rooms["byId"] = new Map();
  if (isOff || !isOn) return { byId: nothing, others: scope("disabled", isOff ? enabled : groupEnabled) };
  if (!isSet(listNode)) return { byId: nothing, others: scope("whole", groupEnabled) };
  const byId = new Map(
    ids.flatMap(([name, id]) => (id === null ? [] : [[id, scope("named", name)] as const])),
  );
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
    levels: [[{ path: star.path, value: undefined }]],
    listKey,
  });
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
    const id = chatId(compilation, network, entry, key);
    if (readRecord(compilation, entry) === undefined || id === null) continue;
    if (byId.has(id)) {
      const message = `${pathText(entry)} names a room that another key names as well.`;
      compilation.report("duplicate-room", entry, message, "Keep one of the two.");
    } else byId.set(id, make(entry));
  }
  return byId;
}
