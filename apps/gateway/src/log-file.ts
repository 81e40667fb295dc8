/** The gateway's log: where it is, and how it is opened. */
import { systemClock } from "@clawd/kernel";
import { createRedactor, findDailyFile, type Log, openLog } from "@clawd/log";
import type { Config } from "./config.ts";

export interface GatewayLog extends Log {
  /** Adds secrets that were made or loaded later. */
  readonly learn: (secrets: readonly string[]) => void;
}

/** CLAWDBOT_LOG_DIR moves the daily files, for several installations on one machine. */
function logDirectory(): string | undefined {
  return process.env["CLAWDBOT_LOG_DIR"] || undefined;
}

/** @param onConsole also shows the lines on stderr. */
export function openGatewayLog(
  logging: Partial<NonNullable<Config["logging"]>>,
  secrets: readonly string[],
  onConsole: boolean,
): GatewayLog {
  const redactor = createRedactor({ secrets, patterns: logging.redactPatterns ?? [] });
  if (!redactor.ok) throw new TypeError("A pattern that was valid in the config is not valid for the log.");
  const directory = logDirectory();
  const log = openLog({
    clock: systemClock,
    redactor: redactor.value,
    ...(logging.level === undefined ? {} : { level: logging.level }),
    ...(logging.file === undefined ? {} : { file: logging.file }),
    ...(directory === undefined ? {} : { directory }),
    ...(onConsole
      ? {
          console: {
            stream: process.stderr,
            level: logging.consoleLevel ?? "warn",
            ...(logging.consoleStyle === undefined ? {} : { style: logging.consoleStyle }),
          },
        }
      : {}),
  });
  // Assigned, not spread: `path` is a getter.
  return Object.assign(log, { learn: redactor.value.learn });
}

/** Today's file of the default place, or of the one that stands in for it; undefined when there is none. */
export const logFileToday = (): string | undefined =>
  findDailyFile(Date.now(), { directory: logDirectory() });
