/** The jobs in memory, and each change of one on the disk before it counts. */
import type { Logger } from "@clawd/kernel";
import type { Store } from "@clawd/store";
import type { Job, JobDefinition } from "./job.ts";
import type { JobState } from "@clawd/cron";

export interface JobBook {
  /** In the order in which they were made. */
  list(): readonly Job[];
  get(id: string): Job | undefined;
  /** @throws what the store throws; then nothing changed */
  save(job: Job): void;
  remove(id: string): void;
  /** Runs the work in one transaction of the store; where that fails, the book is as it was. @throws what failed */
  together<Value>(work: () => Value): Value;
}

/** A job that cannot be read is left where it is, and never runs. */
export function openJobBook(ports: {
  readonly store: Pick<Store, "jobs" | "transaction">;
  readonly logger: Logger;
}): JobBook {
  const { jobs } = ports.store;
  const known = new Map<string, Job>();
  for (const { id, rights, definition, state } of jobs.list()) {
    const job = read(definition, state);
    if (job === undefined) ports.logger.error("a scheduled job cannot be read", { job: id });
    else known.set(id, { id, rights, ...job });
  }
  return {
    list: () => [...known.values()],
    get: (id) => known.get(id),
    save(job) {
      const { id, rights, definition, state } = job;
      jobs.put({ id, rights, definition: JSON.stringify(definition), state: JSON.stringify(state) });
      known.set(id, job);
    },
    remove(id) {
      jobs.remove(id);
      known.delete(id);
    },
    together(work) {
      const before = [...known];
      try {
        return ports.store.transaction(work);
      } catch (fault) {
        known.clear();
        for (const [id, job] of before) known.set(id, job);
        throw fault;
      }
    },
  };
}

function read(definition: string, state: string): Pick<Job, "definition" | "state"> | undefined {
  try {
    const job = { definition: JSON.parse(definition) as JobDefinition, state: JSON.parse(state) as JobState };
    const isKnown = Object(job.definition).version === 1 && typeof Object(job.state).count === "number";
    return isKnown ? job : undefined;
  } catch {
    return undefined;
  }
}
