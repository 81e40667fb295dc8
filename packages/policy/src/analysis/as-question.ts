/** A chat as the engine reads it. */
import type { Question } from "../read-message.ts";
import { readRequest } from "../read-request.ts";
import type { ChatReference } from "../request.ts";

/** A message there that a mention makes heard, from whoever has the chat's id: in a direct message its sender. */
export function asQuestion(provider: string, account: string, chat: ChatReference): Question {
  const facts = { mentioned: true, mentionDetectable: true, mentionsOthers: false };
  const asked = readRequest({
    action: "message",
    provider,
    account,
    chat,
    sender: { id: chat.id },
    ...facts,
  });
  if (asked === null || asked.action !== "message") throw new TypeError("This is no chat.");
  return asked;
}
