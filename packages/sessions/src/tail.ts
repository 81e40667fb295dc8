/** The end of one transcript in memory, so that a turn reads no file. */
import { randomUUID } from "node:crypto";
import { repetitionKey, type NewMessage, type TranscriptHeader, type TranscriptMessage } from "./message.ts";
import { appendLines, readTranscript } from "./transcript.ts";

export interface Tail {
  /** After a fault this tail is to be thrown away: how much of the line reached the file is unknown. */
  append(message: NewMessage, now: number): "stored" | "duplicate";
  messages(): readonly TranscriptMessage[];
}

/** What is read of a long file, and kept of it: bytes, and roughly UTF-16 code units. */
const MAX_SIZE = 1024 * 1024;

/** Reads the file, now; later appends by others are not seen. */
export function createTail(path: string, session: { readonly id: string; readonly key: string }): Tail {
  const found = readTranscript(path, MAX_SIZE);
  const kept: { readonly message: TranscriptMessage; readonly size: number }[] = [];
  const stored = new Set<string | null>();
  let size = 0;
  let { isEmpty, endsWithNewline } = found;
  found.messages.forEach(keep);

  function keep(message: TranscriptMessage): void {
    const added = { message, size: JSON.stringify(message).length };
    kept.push(added);
    stored.add(repetitionKey(message));
    size += added.size;
    while (size > MAX_SIZE && kept.length > 1) {
      const oldest = kept.shift()!;
      size -= oldest.size;
      stored.delete(repetitionKey(oldest.message));
    }
  }

  return {
    messages: () => kept.map(({ message }) => message),
    append(message, now) {
      const repetition = repetitionKey(message);
      if (repetition !== null && stored.has(repetition)) return "duplicate";
      const line: TranscriptMessage = {
        type: "message",
        id: randomUUID(),
        parentId: kept.at(-1)?.message.id ?? null,
        timestamp: now,
        ...message,
      };
      const header: TranscriptHeader = { type: "session", version: 1, timestamp: now, ...session };
      appendLines(path, isEmpty ? [header, line] : [line], !endsWithNewline);
      [isEmpty, endsWithNewline] = [false, true];
      // As it will be read again: what JSON leaves out or changes is gone here too.
      keep(JSON.parse(JSON.stringify(line)) as TranscriptMessage);
      return "stored";
    },
  };
}
