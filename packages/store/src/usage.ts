/** How much each person has used: turns and tokens, over the last hour and the last day. */
import type { Clock } from "@clawd/kernel";
import type { Database } from "./database.ts";

export interface Used {
  readonly turnsThisHour: number;
  readonly turnsToday: number;
  /** Tokens of the model, read and written. */
  readonly tokensToday: number;
}

export interface Usage {
  /** What `subject` has used in the 3,600 and the 86,400 seconds before now, by every turn but `except`. */
  read(subject: string, except: string): Used;
  /** Counts a turn once, however often the same `turn` is counted. */
  countTurn(subject: string, turn: string): void;
  /** Adds what the turn has cost. A turn that was never counted costs nobody anything. */
  addTokens(turn: string, tokens: number): void;
  /** Forgets turns that no bound asks about any more. */
  prune(): void;
}

const hour = 3_600_000;
const day = 24 * hour;

export function createUsage(database: Database, clock: Clock): Usage {
  const read = database.prepare(
    `SELECT count(*) FILTER (WHERE at > ?) AS hour, count(*) AS day, coalesce(sum(tokens), 0) AS tokens
     FROM usage WHERE subject = ? AND at > ? AND turn <> ?`,
  );
  const count = database.prepare("INSERT OR IGNORE INTO usage (turn, subject, at) VALUES (?, ?, ?)");
  const add = database.prepare("UPDATE usage SET tokens = tokens + ? WHERE turn = ?");
  const prune = database.prepare("DELETE FROM usage WHERE at <= ?");
  return {
    read(subject, except) {
      const now = clock.now();
      const row = read.get(now - hour, subject, now - day, except);
      return {
        turnsThisHour: Number(row?.["hour"]),
        turnsToday: Number(row?.["day"]),
        tokensToday: Number(row?.["tokens"]),
      };
    },
    countTurn: (subject, turn) => void count.run(turn, subject, clock.now()),
    addTokens: (turn, tokens) => void add.run(tokens, turn),
    prune: () => void prune.run(clock.now() - day),
  };
}
