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
}

export function createSequences(): Sequences {
  const known = createLru<string, number>(10_000);
  const highest = (chatId: string) => known.get(sequenceOf(chatId)) ?? 0;
  return {
    highest,
    see(chatId, messageId) {
      const id = Number(messageId ?? 0);
      if (Number.isSafeInteger(id) && id > highest(chatId)) known.set(sequenceOf(chatId), id);
    },
  };
}
