/**
 * What the tool `cron` reaches, for one call: jobs of the same agent that were made here by the same person, and those whose
 * session the policy lets this run read, or, for a change, write to.
 */
import type { JobPatch } from "@clawd/cron/schema";
import type { JobRow, JobsPort, JobsStatus, Refusal } from "@clawd/tools";
import { type Job, sessionOf } from "../jobs/job.ts";
import { jobRow } from "../jobs/job-row.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { PlacedCall } from "../calls/tool-call.ts";

export function jobsPort(
  call: PlacedCall,
  { jobs, status }: { readonly jobs: Jobs; readonly status: (of: readonly Job[]) => JobsStatus },
): JobsPort {
  const { agent, event } = call;
  const origin = { provider: event.provider, account: event.account, chat: event.chat, sender: event.sender };

  function isOwn({ definition }: Job): boolean {
    const { provider, account, chat, sender } = definition.origin;
    return (
      provider === origin.provider &&
      account === origin.account &&
      chat.kind === origin.chat.kind &&
      chat.id === origin.chat.id &&
      sender.id === origin.sender.id
    );
  }

  function isInReach(job: Job, operation: "read" | "send"): boolean {
    if (job.definition.agent !== agent) return false;
    return isOwn(job) || call.wouldAllow({ action: "session", operation, session: sessionOf(job) });
  }

  /** A job out of reach is told like one that is not there. */
  function found<Value>(id: string, operation: "read" | "send", act: (job: Job) => Value): Value | Refusal {
    const job = jobs.get(id);
    return job !== undefined && isInReach(job, operation) ? act(job) : { refused: "no-such-job" };
  }

  /** What a run does and says is the word of where it was made, with the rights of there: no other chat, and no other topic, has it. */
  function update(job: Job, patch: JobPatch): JobRow | Refusal {
    const isHere = isOwn(job) && job.definition.origin.chat.thread === origin.chat.thread;
    const isOfTime = Object.keys(patch).every((key) => key === "enabled" || key === "schedule");
    return isHere || isOfTime ? shown(jobs.change(job, patch, "model")) : { refused: "made-elsewhere" };
  }

  const shown = (job: Job | Refusal) => ("refused" in job ? job : jobRow(job));
  const inReach = () => jobs.list().filter((job) => isInReach(job, "read"));

  return {
    status: () => status(inReach()),
    list: () => inReach().map(jobRow),
    add: (request) => shown(jobs.add(request, { by: "model", agent, origin })),
    update: (id, patch) => found(id, "send", (job) => update(job, patch)),
    remove: (id) =>
      found(id, "send", (job) => {
        jobs.remove(job, "model");
        return { removed: job.id };
      }),
    run: (id) => found(id, "send", (job) => shown(jobs.runNow(job, "model"))),
    runs: (id, limit) => found(id, "read", (job) => jobs.runs(job, limit)),
  };
}
