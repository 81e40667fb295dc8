/** `cron`: tasks that an agent does later, again and again or once. */
import { jobPatchSchema, jobSchema } from "@clawd/cron/schema";
import { z } from "zod";
import { answer, defineTool, failure, type ToolAnswer } from "../tool.ts";
import { type GatewayContext, isRefusal, type Refusal } from "./context.ts";

const actions = ["status", "list", "add", "update", "remove", "run", "runs", "wake"] as const;

const refused = ({ refused: code }: Refusal): ToolAnswer => failure(`Not done (${code}).`, { code });
const shown = (value: object): ToolAnswer =>
  isRefusal(value) ? refused(value) : answer(JSON.stringify(value, null, 1));

export const cron = defineTool({
  name: "cron",
  description:
    "Tasks for later: `add` one with a schedule (once, at a distance, or a cron expression); when it is due, you do it in a session of its own, and your answer goes to the chat of the job. `status` says what time it is.",
  parameters: z.strictObject({
    action: z.enum(actions),
    jobId: z.string().max(100).optional(),
    id: z.string().max(100).optional().describe("The same as jobId."),
    includeDisabled: z.boolean().optional().describe("For list. Absent: false."),
    job: jobSchema.optional().describe("For add."),
    patch: jobPatchSchema.optional().describe("For update: what changes."),
    limit: z.int().min(1).max(100).optional().describe("For runs. Absent: 20."),
  }),
  async run(input, { jobs }: GatewayContext) {
    const { action, job, patch } = input;
    if (action === "status") return shown(jobs.status());
    if (action === "list") {
      const rows = jobs.list().filter(({ enabled }) => enabled || input.includeDisabled === true);
      return shown({ count: rows.length, jobs: rows });
    }
    if (action === "wake")
      return failure("There is nothing to wake here. Use `run` to run a job now, or `add` one for later.");
    if (action === "add")
      return job === undefined ? failure("job: what is to be added.") : shown(jobs.add(job));
    const id = input.jobId ?? input.id;
    if (id === undefined) return failure("jobId: which job? `list` shows them.");
    switch (action) {
      case "update":
        return patch === undefined ? failure("patch: what is to change.") : shown(jobs.update(id, patch));
      case "remove":
        return shown(jobs.remove(id));
      case "run":
        return shown(jobs.run(id));
      case "runs": {
        const runs = jobs.runs(id, input.limit ?? 20);
        return isRefusal(runs) ? refused(runs) : shown({ jobId: id, runs });
      }
    }
  },
});
