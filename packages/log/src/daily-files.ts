/** The log's daily files: their directories, first choice first, and their names. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface LogDirectories {
  /** Absent means `/tmp/clawdbot`. */
  readonly directory?: string | undefined;
  /** Where `clawdbot-<uid>` is made when `directory` is not safe. Absent means the system's directory for temporary files. */
  readonly temporaryDirectory?: string | undefined;
  /** The user that files must belong to. Absent means the one of this process. */
  readonly userId?: number | undefined;
}

export function logDirectories(options: LogDirectories = {}): readonly string[] {
  const { directory, temporaryDirectory = tmpdir(), userId = process.getuid?.() } = options;
  const usual = process.platform === "win32" ? join(tmpdir(), "clawdbot") : "/tmp/clawdbot";
  return [directory ?? usual, join(temporaryDirectory, `clawdbot-${userId ?? "user"}`)];
}

/** `clawdbot-2026-01-31.log`, by the day in the local time zone. */
export const dailyName = (time: number): string => `clawdbot-${dayOf(time)}.log`;

/** `2026-01-31` in the local time zone. */
export function dayOf(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The file of a day that is there; undefined when there is none. */
export function findDailyFile(time: number, options?: LogDirectories): string | undefined {
  return logDirectories(options)
    .map((directory) => join(directory, dailyName(time)))
    .find((path) => existsSync(path));
}
