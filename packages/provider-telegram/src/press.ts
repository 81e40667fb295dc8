/** Ends the little clock that Telegram shows on a pressed button. Says nothing: what is said to a press is decided elsewhere. */
import type { Update } from "grammy/types";
import type { Api } from "./client.ts";

/** For updates that are stored. Never throws: a clock that goes on for a while does no harm. */
export async function acknowledgePresses(
  updates: readonly Update[],
  api: Api,
  signal: AbortSignal,
): Promise<void> {
  const ids = updates.flatMap(({ callback_query: query }) => (query === undefined ? [] : [query.id]));
  await Promise.allSettled(ids.map((id) => api.answerCallbackQuery({ callback_query_id: id }, signal)));
}
