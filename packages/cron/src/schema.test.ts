import { describe, expect, test } from "vitest";
import { z } from "zod";
import { cronSettings } from "./settings.ts";
import { cronSchema, jobPatchSchema, jobSchema } from "./schema.ts";

const schedule = { kind: "cron", expr: "0 8 * * *" };
const job = { name: "news", schedule, payload: { kind: "agentTurn", message: "Read the news to me." } };

describe("a job", () => {
  test("may be asked for as the documents write it", () => {
    expect(jobSchema.safeParse(job).success).toBe(true);
    expect(jobSchema.safeParse({ ...job, sessionTarget: "isolated", enabled: false }).success).toBe(true);
  });

  test.each([
    { ...job, agentId: "main" },
    { ...job, sender: "telegram:1" },
    { ...job, sessionTarget: "main" },
    { ...job, payload: { kind: "systemEvent", text: "x" } },
    { ...job, payload: { ...job.payload, elevated: true } },
    { ...job, payload: { ...job.payload, timeoutSeconds: 1e9 } },
    { ...job, payload: { ...job.payload, message: "x".repeat(20_001) } },
    { ...job, payload: { message: "  " } },
    { ...job, schedule: { kind: "every", everyMs: 1.5 } },
    { ...job, schedule: { kind: "at", atMs: "now" } },
    { ...job, schedule: { ...schedule, atMs: 1 } },
    { ...job, name: "" },
    { ...job, name: "two\nlines" },
    { ...job, name: "turned \u202E round" },
    null,
  ])("may say nothing else: %j", (asked) => {
    expect(jobSchema.safeParse(asked).success).toBe(false);
  });

  test("is changed key by key", () => {
    expect(jobPatchSchema.parse({ payload: { message: "Read it twice." } })).toEqual({
      payload: { message: "Read it twice." },
    });
    expect(jobPatchSchema.safeParse({ id: "x" }).success).toBe(false);
  });
});

test("what a model reads of a job is JSON Schema that forbids other keys", () => {
  expect(JSON.stringify(z.toJSONSchema(jobSchema))).toContain('"additionalProperties":false');
});

describe("the settings", () => {
  test("are careful when the config says nothing", () => {
    expect(cronSettings(undefined, "Europe/Berlin")).toEqual({
      isEnabled: true,
      mostAtOnce: 1,
      mostPerHour: 60,
      mostJobs: 50,
      leastInterval: 60_000,
      timeZone: "Europe/Berlin",
    });
  });

  test("fall back to UTC where the machine's time zone has no name", () => {
    expect(cronSettings({}, "Etc/Unknown").timeZone).toBe("UTC");
  });

  test.each([
    { maxConcurrentRuns: 0 },
    { maxConcurrentRuns: 100 },
    { minIntervalSeconds: 1 },
    { maxJobs: -1 },
    { maxRunsPerHour: 0 },
    { enabled: "yes" },
    { store: "/tmp" },
  ])("cannot be %j", (config) => {
    expect(cronSchema.safeParse(config).success).toBe(false);
  });
});
