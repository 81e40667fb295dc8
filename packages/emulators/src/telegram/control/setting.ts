/** Sets the scene: who exists, which chats there are, who is in them. None of this makes an update, except topics. */
import type { Emulator } from "../emulator.ts";
import type { Chat, ChatType, MemberStatus, Message, User } from "../wire.ts";
import type { ChatState } from "../world.ts";
import { deliverMessage } from "./delivery.ts";

export interface NewUser {
  /** Absent: the next free id. */
  readonly id?: number;
  readonly firstName: string;
  readonly lastName?: string;
  readonly username?: string;
  readonly languageCode?: string;
  readonly isBot?: boolean;
  /** The person has pressed Start, so the bot may write first. Absent: no, until they say something. */
  readonly started?: boolean;
}

export interface NewChat {
  /** Absent: the next free one of its kind (`-5…` for groups, `-100…` for supergroups and channels). */
  readonly id?: number;
  readonly title: string;
  readonly username?: string;
  readonly members?: readonly number[];
  readonly administrators?: readonly number[];
  /** The bot's own standing. Absent: member, and administrator of a channel. */
  readonly bot?: MemberStatus;
}

export interface NewSupergroup extends NewChat {
  readonly forum?: boolean;
}

export interface NewChannel extends NewChat {
  /** The supergroup that gets every post as an automatic forward. */
  readonly linkedGroup?: number;
}

export interface NewTopic {
  readonly chat: number;
  readonly name: string;
  /** The user who makes it; absent: the bot. */
  readonly by?: number;
}

export interface Setting {
  addUser(user: NewUser): User;
  addGroup(chat: NewChat): Chat;
  addSupergroup(chat: NewSupergroup): Chat;
  addChannel(chat: NewChannel): Chat;
  /** Makes a forum topic and answers its thread id. */
  addTopic(topic: NewTopic): number;
  closeTopic(topic: { readonly chat: number; readonly thread: number }): void;
  /** Off is privacy mode, the default. */
  setReadsAllGroupMessages(on: boolean): void;
  /** Every message of the chat that is not deleted. */
  messages(chat: number): readonly Message[];
}

export function createSetting(emulator: Emulator): Setting {
  const { world } = emulator;
  let nextUser = 500_001;
  let nextChat = 2_000_000_001;

  const addChat = (type: ChatType, given: NewSupergroup): ChatState => {
    const bare = nextChat++;
    const id = given.id ?? (type === "group" ? -bare : -1_000_000_000_000 - bare);
    if (id >= 0 || (type !== "group") !== id <= -1_000_000_000_000) {
      throw new Error(`${id} is no id of a ${type}`);
    }
    const { title, username } = given;
    const state = world.addChat({
      id,
      type,
      title,
      ...(username !== undefined && { username }),
      ...(given.forum && { is_forum: true as const }),
    });
    // In a real forum message 1 is the General topic, so that no other topic has this id.
    if (given.forum) state.lastMessageId = 1;
    for (const member of given.members ?? []) state.members.set(world.user(member).id, "member");
    for (const member of given.administrators ?? [])
      state.members.set(world.user(member).id, "administrator");
    state.members.set(world.bot.id, given.bot ?? (type === "channel" ? "administrator" : "member"));
    return state;
  };

  return {
    addUser(given) {
      const id = given.id ?? nextUser++;
      if (world.users.has(id)) throw new Error(`user ${id} exists already`);
      const user: User = {
        id,
        is_bot: given.isBot ?? false,
        first_name: given.firstName,
        last_name: given.lastName,
        username: given.username,
        language_code: given.languageCode,
      };
      world.users.set(id, user);
      const { first_name, last_name, username } = user;
      world.addChat({ id, type: "private", first_name, last_name, username }).started =
        given.started ?? false;
      return user;
    },
    addGroup: (given) => addChat("group", given).chat,
    addSupergroup: (given) => addChat("supergroup", given).chat,
    addChannel(given) {
      const state = addChat("channel", given);
      if (given.linkedGroup !== undefined) {
        state.linkedChannel = given.linkedGroup;
        world.chat(given.linkedGroup).linkedChannel = state.chat.id;
      }
      return state.chat;
    },
    addTopic({ chat, name, by }) {
      const state = world.chat(chat);
      if (!state.chat.is_forum) throw new Error(`chat ${chat} is not a forum`);
      const id = world.nextMessageId(state);
      state.topics.set(id, { name, closed: false });
      deliverMessage(emulator, state, {
        message_id: id,
        date: world.now(),
        chat: state.chat,
        from: by === undefined ? authorOf(world.bot) : world.user(by),
        message_thread_id: id,
        is_topic_message: true,
        forum_topic_created: { name, icon_color: 7322096 },
      });
      return id;
    },
    closeTopic({ chat, thread }) {
      const topic = world.chat(chat).topics.get(thread);
      if (topic === undefined) throw new Error(`no topic ${thread}`);
      topic.closed = true;
    },
    setReadsAllGroupMessages(on) {
      world.bot = { ...world.bot, can_read_all_group_messages: on };
    },
    messages: (chat) => [...world.chat(chat).messages.values()],
  };
}

/** A user as messages show one: a bot's abilities are only in `getMe`. */
export function authorOf({ id, is_bot, first_name, last_name, username, language_code }: User): User {
  return { id, is_bot, first_name, last_name, username, language_code };
}
