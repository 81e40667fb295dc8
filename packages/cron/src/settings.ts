/** The settings of scheduled runs, with what holds where the config says nothing. */
import { checkTimeZone } from "./expression.ts";
import type { ScheduleLimits } from "./schedule.ts";

export interface CronSettings extends ScheduleLimits {
  readonly isEnabled: boolean;
  readonly mostAtOnce: number;
  /** Begun in any hour, of all jobs together. */
  readonly mostPerHour: number;
  /** Jobs of one agent. */
  readonly mostJobs: number;
  /** Of expressions that name none. */
  readonly timeZone: string;
}

interface Configured {
  readonly enabled?: boolean | undefined;
  readonly maxConcurrentRuns?: number | undefined;
  readonly maxRunsPerHour?: number | undefined;
  readonly maxJobs?: number | undefined;
  readonly minIntervalSeconds?: number | undefined;
  readonly timeZone?: string | undefined;
}

/** @param machineZone the machine's own time zone */
export function cronSettings(configured: Configured | undefined, machineZone: string): CronSettings {
  const { enabled = true, maxConcurrentRuns = 1, maxRunsPerHour = 60 } = configured ?? {};
  const { maxJobs = 50, minIntervalSeconds = 60 } = configured ?? {};
  const zone = configured?.timeZone ?? machineZone;
  return {
    isEnabled: enabled,
    mostAtOnce: maxConcurrentRuns,
    mostPerHour: maxRunsPerHour,
    mostJobs: maxJobs,
    leastInterval: minIntervalSeconds * 1000,
    timeZone: checkTimeZone(zone) === null ? zone : "UTC",
  };
}
