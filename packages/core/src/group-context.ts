/** What was said in a group since the bot's last answer: in memory only, bounded in every direction. */

export interface ContextLine {
  readonly senderId: string | null;
  readonly senderName: string | null;
  readonly sentAt: number;
  readonly text: string;
}

export interface GroupContext {
  add(session: string, line: ContextLine): void;
  /** The newest lines of a session, at most so many (absent: all that are kept), oldest first; all of them are forgotten. */
  take(session: string, most?: number): readonly ContextLine[];
}

/** @param limits `lines` kept for a session, `sessions` kept in all (the one unused for longest goes), `length` of one text. */
export function createGroupContext(limits = { lines: 50, sessions: 1000, length: 2000 }): GroupContext {
  const kept = new Map<string, ContextLine[]>();
  return {
    add(session, line) {
      const lines = kept.get(session) ?? [];
      kept.delete(session);
      kept.set(session, lines);
      lines.push({ ...line, text: line.text.slice(0, limits.length) });
      if (lines.length > limits.lines) lines.shift();
      if (kept.size > limits.sessions) kept.delete(kept.keys().next().value!);
    },
    take(session, most = limits.lines) {
      const lines = kept.get(session) ?? [];
      kept.delete(session);
      return lines.slice(Math.max(0, lines.length - most));
    },
  };
}
