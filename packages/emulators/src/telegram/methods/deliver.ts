/** A message of the bot comes into being. */
import { tooManyRequests } from "../api-error.ts";
import type { Emulator } from "../emulator.ts";
import type { RawParameters } from "../parameters.ts";
import type { Message } from "../wire.ts";
import type { ChatState } from "../world.ts";
import { asReply, findReply, threadFields, type ReplyRequest } from "./content.ts";

export interface DeliveryRequest extends ReplyRequest {
  readonly message_thread_id?: number | undefined;
  readonly reply_markup?: Message["reply_markup"];
}

/** Makes the message and lets it be seen. @param isAdmitted its part of the rate limit is counted already */
export function deliver(
  emulator: Emulator,
  method: string,
  raw: RawParameters,
  state: ChatState,
  asked: DeliveryRequest,
  content: Partial<Message>,
  isAdmitted = false,
): Message {
  const { world } = emulator;
  const thread = threadFields(state, asked.message_thread_id);
  const reply = findReply(state, asked);
  const wait = isAdmitted ? 0 : emulator.limiter.admit(state.chat);
  if (wait > 0) throw tooManyRequests(wait);
  const author = state.chat.type === "channel" ? { sender_chat: state.chat } : { from: botAuthor(emulator) };
  const message = world.keep(state, {
    message_id: world.nextMessageId(state),
    date: world.now(),
    chat: state.chat,
    ...author,
    ...thread,
    ...(reply && { reply_to_message: asReply(reply) }),
    ...(asked.reply_markup && { reply_markup: asked.reply_markup }),
    ...content,
  });
  emulator.recordSent({
    method,
    chatId: state.chat.id,
    messageId: message.message_id,
    threadId: message.message_thread_id ?? null,
    replyToMessageId: reply?.message_id ?? null,
    text: message.text ?? message.caption ?? null,
    message,
    parameters: Object.fromEntries(raw.values),
  });
  return message;
}

const botAuthor = ({ world: { bot } }: Emulator) => ({
  id: bot.id,
  is_bot: true,
  first_name: bot.first_name,
  username: bot.username,
});
