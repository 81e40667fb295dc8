/** Message ids as far as they are known. Docs: decisions/004. */
import { createLru } from "@clawd/provider-kit";

/** Supergroups and channels count from 1 each; private chats and small groups share one count for each bot. */
const firstSupergroup = -1_000_000_000_000;
const shared = "shared";

function sequenceOf(chatId: string): string {
  return Number(chatId) <= firstSupergroup ? chatId : shared;
}

export interface Sequences {
  /** A message with this id exists in this chat. */
  readonly see: (chatId: string, messageId: string | null) => void;
  /** The highest id known in the chat's sequence; 0 when none is. */
  readonly highest: (chatId: string) => number;
  /** What is known of the sequence of private chats and small groups, to be given to the next process. */
  readonly note: () => string;
}

/** @param note that of an earlier process; null when there was none, anything that is no note counts as none. */
export function createSequences(note: string | null): Sequences {
  const known = createLru<string, number>(10_000);
  if (note !== null && /^[1-9][0-9]{0,14}$/.test(note)) known.set(shared, Number(note));
  const highest = (chatId: string) => known.get(sequenceOf(chatId)) ?? 0;
  return {
    highest,
    note: () => String(known.get(shared) ?? 0),
    see(chatId, messageId) {
      const id = Number(messageId ?? 0);
      if (Number.isSafeInteger(id) && id > highest(chatId)) known.set(sequenceOf(chatId), id);
    },
  };
}
