/** `@clawd/cron/schema`: the config key `cron`, and what a job may be asked to be. */
import { z } from "zod";

export { jobPatchSchema, jobSchema, type JobPatch, type JobRequest } from "./job-schema.ts";

export const cronSchema = z.strictObject({
  enabled: z.boolean().optional().describe("Absent: true. `false`: jobs stay, and none runs."),
  maxConcurrentRuns: z.int().min(1).max(8).optional().describe("Absent: 1. The others wait."),
  maxRunsPerHour: z.int().min(1).max(3600).optional().describe("Of all jobs. Absent: 60. The others wait."),
  maxJobs: z.int().min(0).max(500).optional().describe("Of one agent. Absent: 50."),
  minIntervalSeconds: z.int().min(60).max(86_400).optional().describe("Between two runs. Absent: 60."),
  timeZone: z.string().max(64).optional().describe("Of expressions that name none. Absent: the machine's."),
});

export type CronConfig = z.output<typeof cronSchema>;
