/** Ends the little clock that Telegram shows on a pressed button. Says nothing: what is said to a press is decided elsewhere. */
import type { Update } from "grammy/types";
import type { Api } from "./client.ts";
import type { SendingPace } from "./rate-limits.ts";

/** For updates that are stored. Never throws: a clock that goes on for a while does no harm. */
export async function acknowledgePresses(
  updates: readonly Update[],
  api: Api,
  pace: SendingPace,
  signal: AbortSignal,
): Promise<void> {
  const ids = updates.flatMap(({ callback_query: query }) => (query === undefined ? [] : [query.id]));
  const acknowledge = async (id: string) => {
    await pace.takePress(signal);
    await api.answerCallbackQuery({ callback_query_id: id }, signal);
  };
  await Promise.allSettled(ids.map(acknowledge));
}
