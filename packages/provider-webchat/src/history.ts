/** The last messages of each conversation, in memory: what a page that comes back is shown. A restart forgets them. */

import type { Button } from "@clawd/provider-kit";
import type { FileFacts } from "./files.ts";

export interface Entry {
  /** Counts up over all conversations. */
  readonly seq: number;
  readonly conversation: string | null;
  /** Unique; a page shows an id once, however often it is sent. */
  readonly id: string;
  readonly from: "operator" | "agent";
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Below a message of the agent. Absent: none. */
  readonly buttons?: readonly Button[];
  /** Absent: none. */
  readonly files?: readonly FileFacts[];
  /** The message whose button the operator pressed by this one, or whose press the agent answers; then its buttons are gone. */
  readonly pressed?: string;
}

export interface History {
  has(from: Entry["from"], id: string): boolean;
  /** Undefined when a message with this id is there already. */
  add(message: Omit<Entry, "seq">): Entry | undefined;
  /** What came after `seq`, oldest first. */
  after(seq: number): readonly Entry[];
}

const keptPerConversation = 200;
const keptConversations = 100;

export function createHistory(): History {
  /** The conversation that was used longest ago comes first. */
  const conversations = new Map<string | null, Entry[]>();
  const ids = new Set<string>();
  let last = 0;
  const keyOf = (from: string, id: string) => `${from} ${id}`;

  function forget(entries: readonly Entry[]): void {
    for (const { from, id } of entries) ids.delete(keyOf(from, id));
  }

  return {
    has: (from, id) => ids.has(keyOf(from, id)),
    add(message) {
      const key = keyOf(message.from, message.id);
      if (ids.has(key)) return undefined;
      ids.add(key);
      last += 1;
      const entry = { seq: last, ...message };
      const entries = conversations.get(message.conversation) ?? [];
      entries.push(entry);
      forget(entries.splice(0, entries.length - keptPerConversation));
      conversations.delete(message.conversation);
      conversations.set(message.conversation, entries);
      if (conversations.size > keptConversations) {
        const [oldest, dropped] = conversations.entries().next().value!;
        conversations.delete(oldest);
        forget(dropped);
      }
      return entry;
    },
    after(seq) {
      return [...conversations.values()]
        .flat()
        .filter((entry) => entry.seq > seq)
        .sort((a, b) => a.seq - b.seq);
    },
  };
}
