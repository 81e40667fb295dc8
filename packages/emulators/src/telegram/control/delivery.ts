/** Puts what people did before the bot, when it may see it. */
import { botReceives } from "../audience.ts";
import type { Emulator } from "../emulator.ts";
import type { Message, Update } from "../wire.ts";
import type { ChatState } from "../world.ts";

/** A message that exists now, and the update the bot got of it: null when the bot does not see it. */
export interface Said {
  readonly message: Message;
  readonly update: Update | null;
}

export function deliverMessage(emulator: Emulator, state: ChatState, message: Message): Said {
  emulator.world.keep(state, message);
  return { message, update: announce(emulator, state, message, false) };
}

export function deliverEdit(emulator: Emulator, state: ChatState, message: Message): Said {
  emulator.world.keep(state, message);
  return { message, update: announce(emulator, state, message, true) };
}

function announce(emulator: Emulator, state: ChatState, message: Message, edited: boolean): Update | null {
  if (message.from?.id === emulator.world.bot.id) return null;
  if (!botReceives(emulator.world, state, message)) return null;
  const isPost = state.chat.type === "channel";
  const type = isPost
    ? edited
      ? "edited_channel_post"
      : "channel_post"
    : edited
      ? "edited_message"
      : "message";
  return emulator.queue.push(type, message) ?? null;
}
