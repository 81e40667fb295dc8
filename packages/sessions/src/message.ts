/** One line of a transcript: what was said, by whom, and by which decision it got this far. */

export interface NewMessage {
  readonly role: "user" | "assistant" | "tool";
  /** Any JSON: a text, or a model's content blocks. */
  readonly content: unknown;
  /** Who wrote it; null for the agent itself. The name is shown, never matched. */
  readonly sender: { readonly id: string; readonly name: string | null } | null;
  readonly provider: string | null;
  readonly account: string | null;
  readonly chat: { readonly kind: string; readonly id: string; readonly thread: string | null } | null;
  /** The decision that let the turn begin; null for what no event led to. */
  readonly decision: {
    readonly code: string;
    readonly rules: readonly {
      readonly path: string;
      readonly file?: string;
      readonly line?: number;
      readonly column?: number;
    }[];
    readonly policy: string;
  } | null;
  /** Names the event that led to it, for good and over reinstalls; null when none did, then it is never taken for a repetition. */
  readonly cause: string | null;
  /** Tells several messages of one role and cause apart, counted from 0. Absent means 0. */
  readonly step?: number;
}

export interface TranscriptMessage extends NewMessage {
  readonly type: "message";
  readonly id: string;
  /** The message before it; null for the first of a transcript. */
  readonly parentId: string | null;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export interface TranscriptHeader {
  readonly type: "session";
  readonly version: 1;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: string;
}

/** The same for every attempt to store one message; null when it cannot be told. */
export function repetitionKey({ cause, role, step }: NewMessage): string | null {
  return cause === null ? null : `${cause}:${role}:${step ?? 0}`;
}

/** The line's content, or undefined when it is none of ours: torn by a crash, or of a later version. */
export function parseLine(line: string): TranscriptHeader | TranscriptMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { type, id } = Object(value) as Readonly<Record<string, unknown>>;
  const isOurs = (type === "session" || type === "message") && typeof id === "string";
  return isOurs ? (value as TranscriptHeader | TranscriptMessage) : undefined;
}
