/** Small things that somebody must know again after a restart, each under a name. */
import type { Database } from "./database.ts";

export interface Notes {
  /** Null when nothing was noted under this name. */
  get(key: string): string | null;
  /** Durable when it returns, or, inside a transaction, when that commits. */
  set(key: string, value: string): void;
}

export function createNotes(database: Database): Notes {
  const get = database.prepare("SELECT value FROM notes WHERE key = ?");
  const set = database.prepare(
    "INSERT INTO notes (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  return {
    get: (key) => (get.get(key)?.["value"] ?? null) as string | null,
    set: (key, value) => void set.run(key, value),
  };
}
