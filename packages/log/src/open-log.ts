/** The log of the application. Everything that reaches the file or the console has passed the redactor; nothing here throws. */
import { homedir } from "node:os";
import type { Clock, LogFields, Logger } from "@clawd/kernel";
import { consoleSink, type ConsoleSinkOptions } from "./console-sink.ts";
import { type LogDirectories, logDirectories } from "./daily-files.ts";
import { entryOf, jsonLine, type LogEntry } from "./entry.ts";
import { includesLevel, type LogLevel } from "./level.ts";
import { LogFile } from "./log-file.ts";
import type { Redactor } from "./redactor.ts";

export interface OpenLogOptions extends LogDirectories {
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Absent means `info`. */
  readonly level?: LogLevel;
  /** Absolute, or below `~/`. Absent means a file for each day in `directory`. */
  readonly file?: string;
  /** Absent means that nothing is written to a console. */
  readonly console?: ConsoleSinkOptions & { readonly level?: LogLevel | undefined };
}

export interface Log extends Logger {
  /** The file that lines go to now; undefined when there is none. */
  readonly path: string | undefined;
  /** Idempotent; what is logged afterwards is dropped. */
  close(): void;
}

export function openLog(options: OpenLogOptions): Log {
  const { clock, redactor, level = "info", userId = process.getuid?.() } = options;
  const screen = options.console === undefined ? undefined : consoleSink(options.console);
  const screenLevel = options.console?.level ?? level;
  const troubles: [message: string, fields: LogFields][] = [];
  let isClosed = false;

  const file = new LogFile({
    file: options.file?.replace(/^~(?=\/)/, homedir()),
    directories: logDirectories(options),
    userId,
    onTrouble: (message, fields) => troubles.push([message, fields]),
  });

  function log(lineLevel: LogLevel, message: string, fields: LogFields = {}): void {
    const toFile = includesLevel(level, lineLevel);
    const toScreen = screen !== undefined && includesLevel(screenLevel, lineLevel);
    if (isClosed || (!toFile && !toScreen)) return;
    const now = clock.now();
    const entry = entryFrom(now, lineLevel, message, fields);
    if (toScreen) screen.write(entry);
    if (toFile) file.write(now, jsonLine(entry), lostLine);
    tellTroubles();
  }

  function entryFrom(now: number, lineLevel: LogLevel, message: string, fields: LogFields): LogEntry {
    try {
      return entryOf(now, lineLevel, message, fields, redactor);
    } catch {
      // Fields that cannot even be listed cost themselves, not the line.
      return entryOf(now, lineLevel, message, { fields: "[unreadable]" }, redactor);
    }
  }

  function lostLine(count: number): string {
    return jsonLine(entryOf(clock.now(), "error", "Log lines were lost", { count }, redactor));
  }

  /** Trouble with the file is told wherever lines still arrive: the console, and the file that is used instead. */
  function tellTroubles(): void {
    for (const [message, fields] of troubles.splice(0)) {
      const now = clock.now();
      const entry = entryOf(now, "warn", message, { ...fields, used: file.path ?? "none" }, redactor);
      if (screen !== undefined && includesLevel(screenLevel, "warn")) screen.write(entry);
      if (includesLevel(level, "warn") && file.path !== undefined) file.write(now, jsonLine(entry), lostLine);
    }
    // Writing about trouble may find more of it; telling that as well could go on for ever.
    troubles.length = 0;
  }

  file.prepare(clock.now());
  tellTroubles();
  return {
    debug: (message, fields) => log("debug", message, fields),
    info: (message, fields) => log("info", message, fields),
    warn: (message, fields) => log("warn", message, fields),
    error: (message, fields) => log("error", message, fields),
    get path() {
      return file.path;
    },
    close() {
      isClosed = true;
      file.close();
      screen?.close();
    },
  };
}
