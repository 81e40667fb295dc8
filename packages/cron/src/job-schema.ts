/** What a job may be asked to be, by a model and by an owner at the command line alike. Unknown keys are refused. */
import { z } from "zod";

/** People read it, in lines of their own. */
const hidden = /[\p{C}\p{Zl}\p{Zp}]/u;
const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !hidden.test(text), "One line, without hidden characters.");
const name = line(100).refine((text) => text !== "", "It needs a name.");
const description = line(500);

const scheduleSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("at"),
    atMs: z.int().describe("Milliseconds since 1970; `status` says what time it is."),
  }),
  z.strictObject({
    kind: z.literal("every"),
    everyMs: z.int().min(1),
    anchorMs: z.int().optional().describe("Counted from here. Absent: now."),
  }),
  z.strictObject({
    kind: z.literal("cron"),
    expr: z.string().min(1).max(200).describe("Five fields, such as `0 8 * * 1-5`."),
    tz: z.string().max(64).optional().describe("Such as `Europe/Berlin`. Absent: as `status` says."),
  }),
]);

const payload = {
  kind: z.literal("agentTurn").optional().describe("The only kind there is."),
  message: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .describe("What is to be done, in full: nothing else is known then."),
  timeoutSeconds: z.int().min(10).max(3600).optional().describe("Absent: ten minutes."),
  deliver: z.boolean().optional().describe("Whether the answer is sent. Absent: true."),
  provider: z.string().max(64).optional().describe("The network it is sent to. Absent: the current one."),
  accountId: z.string().max(64).optional(),
  to: z
    .string()
    .max(200)
    .optional()
    .describe("An id, or dm:ID, group:ID, channel:ID. Absent: the chat that the job is made in."),
  threadId: z.string().max(200).optional(),
};

export const jobSchema = z.strictObject({
  name,
  description: description.optional(),
  enabled: z.boolean().optional(),
  schedule: scheduleSchema,
  sessionTarget: z.literal("isolated").optional().describe("Each run has a session of its own."),
  payload: z.strictObject(payload),
});

/** What is left out stays as it is. */
export const jobPatchSchema = z.strictObject({
  name: name.optional(),
  description: description.optional(),
  enabled: z.boolean().optional(),
  schedule: scheduleSchema.optional(),
  payload: z.strictObject({ ...payload, message: payload.message.optional() }).optional(),
});

export type JobRequest = z.output<typeof jobSchema>;
export type JobPatch = z.output<typeof jobPatchSchema>;
