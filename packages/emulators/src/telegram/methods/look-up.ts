/** What the bot may ask and set about itself, chats, members and files. */
import { badRequest } from "../api-error.ts";
import type { Emulator, Method } from "../emulator.ts";
import { chatId, flag, integer, json, list, object, optional, readParameters, text } from "../parameters.ts";
import type { MemberStatus, User } from "../wire.ts";
import { botStatus, findChat, isAdministrator, type ChatState } from "../world.ts";

export const getMe: Method = ({ world }, raw) => {
  readParameters(raw, {});
  return { ...world.bot, can_connect_to_business: false, has_main_web_app: false, has_topics_enabled: false };
};

export const getChat: Method = ({ world }, raw) => {
  const asked = readParameters(raw, { chat_id: chatId });
  const state = findChat(world, asked.chat_id);
  return {
    ...state.chat,
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {},
    ...(state.linkedChannel !== undefined && { linked_chat_id: state.linkedChannel }),
  };
};

export const getChatMember: Method = ({ world }, raw) => {
  const asked = readParameters(raw, { chat_id: chatId, user_id: integer });
  const state = findChat(world, asked.chat_id);
  const user = world.users.get(asked.user_id);
  if (user === undefined) throw badRequest("invalid user_id specified");
  return memberOf(state, user);
};

/** A `ChatMember`, as far as the emulator knows one. */
export function memberOf(state: ChatState, user: User, status = statusIn(state, user)): object {
  const { id, is_bot, first_name, last_name, username, language_code } = user;
  const member = { status, user: { id, is_bot, first_name, last_name, username, language_code } };
  switch (status) {
    case "creator":
      return { ...member, is_anonymous: false };
    case "administrator":
      return {
        ...member,
        can_be_edited: false,
        is_anonymous: false,
        can_manage_chat: true,
        can_delete_messages: true,
      };
    case "kicked":
      return { ...member, until_date: 0 };
    case "restricted":
      return { ...member, is_member: true, can_send_messages: false, until_date: 0 };
    case "member":
    case "left":
      return member;
  }
}

const statusIn = (state: ChatState, user: User): MemberStatus => {
  if (state.chat.type === "private") return "member";
  return state.members.get(user.id) ?? "left";
};

export const getChatAdministrators: Method = ({ world }, raw) => {
  const asked = readParameters(raw, { chat_id: chatId });
  const state = findChat(world, asked.chat_id);
  if (state.chat.type === "private") throw badRequest("there are no administrators in the private chat");
  return [...state.members]
    .filter(([, status]) => isAdministrator(status))
    .map(([id]) => memberOf(state, world.user(id)));
};

export const getChatMemberCount: Method = ({ world }, raw) => {
  const asked = readParameters(raw, { chat_id: chatId });
  const present = [...findChat(world, asked.chat_id).members.values()];
  return present.filter((status) => status !== "left" && status !== "kicked").length;
};

export const leaveChat: Method = ({ world }, raw) => {
  const asked = readParameters(raw, { chat_id: chatId });
  const state = findChat(world, asked.chat_id);
  if (state.chat.type === "private") throw badRequest("chat can't be left");
  if (["left", "kicked"].includes(botStatus(world, state)))
    throw badRequest("bot is not a member of the chat");
  state.members.set(world.bot.id, "left");
  return true;
};

const largestDownload = 20 * 1024 * 1024;

export const getFile: Method = ({ files }, raw) => {
  const asked = readParameters(raw, { file_id: optional(text) });
  if (asked.file_id === undefined || asked.file_id === "") throw badRequest("file_id is not specified");
  const file = files.byId(asked.file_id);
  if (file === undefined) throw badRequest("wrong file_id or the file is temporarily unavailable");
  const announced = file.reference.file_size ?? 0;
  if (Math.max(file.content.length, announced) > largestDownload) throw badRequest("file is too big");
  const { file_id, file_unique_id, file_size } = file.reference;
  return { file_id, file_unique_id, file_size, file_path: file.path };
};

export const answerCallbackQuery: Method = ({ callbacks }, raw) => {
  const asked = readParameters(raw, {
    callback_query_id: text,
    text: optional(text),
    show_alert: optional(flag),
    url: optional(text),
    cache_time: optional(integer),
  });
  const waiting = callbacks.get(asked.callback_query_id);
  if (waiting === undefined || waiting.answered) {
    throw badRequest("query is too old and response timeout expired or query ID is invalid");
  }
  if ((asked.text ?? "").length > 200) throw badRequest("MESSAGE_TOO_LONG");
  callbacks.set(asked.callback_query_id, { answered: true, text: asked.text });
  return true;
};

const scope = optional(json(object({ type: text, chat_id: optional(chatId), user_id: optional(integer) })));
const commandKey = (asked: { scope?: object | undefined; language_code?: string | undefined }) =>
  `${JSON.stringify(asked.scope ?? { type: "default" })}:${asked.language_code ?? ""}`;

export const setMyCommands: Method = ({ commands }: Emulator, raw) => {
  const asked = readParameters(raw, {
    commands: json(list(object({ command: text, description: text }))),
    scope,
    language_code: optional(text),
  });
  if (asked.commands.length > 100) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  for (const { command, description } of asked.commands) {
    if (!/^\/?[a-z0-9_]{1,32}$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
    if (description.length < 1 || description.length > 256)
      throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
  }
  commands.set(commandKey(asked), asked.commands);
  return true;
};

export const getMyCommands: Method = ({ commands }, raw) => {
  const asked = readParameters(raw, { scope, language_code: optional(text) });
  return commands.get(commandKey(asked)) ?? [];
};

export const deleteMyCommands: Method = ({ commands }, raw) => {
  const asked = readParameters(raw, { scope, language_code: optional(text) });
  commands.delete(commandKey(asked));
  return true;
};
