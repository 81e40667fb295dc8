/** Transactions that nest: the inner one fails alone, the outer one decides. */
import { ClawdError } from "@clawd/kernel";
import type { Database } from "./database.ts";

export interface Transactions {
  /** Runs `work` as a whole or not at all. `work` is synchronous; whatever it throws is thrown on. */
  run<Value>(work: () => Value): Value;
  /** Called after an outermost commit, and after every rollback. */
  onEnd(listener: (end: "committed" | "rolled-back") => void): void;
}

export function createTransactions(database: Database): Transactions {
  const listeners: ((end: "committed" | "rolled-back") => void)[] = [];
  const tell = (end: "committed" | "rolled-back") => listeners.forEach((listener) => listener(end));
  let depth = 0;

  const undo = (sql: string) => {
    try {
      // A full disk has already rolled everything back.
      if (database.isTransaction()) database.execute(sql);
    } finally {
      tell("rolled-back");
    }
  };

  return {
    onEnd: (listener) => void listeners.push(listener),
    run(work) {
      const isOutermost = depth === 0;
      const name = `level_${depth}`;
      database.execute(isOutermost ? "BEGIN IMMEDIATE" : `SAVEPOINT ${name}`);
      depth++;
      let value;
      try {
        value = work();
        if (isThenable(value)) throw asynchronousWork();
        if (!database.isTransaction()) throw lostTransaction();
        database.execute(isOutermost ? "COMMIT" : `RELEASE ${name}`);
      } catch (thrown) {
        undo(isOutermost ? "ROLLBACK" : `ROLLBACK TO ${name}; RELEASE ${name}`);
        throw thrown;
      } finally {
        depth--;
      }
      if (isOutermost) tell("committed");
      return value;
    },
  };
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

function asynchronousWork(): ClawdError {
  return new ClawdError("CLAWD_STORE_MISUSE", "A transaction was given asynchronous work.", {
    hint: "Do the waiting before the transaction, and only the storing in it.",
  });
}

function lostTransaction(): ClawdError {
  return new ClawdError("CLAWD_STORE_MISUSE", "A fault inside a transaction was caught and ignored.", {
    hint: "Let faults of the store pass out of the transaction; it is rolled back as a whole.",
  });
}
