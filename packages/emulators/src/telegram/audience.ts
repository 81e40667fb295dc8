/** Whether the bot gets to see a message: membership, privacy mode, and the rule that bots do not see bots. */
import { entityText } from "./entities.ts";
import type { Message } from "./wire.ts";
import { anonymousAdmin, channelPoster } from "./wire.ts";
import { botStatus, isAdministrator, type ChatState, type World } from "./world.ts";

export function botReceives(world: World, state: ChatState, message: Message): boolean {
  if (state.chat.type === "private") return !state.blocked;
  const status = botStatus(world, state);
  if (status === "left" || status === "kicked") return false;
  if (state.chat.type === "channel") return isAdministrator(status);
  const author = message.from;
  const standsForPeople = author?.id === anonymousAdmin.id || author?.id === channelPoster.id;
  if (author?.is_bot && !standsForPeople) return false;
  if (isAdministrator(status) || world.bot.can_read_all_group_messages) return true;
  return isServiceMessage(message) || isMeantForBot(world, message);
}

function isServiceMessage(message: Message): boolean {
  return (
    message.new_chat_members !== undefined ||
    message.left_chat_member !== undefined ||
    message.forum_topic_created !== undefined ||
    message.migrate_to_chat_id !== undefined ||
    message.migrate_from_chat_id !== undefined
  );
}

/** Privacy mode lets through commands for this bot or for nobody, its mentions, and replies to it. */
function isMeantForBot(world: World, message: Message): boolean {
  if (message.reply_to_message?.from?.id === world.bot.id) return true;
  const text = message.text ?? message.caption ?? "";
  const name = `@${world.bot.username}`.toLowerCase();
  return (message.entities ?? message.caption_entities ?? []).some((entity) => {
    const marked = entityText(text, entity).toLowerCase();
    if (entity.type === "mention") return marked === name;
    if (entity.type === "text_mention") return entity.user?.id === world.bot.id;
    if (entity.type !== "bot_command") return false;
    return marked.endsWith(name) || (entity.offset === 0 && !marked.includes("@"));
  });
}
