/** How many bytes of files are in memory, over all chats: messages wait for their network with all of theirs. */
import type { OutboxEntry } from "@clawd/store";

/** Of messages that are being sent, or asked about, at once. Any single message has less. */
const mostBytesAtOnce = 200 * 1024 * 1024;

export interface FilesAtOnce {
  /** What counts from now until the work is over. */
  during<Value>(entry: OutboxEntry, work: () => Promise<Value>): Promise<Value>;
  /** Those that may go now: every message without files, and of those with some the first ones that fit, so that none waits for ever. */
  fitting(entries: readonly OutboxEntry[]): readonly OutboxEntry[];
}

export function createFilesAtOnce(most = mostBytesAtOnce): FilesAtOnce {
  let held = 0;
  return {
    async during(entry, work) {
      held += bytesOf(entry);
      try {
        return await work();
      } finally {
        held -= bytesOf(entry);
      }
    },
    fitting(entries) {
      let together = held;
      let isFull = false;
      return entries.filter((entry) => {
        const bytes = bytesOf(entry);
        if (bytes === 0) return true;
        isFull ||= together > 0 && together + bytes > most;
        if (!isFull) together += bytes;
        return !isFull;
      });
    },
  };
}

const bytesOf = ({ files = [] }: OutboxEntry): number => files.reduce((sum, { size }) => sum + size, 0);
