/** Every method the emulator knows; the real server takes their names in any letter case. */
import type { Method } from "../emulator.ts";
import * as change from "./change.ts";
import * as lookUp from "./look-up.ts";
import * as media from "./send-media.ts";
import * as send from "./send.ts";
import * as updates from "./updates.ts";

export const methods: Readonly<Record<string, Method>> = {
  getUpdates: updates.getUpdates,
  setWebhook: updates.setWebhook,
  deleteWebhook: updates.deleteWebhook,
  getWebhookInfo: updates.getWebhookInfo,
  sendMessage: send.sendMessage,
  sendDocument: media.sendDocument,
  sendPhoto: media.sendPhoto,
  sendVoice: media.sendVoice,
  sendAudio: media.sendAudio,
  sendVideo: media.sendVideo,
  sendAnimation: media.sendAnimation,
  sendMediaGroup: media.sendMediaGroup,
  sendChatAction: send.sendChatAction,
  editMessageText: change.editMessageText,
  editMessageReplyMarkup: change.editMessageReplyMarkup,
  deleteMessage: change.deleteMessage,
  setMessageReaction: change.setMessageReaction,
  getMe: lookUp.getMe,
  getChat: lookUp.getChat,
  getChatMember: lookUp.getChatMember,
  getChatAdministrators: lookUp.getChatAdministrators,
  getChatMemberCount: lookUp.getChatMemberCount,
  leaveChat: lookUp.leaveChat,
  getFile: lookUp.getFile,
  answerCallbackQuery: lookUp.answerCallbackQuery,
  setMyCommands: lookUp.setMyCommands,
  getMyCommands: lookUp.getMyCommands,
  deleteMyCommands: lookUp.deleteMyCommands,
};

const byLowerCase = new Map(Object.keys(methods).map((name) => [name.toLowerCase(), name]));

/** The name as documented, or undefined. */
export const methodName = (given: string): string | undefined => byLowerCase.get(given.toLowerCase());
