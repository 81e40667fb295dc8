export { ClawdError, isClawdError, messageOf, type ClawdErrorOptions } from "./error.ts";
export { formatPath, type Issue, type PathSegment, type Result } from "./result.ts";
export { nearestName } from "./nearest.ts";
export { systemClock, type Clock } from "./clock.ts";
export { silentLogger, type LogFields, type Logger } from "./logger.ts";
export type { SettingChange } from "./setting-change.ts";
