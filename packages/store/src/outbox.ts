/** The durable outbox: a message is stored before it is sent, sent in order within its chat, and never enqueued twice. */
import { ClawdError, type Clock } from "@clawd/kernel";
import type { Database, Row } from "./database.ts";

export interface OutboxMessage {
  /** Stable over retries and replays; a second message with the same id is not stored. */
  readonly deliveryId: string;
  readonly provider: string;
  readonly account: string;
  readonly chat: { readonly kind: string; readonly id: string; readonly thread: string | null };
  readonly text: string;
  readonly replyToMessageId: string | null;
  /** Shown below the text. Absent: none. */
  readonly buttons?: readonly { readonly label: string; readonly command: string }[];
  /** Files of the media store that go with it. Absent: none. */
  readonly files?: readonly OutboxFile[];
  /** It answers a pressed button of `replyToMessageId`. Absent: no. */
  readonly answersPress?: boolean;
  /** Why it is sent, for example `reply` or `pairing-code`. */
  readonly purpose: string;
  /** Session key; null when the message belongs to none. */
  readonly session: string | null;
  /** Inbox id of the event that led to it; null when none did. */
  readonly cause: number | null;
}

/** A file of a message; its bytes are in the media store. */
export interface OutboxFile {
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly digest: string;
  /** Shown to people. */
  readonly name: string;
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * `queued` waits for its turn · `sending` is with the provider · `unsettled` was with the provider when the process died ·
 * `sent` and `rejected` are settled.
 */
export type OutboxState = "queued" | "sending" | "unsettled" | "sent" | "rejected";

export interface OutboxEntry extends OutboxMessage {
  readonly id: number;
  readonly state: OutboxState;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
  /** How often sending was begun. */
  readonly attempts: number;
  /** The provider's note of the last attempt, for its `confirm`; null when it made none. */
  readonly attempt: string | null;
  /** Why the last attempt failed; null when none did. */
  readonly reason: string | null;
}

export interface OutboxReader {
  counts(): Readonly<Record<OutboxState, number>>;
}

export interface Outbox extends OutboxReader {
  enqueue(message: OutboxMessage): "queued" | "duplicate";
  /**
   * The messages to send now: of each chat the oldest unsettled one, when it is queued and its time has come.
   * A chat whose head is being sent, waits for a retry or is to be confirmed gives nothing. Oldest first.
   */
  due(now: number): OutboxEntry[];
  /** When `due` next has something to give without another call of this package; null when nothing waits. */
  nextDueAt(): number | null;
  /**
   * Stores that sending begins. `attempt` is what the provider needs to tell later whether it arrived.
   * @throws CLAWD_STORE_MISUSE when the message is not `queued`: it must not be sent.
   */
  beginSend(id: number, attempt: string | null): void;
  /** The network took it. */
  sent(id: number, messageId: string): void;
  /** The network did not take it; it is queued again, to be sent no sooner than `at` (milliseconds since 1970). */
  retryAt(id: number, at: number, reason: string): void;
  /** It will never be sent. Possible in every state but `sent`. */
  reject(id: number, reason: string): void;
  /** Messages whose sending was cut off by the end of an earlier process: settle each by `sent`, `retryAt` or `reject`. */
  unsettled(): OutboxEntry[];
  /** Digests of the files that messages name which are not settled. */
  filesWaiting(): ReadonlySet<string>;
  /** Erases texts and names of files of messages settled before `textBefore`, forgets those settled before `entryBefore` with their ids. */
  prune(before: { readonly textBefore: number; readonly entryBefore: number }): void;
}

const states: readonly OutboxState[] = ["queued", "sending", "unsettled", "sent", "rejected"];

export function readOutbox(database: Database): OutboxReader {
  const count = database.prepare("SELECT state, count(*) AS count FROM outbox GROUP BY state");
  return {
    counts() {
      const found = new Map(count.all().map((row) => [row["state"], Number(row["count"])]));
      return Object.fromEntries(states.map((state) => [state, found.get(state) ?? 0])) as Record<
        OutboxState,
        number
      >;
    },
  };
}

/** Also marks what an earlier process left `sending` as `unsettled`; the caller holds the lock of the state. */
export function createOutbox(database: Database, clock: Clock): Outbox {
  database.execute("UPDATE outbox SET state = 'unsettled' WHERE state = 'sending' AND settled_at IS NULL");

  // The heads of all chats: min(id) makes SQLite take the other columns from that very row.
  const heads = "SELECT *, min(id) FROM outbox WHERE settled_at IS NULL GROUP BY chat_key";
  const insert = database.prepare(
    `INSERT INTO outbox (delivery_id, chat_key, message, state, enqueued_at, due_at) VALUES (?, ?, ?, 'queued', ?, 0)
     ON CONFLICT DO NOTHING`,
  );
  const due = database.prepare(`SELECT * FROM (${heads}) WHERE state = 'queued' AND due_at <= ? ORDER BY id`);
  const nextDue = database.prepare(`SELECT min(due_at) AS at FROM (${heads}) WHERE state = 'queued'`);
  const unsettled = database.prepare(
    "SELECT * FROM outbox WHERE settled_at IS NULL AND state = 'unsettled' ORDER BY id",
  );
  const begin = database.prepare(
    "UPDATE outbox SET state = 'sending', attempts = attempts + 1, attempt = ? WHERE id = ? AND state = 'queued'",
  );
  const sent = database.prepare(
    `UPDATE outbox SET state = 'sent', message_id = ?, reason = NULL, settled_at = ?
     WHERE id = ? AND state IN ('sending', 'unsettled')`,
  );
  const retry = database.prepare(
    `UPDATE outbox SET state = 'queued', due_at = ?, reason = ? WHERE id = ? AND state IN ('queued', 'sending', 'unsettled')`,
  );
  const reject = database.prepare(
    `UPDATE outbox SET state = 'rejected', reason = ?, settled_at = ?
     WHERE id = ? AND state IN ('queued', 'sending', 'unsettled')`,
  );
  const eraseTexts = database.prepare(
    `UPDATE outbox SET message = json_remove(json_set(message, '$.text', ''), '$.files')
     WHERE settled_at < ? AND (message ->> '$.text' <> '' OR message ->> '$.files' IS NOT NULL)`,
  );
  const files = database.prepare(
    `SELECT DISTINCT file.value ->> '$.digest' AS digest FROM outbox, json_each(outbox.message, '$.files') AS file
     WHERE settled_at IS NULL AND message ->> '$.files' IS NOT NULL`,
  );
  const forget = database.prepare("DELETE FROM outbox WHERE settled_at < ?");

  return {
    ...readOutbox(database),
    enqueue({ deliveryId, ...message }) {
      const { provider, account, chat } = message;
      // Networks limit and order by chat, not by thread.
      const chatKey = JSON.stringify([provider, account, chat.kind, chat.id]);
      const stored = insert.run(deliveryId, chatKey, JSON.stringify(message), clock.now());
      return stored === 1 ? "queued" : "duplicate";
    },
    due: (now) => due.all(now).map(entryOf),
    nextDueAt: () => (nextDue.get()?.["at"] ?? null) as number | null,
    beginSend: (id, attempt) => expectChange(begin.run(attempt, id), "beginSend"),
    sent: (id, messageId) => expectChange(sent.run(messageId, clock.now(), id), "sent"),
    retryAt: (id, at, reason) => expectChange(retry.run(at, reason, id), "retryAt"),
    reject: (id, reason) => expectChange(reject.run(reason, clock.now(), id), "reject"),
    unsettled: () => unsettled.all().map(entryOf),
    filesWaiting: () => new Set(files.all().map((row) => row["digest"] as string)),
    prune({ textBefore, entryBefore }) {
      eraseTexts.run(textBefore);
      forget.run(entryBefore);
    },
  };
}

function entryOf(row: Row): OutboxEntry {
  const message = JSON.parse(row["message"] as string) as Omit<OutboxMessage, "deliveryId">;
  return {
    ...message,
    deliveryId: row["delivery_id"] as string,
    id: row["id"] as number,
    state: row["state"] as OutboxState,
    enqueuedAt: row["enqueued_at"] as number,
    attempts: row["attempts"] as number,
    attempt: row["attempt"] as string | null,
    reason: row["reason"] as string | null,
  };
}

function expectChange(changes: number, step: string): void {
  if (changes === 1) return;
  throw new ClawdError("CLAWD_STORE_MISUSE", `An outbox message was not in a state that allows "${step}".`, {
    hint: "This is a defect of Clawdbot: please report it with the log around it.",
  });
}
