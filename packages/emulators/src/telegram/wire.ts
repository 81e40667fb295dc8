/** The shapes of the Bot API that the emulator sends. Only what it fills; `undefined` members are not sent. */

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string | undefined;
  readonly username?: string | undefined;
  readonly language_code?: string | undefined;
}

export type ChatType = "private" | "group" | "supergroup" | "channel";

export interface Chat {
  readonly id: number;
  readonly type: ChatType;
  readonly title?: string | undefined;
  readonly username?: string | undefined;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
  readonly is_forum?: true | undefined;
}

/** Offsets and lengths count UTF-16 code units. */
export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string | undefined;
  readonly user?: User | undefined;
  readonly language?: string | undefined;
  readonly custom_emoji_id?: string | undefined;
}

export interface FileReference {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size?: number | undefined;
  readonly file_name?: string | undefined;
  readonly mime_type?: string | undefined;
  readonly duration?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export interface Button {
  readonly text: string;
  readonly url?: string | undefined;
  readonly callback_data?: string | undefined;
}

export interface InlineKeyboard {
  readonly inline_keyboard: readonly (readonly Button[])[];
}

export interface Message {
  readonly message_id: number;
  readonly date: number;
  readonly chat: Chat;
  readonly from?: User | undefined;
  readonly sender_chat?: Chat | undefined;
  readonly author_signature?: string | undefined;
  readonly message_thread_id?: number | undefined;
  readonly is_topic_message?: true | undefined;
  readonly is_automatic_forward?: true | undefined;
  readonly forward_origin?: object | undefined;
  readonly reply_to_message?: Message | undefined;
  readonly quote?:
    | { readonly text: string; readonly position: number; readonly is_manual?: true }
    | undefined;
  readonly edit_date?: number | undefined;
  readonly media_group_id?: string | undefined;
  readonly text?: string | undefined;
  readonly entities?: readonly Entity[] | undefined;
  readonly caption?: string | undefined;
  readonly caption_entities?: readonly Entity[] | undefined;
  readonly photo?: readonly FileReference[] | undefined;
  readonly document?: FileReference | undefined;
  readonly voice?: FileReference | undefined;
  readonly audio?: FileReference | undefined;
  readonly video?: FileReference | undefined;
  readonly animation?: FileReference | undefined;
  readonly sticker?:
    | (FileReference & { readonly is_animated: boolean; readonly is_video: boolean })
    | undefined;
  readonly reply_markup?: InlineKeyboard | undefined;
  readonly forum_topic_created?: { readonly name: string; readonly icon_color: number } | undefined;
  readonly new_chat_members?: readonly User[] | undefined;
  readonly left_chat_member?: User | undefined;
  readonly migrate_to_chat_id?: number | undefined;
  readonly migrate_from_chat_id?: number | undefined;
}

/** The kinds of update the emulator can make; the second list is what `allowed_updates` leaves out by default. */
const updateTypes = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "callback_query",
  "my_chat_member",
  "chat_member",
  "message_reaction",
] as const;
export const unaskedUpdateTypes: readonly string[] = [
  "chat_member",
  "message_reaction",
  "message_reaction_count",
];

export type UpdateType = (typeof updateTypes)[number];

export interface Update {
  readonly update_id: number;
  readonly message?: Message;
  readonly edited_message?: Message;
  readonly channel_post?: Message;
  readonly edited_channel_post?: Message;
  readonly callback_query?: {
    readonly id: string;
    readonly from: User;
    readonly message?: Message;
    readonly chat_instance: string;
    readonly data?: string;
  };
  readonly my_chat_member?: MemberChange;
  readonly chat_member?: MemberChange;
  readonly message_reaction?: {
    readonly chat: Chat;
    readonly message_id: number;
    readonly user?: User | undefined;
    readonly actor_chat?: Chat | undefined;
    readonly date: number;
    readonly old_reaction: readonly Reaction[];
    readonly new_reaction: readonly Reaction[];
  };
}

export interface Reaction {
  readonly type: "emoji";
  readonly emoji: string;
}

export type MemberStatus = "creator" | "administrator" | "member" | "restricted" | "left" | "kicked";

export interface MemberChange {
  readonly chat: Chat;
  readonly from: User;
  readonly date: number;
  readonly old_chat_member: object;
  readonly new_chat_member: object;
}

/** Every name `allowed_updates` may hold in Bot API 9; others are refused so that a misspelling is seen. */
export const knownUpdateNames: readonly string[] = [
  ...updateTypes,
  "business_connection",
  "business_message",
  "edited_business_message",
  "deleted_business_messages",
  "message_reaction_count",
  "inline_query",
  "chosen_inline_result",
  "shipping_query",
  "pre_checkout_query",
  "purchased_paid_media",
  "poll",
  "poll_answer",
  "chat_join_request",
  "chat_boost",
  "removed_chat_boost",
];

/** Ids that stand for many people; see the provider notes of the project. */
export const anonymousAdmin: User = {
  id: 1087968824,
  is_bot: true,
  first_name: "Group",
  username: "GroupAnonymousBot",
};
export const channelPoster: User = {
  id: 136817688,
  is_bot: true,
  first_name: "Channel",
  username: "Channel_Bot",
};
export const serviceNotifications: User = { id: 777000, is_bot: false, first_name: "Telegram" };
