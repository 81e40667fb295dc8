/** What a room of a guild would stand under if the guild's map named it, for `explain`: no decision asks for it. */
import type { GroupScope, Rooms } from "./plan.ts";

const scopes = new WeakMap<Rooms, GroupScope>();

/** `whole`: what holds for rooms of a guild that has no map of them. */
export const rememberGuildRoom = (rooms: Rooms, whole: GroupScope): void => void scopes.set(rooms, whole);

/** Undefined for rooms that belong to no guild, or to a changed one. */
export function guildRoomOf(rooms: Rooms): GroupScope | undefined {
  const whole = scopes.get(rooms);
  if (whole === undefined) return undefined;
  const room = whole.room === "disabled" ? "disabled" : "named";
  const rules = room === "disabled" ? whole.rules : { ...whole.rules, room: rooms.others.rules.room };
  return { ...whole, room, rules };
}
