/** The durable inbox: an event is stored before its network is told "received", a second delivery stops here, a crash replays from here. */
import type { Database } from "./database.ts";

export interface InboxEvent {
  readonly provider: string;
  readonly account: string;
  /** The same for every delivery of one event; unique within provider and account. */
  readonly eventId: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** JSON. Null for an event of which only the dedupe key is kept (a denied one); such an event is `finished`. */
  readonly body: string | null;
  readonly state: "pending" | "finished";
}

export interface PendingEvent {
  readonly id: number;
  readonly provider: string;
  readonly account: string;
  readonly eventId: string;
  readonly receivedAt: number;
  readonly body: string;
}

export interface InboxReader {
  /** Oldest first. */
  pending(): PendingEvent[];
  /** How many are pending. */
  count(): number;
}

export interface Inbox extends InboxReader {
  /** Stores the event unless it is there already, whatever its state; `id` is that of the stored one. */
  put(event: InboxEvent): { readonly outcome: "stored" | "duplicate"; readonly id: number };
  /** The event needs no replay any more; its body is erased, its key stays. Unknown and finished ids change nothing. */
  finish(id: number): void;
  /** Forgets finished events received before this time (milliseconds since 1970), keys included. Returns how many. */
  prune(olderThan: number): number;
}

export function readInbox(database: Database): InboxReader {
  const pending = database.prepare(
    "SELECT id, dedupe_key, received_at, body FROM inbox WHERE state = 'pending' ORDER BY id",
  );
  const count = database.prepare("SELECT count(*) AS count FROM inbox WHERE state = 'pending'");
  return {
    pending: () =>
      pending.all().map((row) => {
        const [provider, account, eventId] = JSON.parse(row["dedupe_key"] as string) as [
          string,
          string,
          string,
        ];
        const { id, received_at: receivedAt, body } = row;
        return { id, provider, account, eventId, receivedAt, body } as PendingEvent;
      }),
    count: () => Number(count.get()?.["count"]),
  };
}

export function createInbox(database: Database): Inbox {
  const insert = database.prepare(
    "INSERT INTO inbox (dedupe_key, received_at, state, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
  );
  const find = database.prepare("SELECT id FROM inbox WHERE dedupe_key = ?");
  const finish = database.prepare(
    "UPDATE inbox SET state = 'finished', body = NULL WHERE id = ? AND state = 'pending'",
  );
  const prune = database.prepare("DELETE FROM inbox WHERE state = 'finished' AND received_at < ?");
  return {
    ...readInbox(database),
    put(event) {
      const key = dedupeKey(event);
      const stored = insert.get(key, event.receivedAt, event.state, event.body);
      if (stored !== undefined) return { outcome: "stored", id: Number(stored["id"]) };
      return { outcome: "duplicate", id: Number(find.get(key)?.["id"]) };
    },
    finish: (id) => void finish.run(id),
    prune: (olderThan) => prune.run(olderThan),
  };
}

/** JSON keeps the three parts apart and writes lone surrogates and NUL as escapes: distinct events have distinct keys. */
function dedupeKey({ provider, account, eventId }: InboxEvent): string {
  return JSON.stringify([provider, account, eventId]);
}
