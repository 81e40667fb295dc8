/** What the tool `cron` is given of scheduled jobs. */
import type { JobPatch, JobRequest } from "@clawd/cron/schema";

interface Refusal {
  readonly refused: string;
}

/** A job as it is shown. Times are milliseconds since 1970. */
export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly agent: string;
  readonly enabled: boolean;
  readonly schedule: Readonly<Record<string, unknown>>;
  /** In words. */
  readonly when: string;
  readonly message: string;
  readonly timeoutSeconds: number;
  /** Where the answer goes; null: nowhere. */
  readonly deliverTo: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly nextRunAt: number | null;
  readonly isRunning: boolean;
  readonly lastRunAt: number | null;
  readonly lastOutcome: string | null;
  /** Why the gateway switched it off. */
  readonly stopped: string | null;
}

export interface JobRunRow {
  readonly number: number;
  readonly dueAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly tries: number;
  readonly outcome: string;
  readonly reason: string | null;
}

export interface JobsStatus {
  readonly enabled: boolean;
  readonly jobs: number;
  readonly running: number;
  readonly nextRunAt: number | null;
  readonly now: number;
  readonly nowText: string;
  readonly timeZone: string;
  readonly maxConcurrentRuns: number;
  readonly minIntervalSeconds: number;
}

export interface JobsPort {
  status(): JobsStatus;
  /** Those in reach, in the order in which they were made. */
  list(): readonly JobRow[];
  add(job: JobRequest): Refusal | JobRow;
  update(id: string, patch: JobPatch): Refusal | JobRow;
  remove(id: string): Refusal | { readonly removed: string };
  run(id: string): Refusal | JobRow;
  runs(id: string, limit: number): Refusal | readonly JobRunRow[];
}
