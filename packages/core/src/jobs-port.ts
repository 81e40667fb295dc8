/**
 * What the tool `cron` reaches, for one call: jobs of the same agent that were made here by the same person, and those whose
 * session the policy lets this run read, or, for a change, write to.
 */
import type { JobsPort, JobsStatus, Refusal } from "@clawd/tools";
import { type Job, sessionOf } from "./job.ts";
import { jobRow } from "./job-row.ts";
import type { Jobs } from "./jobs.ts";
import type { PlacedCall } from "./tool-call.ts";

export function jobsPort(
  call: PlacedCall,
  { jobs, status }: { readonly jobs: Jobs; readonly status: (of: readonly Job[]) => JobsStatus },
): JobsPort {
  const { agent, event } = call;
  const origin = { provider: event.provider, account: event.account, chat: event.chat, sender: event.sender };

  function isInReach(job: Job, operation: "read" | "send"): boolean {
    const { definition } = job;
    if (definition.agent !== agent) return false;
    const { provider, account, chat, sender } = definition.origin;
    const isOwn =
      provider === origin.provider &&
      account === origin.account &&
      chat.kind === origin.chat.kind &&
      chat.id === origin.chat.id &&
      sender.id === origin.sender.id;
    return isOwn || call.wouldAllow({ action: "session", operation, session: sessionOf(job) });
  }

  /** A job out of reach is told like one that is not there. */
  function found<Value>(id: string, operation: "read" | "send", act: (job: Job) => Value): Value | Refusal {
    const job = jobs.get(id);
    return job !== undefined && isInReach(job, operation) ? act(job) : { refused: "no-such-job" };
  }

  const shown = (job: Job | Refusal) => ("refused" in job ? job : jobRow(job));
  const inReach = () => jobs.list().filter((job) => isInReach(job, "read"));

  return {
    status: () => status(inReach()),
    list: () => inReach().map(jobRow),
    add: (request) => shown(jobs.add(request, { by: "model", agent, origin })),
    update: (id, patch) => found(id, "send", (job) => shown(jobs.change(job, patch, "model"))),
    remove: (id) =>
      found(id, "send", (job) => {
        jobs.remove(job, "model");
        return { removed: job.id };
      }),
    run: (id) => found(id, "send", (job) => shown(jobs.runNow(job, "model"))),
    runs: (id, limit) => found(id, "read", (job) => jobs.runs(job, limit)),
  };
}
