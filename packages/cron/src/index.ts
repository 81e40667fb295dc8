export { checkTimeZone, type Mistake } from "./expression.ts";
export {
  checkSchedule,
  nextAfter,
  type Schedule,
  type ScheduleLimits,
  scheduleInWords,
  timeInWords,
} from "./schedule.ts";
export {
  begun,
  cutOff,
  ended,
  failed,
  isReady,
  type JobState,
  mostTries,
  newState,
  type Occurrence,
  openDue,
  openNow,
  type Outcome,
  postponed,
  stopped,
  switchedOff,
  switchedOn,
  wakesAt,
} from "./job-state.ts";
export { type CronSettings, cronSettings } from "./settings.ts";
