/** Who comes, goes, rises and blocks; and a group that becomes a supergroup. */
import type { Emulator } from "../emulator.ts";
import { memberOf } from "../methods/look-up.ts";
import type { Chat, MemberStatus, Message, Update } from "../wire.ts";
import { botStatus, isAdministrator } from "../world.ts";
import { deliverMessage } from "./delivery.ts";
import { authorOf } from "./setting.ts";

export interface Membership {
  /**
   * Changes somebody's standing. The bot's own makes a `my_chat_member`; another's a `chat_member`, for an administrator
   * bot that asked, and joining or leaving a group a service message too.
   */
  setMember(change: {
    readonly chat: number;
    readonly user: number;
    readonly status: MemberStatus;
    /** Who did it. Absent: the person themselves. */
    readonly by?: number;
  }): readonly Update[];
  /** The person blocks the bot in their private chat. */
  block(user: number): Update | null;
  unblock(user: number): Update | null;
  /** Makes the supergroup that the group becomes; the old id answers 400 with `migrate_to_chat_id` from now on. */
  migrate(group: number): Chat;
}

export function createMembership(emulator: Emulator): Membership {
  const { world, queue } = emulator;

  const setBlocked = (userId: number, blocked: boolean): Update | null => {
    const state = world.chat(userId);
    const standing = (isBlocked: boolean) => memberOf(state, world.bot, isBlocked ? "kicked" : "member");
    const before = standing(state.blocked);
    state.blocked = blocked;
    const change = {
      chat: state.chat,
      from: world.user(userId),
      date: world.now(),
      old_chat_member: before,
      new_chat_member: standing(blocked),
    };
    return queue.push("my_chat_member", change) ?? null;
  };

  return {
    setMember({ chat, user: userId, status, by }) {
      const state = world.chat(chat);
      const user = world.user(userId);
      const actor = world.user(by ?? userId);
      const oldStatus = state.members.get(userId) ?? "left";
      const isSelf = userId === world.bot.id;
      state.members.set(userId, status);
      const updates: (Update | null | undefined)[] = [];
      const change = {
        chat: state.chat,
        from: authorOf(actor),
        date: world.now(),
        old_chat_member: memberOf(state, user, oldStatus),
        new_chat_member: memberOf(state, user, status),
      };
      if (isSelf) updates.push(queue.push("my_chat_member", change));
      else if (isAdministrator(botStatus(world, state))) updates.push(queue.push("chat_member", change));
      const notice = serviceNotice(oldStatus, status, authorOf(user));
      if (notice !== undefined && state.chat.type !== "channel") {
        const message = {
          message_id: world.nextMessageId(state),
          date: world.now(),
          chat: state.chat,
          from: authorOf(actor),
          ...notice,
        };
        updates.push(deliverMessage(emulator, state, message).update);
      }
      return updates.filter((update) => update !== null && update !== undefined);
    },
    block: (user) => setBlocked(user, true),
    unblock: (user) => setBlocked(user, false),
    migrate(group) {
      const state = world.chat(group);
      if (state.chat.type !== "group") throw new Error(`${group} is no basic group`);
      const chat: Chat = {
        ...state.chat,
        id: -1_000_000_000_000 - 1_000_000_000 + (group % 1_000_000_000),
        type: "supergroup",
      };
      const successor = world.addChat(chat);
      for (const [member, status] of state.members) successor.members.set(member, status);
      const notice = (owner: typeof state, fields: Partial<Message>) =>
        deliverMessage(emulator, owner, {
          message_id: world.nextMessageId(owner),
          date: world.now(),
          chat: owner.chat,
          ...fields,
        });
      notice(state, { migrate_to_chat_id: chat.id });
      notice(successor, { migrate_from_chat_id: group });
      state.migratedTo = chat.id;
      return chat;
    },
  };
}

const isPresent = (status: MemberStatus) => status !== "left" && status !== "kicked";

function serviceNotice(
  before: MemberStatus,
  after: MemberStatus,
  user: Message["from"] & object,
): Partial<Message> | undefined {
  if (!isPresent(before) && isPresent(after)) return { new_chat_members: [user] };
  if (isPresent(before) && !isPresent(after)) return { left_chat_member: user };
  return undefined;
}
