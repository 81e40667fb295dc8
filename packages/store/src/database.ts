/** A connection whose statements are prepared once and whose errors are ClawdErrors. */
import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { storeFault } from "./fault.ts";

export type Row = Record<string, SQLOutputValue>;
type Values = readonly SQLInputValue[];

export interface Statement {
  /** The number of rows changed. */
  run(...values: Values): number;
  get(...values: Values): Row | undefined;
  all(...values: Values): Row[];
}

export interface Database {
  readonly path: string;
  readonly isTransaction: () => boolean;
  /** Statements without values, for example `BEGIN`. */
  execute(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface DatabaseOptions {
  readonly readOnly?: boolean;
  /** How long to wait for another connection's lock, in milliseconds. */
  readonly busyTimeoutMs?: number;
}

/**
 * Makes an empty file 0600 where there is none, whatever the umask; SQLite then gives its `-wal` and `-shm` the same mode.
 * An existing file is never opened: closing a second descriptor would drop the locks that this process holds on it.
 */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  }
}

/** @throws CLAWD_FILE_WRITE, CLAWD_STORE_CORRUPT and the other faults of `storeFault`, from every method. */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database {
  const guard = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (cause) {
      throw storeFault(path, cause);
    }
  };
  const connection = guard(
    () =>
      new DatabaseSync(path, {
        readOnly: options.readOnly ?? false,
        timeout: options.busyTimeoutMs ?? 5000,
        enableDoubleQuotedStringLiterals: false,
      }),
  );
  return {
    path,
    isTransaction: () => connection.isTransaction,
    execute: (sql) => guard(() => connection.exec(sql)),
    prepare(sql) {
      const statement = guard(() => connection.prepare(sql));
      return {
        run: (...values) => guard(() => Number(statement.run(...values).changes)),
        get: (...values) => guard(() => statement.get(...values)),
        all: (...values) => guard(() => statement.all(...values)),
      };
    },
    close: () => {
      if (connection.isOpen) guard(() => connection.close());
    },
  };
}
