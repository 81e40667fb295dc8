/** The people, chats and messages the bot lives among. Everything here outlives the bot's own restarts. */
import type { Clock } from "@clawd/kernel";
import { badRequest, forbidden, ApiError } from "./api-error.ts";
import type { Chat, MemberStatus, Message, Reaction, User } from "./wire.ts";

export interface BotUser extends User {
  readonly is_bot: true;
  readonly username: string;
  readonly can_join_groups: boolean;
  /** False is privacy mode: in groups the bot sees only what is meant for it, unless it is an administrator. */
  readonly can_read_all_group_messages: boolean;
  readonly supports_inline_queries: boolean;
}

export interface Topic {
  readonly name: string;
  closed: boolean;
}

export interface ChatState {
  chat: Chat;
  readonly members: Map<number, MemberStatus>;
  readonly messages: Map<number, Message>;
  /** By thread id, which is the id of the message that made the topic. The General topic is not among them. */
  readonly topics: Map<number, Topic>;
  /** By `messageId:userId`. */
  readonly reactions: Map<string, readonly Reaction[]>;
  /** Private chats: the person has written to the bot, so the bot may write to them. */
  started: boolean;
  /** Private chats: the person has blocked the bot. */
  blocked: boolean;
  lastMessageId: number;
  linkedChannel: number | undefined;
  migratedTo: number | undefined;
}

export interface World {
  bot: BotUser;
  readonly users: Map<number, User>;
  readonly chats: Map<number, ChatState>;
  /** Seconds since 1970, as the Bot API counts. */
  now(): number;
  addChat(chat: Chat): ChatState;
  /** The next id in this chat: one sequence for all private chats and basic groups, one for each other chat. */
  nextMessageId(state: ChatState): number;
  keep(state: ChatState, message: Message): Message;
  nextAlbum(): number;
  /** @throws Error when there is no such user: a mistake of the test. */
  user(id: number): User;
  /** @throws Error when there is no such chat: a mistake of the test. */
  chat(id: number): ChatState;
}

export function createWorld(bot: BotUser, clock: Clock): World {
  const users = new Map<number, User>([[bot.id, bot]]);
  const chats = new Map<number, ChatState>();
  let lastSharedMessageId = 0;
  let lastAlbum = 13_000_000_000_000;
  return {
    bot,
    users,
    chats,
    now: () => Math.floor(clock.now() / 1000),
    addChat(chat) {
      if (chats.has(chat.id)) throw new Error(`chat ${chat.id} exists already`);
      const state: ChatState = {
        chat,
        members: new Map(),
        messages: new Map(),
        topics: new Map(),
        reactions: new Map(),
        started: false,
        blocked: false,
        lastMessageId: 0,
        linkedChannel: undefined,
        migratedTo: undefined,
      };
      chats.set(chat.id, state);
      return state;
    },
    nextMessageId(state) {
      if (hasOwnSequence(state.chat)) return ++state.lastMessageId;
      return ++lastSharedMessageId;
    },
    nextAlbum: () => ++lastAlbum,
    keep(state, message) {
      state.messages.set(message.message_id, message);
      return message;
    },
    user(id) {
      const user = users.get(id);
      if (user === undefined) throw new Error(`no user ${id}: add it first`);
      return user;
    },
    chat(id) {
      const state = chats.get(id);
      if (state === undefined) throw new Error(`no chat ${id}: add it first`);
      return state;
    },
  };
}

const hasOwnSequence = ({ type }: Chat): boolean => type === "supergroup" || type === "channel";

export function botStatus(world: World, state: ChatState): MemberStatus {
  return state.members.get(world.bot.id) ?? "left";
}

export const isAdministrator = (status: MemberStatus | undefined): boolean =>
  status === "administrator" || status === "creator";

/** The chat a method names. @throws ApiError as the real server when the bot cannot know it. */
export function findChat(world: World, id: number | string): ChatState {
  const state =
    typeof id === "number"
      ? world.chats.get(id)
      : [...world.chats.values()].find(
          ({ chat }) => chat.type !== "private" && `@${chat.username}`.toLowerCase() === id.toLowerCase(),
        );
  if (state === undefined) throw badRequest("chat not found");
  if (state.chat.type === "private" && !state.started && !sharesChat(world, state.chat.id)) {
    throw badRequest("chat not found");
  }
  if (state.migratedTo !== undefined) {
    throw new ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: state.migratedTo,
    });
  }
  return state;
}

/** The chat a method writes to. @throws ApiError as the real server when the bot may not. */
export function findWritableChat(world: World, id: number | string): ChatState {
  const state = findChat(world, id);
  if (state.chat.type === "private") {
    if (world.users.get(state.chat.id)?.is_bot) throw forbidden("bot can't send messages to bots");
    if (state.blocked) throw forbidden("bot was blocked by the user");
    if (!state.started) throw forbidden("bot can't initiate conversation with a user");
    return state;
  }
  const status = botStatus(world, state);
  const kind = `${state.chat.type} chat`;
  if (status === "kicked") throw forbidden(`bot was kicked from the ${kind}`);
  if (status === "left") throw forbidden(`bot is not a member of the ${kind}`);
  if (status === "restricted") throw badRequest("not enough rights to send text messages to the chat");
  if (state.chat.type === "channel" && !isAdministrator(status)) {
    throw badRequest("need administrator rights in the channel chat");
  }
  return state;
}

function sharesChat(world: World, userId: number): boolean {
  return [...world.chats.values()].some(
    (state) => state.members.has(userId) && state.members.has(world.bot.id),
  );
}
