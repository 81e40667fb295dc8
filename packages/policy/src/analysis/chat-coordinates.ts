/** Chats by what the rules of an account can tell them apart by. */
import type { AccountPlan } from "../plan.ts";
import type { ChatReference } from "../request.ts";
import { scopeOf } from "../view.ts";
import { sorted, type ChatIds } from "./named-ids.ts";
import { asQuestion } from "./as-question.ts";
import type { ChatPlace } from "./types.ts";

/** Null is one that no policy names, undefined is any, and for a chat that stands for it none. */
export interface Coordinates {
  readonly kind: "group" | "channel";
  readonly guild: string | null | undefined;
  readonly team: string | undefined;
  readonly room: string | null;
  /** A thread with an id of its own. */
  readonly thread: string | undefined;
  readonly topic: string | null | undefined;
}

/** Every combination that can matter. `isFlat`: groups and channels stand in one map. */
export function* coordinatesOf(
  accounts: readonly (AccountPlan | null)[],
  ids: ChatIds,
  isFlat: boolean,
): Iterable<Coordinates> {
  for (const kind of ["group", "channel"] as const) {
    // A group that is bound is not the channel of its id, which would be read as the group.
    const others = kind === "channel" && isFlat ? ids.bound.group : [];
    const rooms = [null, ...sorted([...ids.rooms[kind], ...ids.bound[kind], ...others])];
    const named = new Set(ids.rooms.channel);
    const threads = kind === "group" ? [] : ids.bound.channel.filter((id) => !named.has(id));
    const guilds = kind === "group" || ids.guilds === null ? [undefined] : [undefined, null, ...ids.guilds];
    for (const guild of guilds)
      for (const team of [undefined, ...ids.teams])
        for (const room of rooms) {
          const at = { kind, guild, team, room, thread: undefined, topic: undefined };
          yield at;
          // A room that has topics of its own has none of those that hold for the others.
          const topics = [at, { ...at, room: null }].flatMap((each) => topicsOf(accounts, each, ids));
          for (const topic of [null, ...sorted(topics)]) yield { ...at, topic };
          for (const thread of threads) if (thread !== room) yield { ...at, thread };
        }
  }
}

function topicsOf(
  accounts: readonly (AccountPlan | null)[],
  at: Coordinates,
  ids: ChatIds,
): readonly string[] {
  const question = asQuestion("-", "-", chatAt(at, ids));
  return sorted(
    accounts.flatMap((each) => {
      const scope = each === null ? null : scopeOf(each, question);
      return scope?.chat === "group" ? [...(scope.topics?.keys() ?? [])] : [];
    }),
  );
}

/**
 * Every way to say less of the chat. A chat is read as being in the place
 * that says the most of it, by `weight`, so one that is not told apart from the heaviest of these needs no place of its own.
 */
export function widened(at: Coordinates, isFlat: boolean): readonly Coordinates[] {
  let found: readonly Coordinates[] = [at];
  const also = (change: (from: Coordinates) => Partial<Coordinates> | null) => {
    found = found.flatMap((from) => {
      const changed = change(from);
      return changed === null ? [from] : [from, { ...from, ...changed }];
    });
  };
  also(({ kind }) => (kind === "channel" && isFlat ? { kind: "group" } : null));
  also(({ team }) => (team === undefined ? null : { team: undefined }));
  also(({ guild }) => (guild === undefined || guild === null ? null : { guild: null }));
  also(({ guild }) => (guild === undefined ? null : { guild: undefined }));
  also(({ room }) => (room === null ? null : { room: null }));
  also(({ thread }) => (thread === undefined ? null : { thread: undefined }));
  also(({ topic }) => (topic === undefined || topic === null ? null : { topic: null }));
  also(({ topic }) => (topic === undefined ? null : { topic: undefined }));
  return found.slice(1);
}

/** How much is said of the chat. */
export function weight({ kind, guild, team, room, thread, topic }: Coordinates): number {
  const said = [
    kind === "channel",
    team !== undefined,
    guild !== undefined,
    guild !== undefined && guild !== null,
    room !== null,
    topic !== undefined,
    topic !== undefined && topic !== null,
    thread !== undefined,
  ];
  return said.reduce((sum, is, at) => sum + (is ? 2 ** at : 0), 0);
}

export function chatAt({ kind, guild, team, room, thread, topic }: Coordinates, ids: ChatIds): ChatReference {
  const id = room ?? ids.otherRoom;
  return {
    kind,
    id: thread ?? id,
    ...(thread !== undefined && { parent: id }),
    ...(topic !== undefined && { thread: topic ?? otherTopic }),
    ...(guild !== undefined && { guild: guild ?? ids.otherGuild }),
    ...(team !== undefined && { team }),
  };
}

/** With a space in it, which no key of the config has. */
const otherTopic = "other topic";

export const placeAt = ({ kind, guild, team, room, thread, topic }: Coordinates) =>
  ({
    kind,
    id: thread ?? room,
    ...(topic !== undefined && { thread: topic }),
    ...(thread !== undefined && { parent: room }),
    ...(guild !== undefined && { guild }),
    ...(team !== undefined && { team }),
  }) satisfies Omit<ChatPlace, "text" | "provider" | "account">;
