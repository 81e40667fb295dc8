/** How much is written. */

/** From nothing to everything. */
export const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

export type LogLevel = (typeof logLevels)[number];

export function includesLevel(limit: LogLevel, level: LogLevel): boolean {
  return level !== "silent" && logLevels.indexOf(level) <= logLevels.indexOf(limit);
}
