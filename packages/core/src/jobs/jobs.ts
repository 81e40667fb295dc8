/** What can be asked of jobs: made, changed, removed, run beside their schedule. For the tool and for the command line alike. */
import { randomUUID } from "node:crypto";
import type { Clock } from "@clawd/kernel";
import {
  checkSchedule,
  type CronSettings,
  newState,
  openNow,
  type Schedule,
  switchedOff,
  switchedOn,
} from "@clawd/cron";
import type { JobPatch, JobRequest } from "@clawd/cron/schema";
import type { Policy } from "@clawd/policy";
import type { Store } from "@clawd/store";
import type { Address, Refusal } from "@clawd/tools";
import type { AddressRequest } from "../reach/address.ts";
import { type Job, type JobDefinition, type JobOrigin, type Made, occurrenceOf, sessionOf } from "./job.ts";
import type { JobBook } from "./job-book.ts";
import type { JobLeave } from "./job-leave.ts";
import type { JobRights } from "./job-rights.ts";
import type { Lanes } from "../lanes.ts";

export interface JobsPorts {
  readonly clock: Clock;
  readonly store: Pick<Store, "audit" | "jobs" | "transaction">;
  readonly book: JobBook;
  readonly rights: JobRights;
  readonly leave: JobLeave;
  readonly lanes: Pick<Lanes, "stop">;
  readonly settings: () => CronSettings;
  readonly policy: () => Policy;
  readonly model: (agent: string) => string;
  readonly standing: (origin: JobOrigin) => Made["standing"];
  readonly isPaired: (provider: string, account: string, id: string) => boolean;
  /** Reads where an answer is to go; what is left out is the chat of the origin. */
  readonly address: (origin: JobOrigin, to: AddressRequest) => Address | Refusal;
  /** Something may be due. */
  readonly look: () => void;
}

/** Who asks. */
export interface Maker {
  readonly by: Made["by"];
  readonly agent: string;
  readonly origin: JobOrigin;
}

export interface Jobs {
  list(): readonly Job[];
  get(id: string): Job | undefined;
  add(request: JobRequest, maker: Maker): Job | Refusal;
  /** The rights stay those of its making. */
  change(job: Job, patch: JobPatch, by: Made["by"]): Job | Refusal;
  /** Gives it the rights of now: an owner's word at the machine. */
  renew(job: Job): Job | Refusal;
  remove(job: Job, by: Made["by"]): void;
  /** Beside its schedule, and at once. */
  runNow(job: Job, by: Made["by"]): Job | Refusal;
  /** How its runs ended, the newest first. */
  runs(job: Job, limit: number): readonly JobRunRecord[];
}

export interface JobRunRecord {
  readonly number: number;
  readonly dueAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly tries: number;
  readonly outcome: string;
  readonly reason: string | null;
}

/** Of all agents together. */
const mostOfAll = 500;
const usualTimeout = 600_000;

export function createJobs(ports: JobsPorts): Jobs {
  const { clock, store, book, rights, leave, settings } = ports;

  function add(request: JobRequest, { by, agent, origin }: Maker): Job | Refusal {
    const now = clock.now();
    const limits = settings();
    if (!limits.isEnabled) return { refused: "Scheduled runs are switched off (cron.enabled)." };
    const own = book.list().filter((job) => job.definition.agent === agent).length;
    if (own >= limits.mostJobs || book.list().length >= mostOfAll)
      return { refused: "There are too many jobs already (cron.maxJobs). Remove some first." };
    const schedule = scheduleOf(request.schedule, now);
    const mistake = checkSchedule(schedule, now, limits);
    if (mistake !== null) return { refused: `${mistake.message} ${mistake.hint}` };
    const deliver = deliverOf(request.payload, origin);
    if (deliver !== null && "refused" in deliver) return deliver;
    const { name, description = null, payload } = request;
    const definition: JobDefinition = {
      version: 1,
      name,
      description,
      schedule,
      message: payload.message,
      timeoutMs: payload.timeoutSeconds === undefined ? usualTimeout : payload.timeoutSeconds * 1000,
      deliver,
      agent,
      origin,
      made: made(by, agent, origin, deliver),
    };
    const state = newState(schedule, now);
    const isOn = request.enabled !== false;
    return keep(randomUUID(), definition, isOn ? state : switchedOff(state), by, "added");
  }

  /** With the rights of now; undone where these would not let it run. */
  function keep(id: string, definition: JobDefinition, state: Job["state"], by: Made["by"], code: string) {
    const kept = book.together((): Job | Refusal => {
      const job: Job = { id, rights: rights.keep(), definition, state };
      const granted = leave.toDeliver(job, clock.now(), occurrenceOf(id, 0));
      if (!granted.may && !granted.isForNow) return { refused: granted.code };
      book.save(job);
      record(job, by, code);
      return job;
    });
    ports.look();
    return kept;
  }

  const made = (by: Made["by"], agent: string, origin: JobOrigin, deliver: Address | null): Made => ({
    at: clock.now(),
    by,
    policy: ports.policy().hash,
    model: ports.model(agent),
    standing: ports.standing(origin),
    isTargetPaired: deliver !== null && ports.isPaired(deliver.provider, deliver.account, deliver.chat.id),
  });

  function scheduleOf(asked: JobRequest["schedule"], now: number): Schedule {
    if (asked.kind === "every") return { ...asked, anchorMs: asked.anchorMs ?? now };
    if (asked.kind === "cron") return { ...asked, tz: asked.tz ?? settings().timeZone };
    return asked;
  }

  function deliverOf(payload: NonNullable<JobPatch["payload"]>, origin: JobOrigin): Address | Refusal | null {
    if (payload.deliver === false) return null;
    const { provider, accountId: account, to, threadId: thread } = payload;
    return ports.address(origin, {
      ...(provider !== undefined && { provider }),
      ...(account !== undefined && { account }),
      ...(to !== undefined && { to }),
      ...(thread !== undefined && { thread }),
    });
  }

  function change(job: Job, patch: JobPatch, by: Made["by"]): Job | Refusal {
    const now = clock.now();
    const schedule = patch.schedule === undefined ? job.definition.schedule : scheduleOf(patch.schedule, now);
    const mistake = patch.schedule === undefined ? null : checkSchedule(schedule, now, settings());
    if (mistake !== null) return { refused: `${mistake.message} ${mistake.hint}` };
    const { payload = {} } = patch;
    const isMoved = ["deliver", "provider", "accountId", "to", "threadId"].some((key) => key in payload);
    const deliver = isMoved ? deliverOf(payload, job.definition.origin) : job.definition.deliver;
    if (deliver !== null && "refused" in deliver) return deliver;
    const definition: JobDefinition = {
      ...job.definition,
      schedule,
      deliver,
      name: patch.name ?? job.definition.name,
      description: patch.description ?? job.definition.description,
      message: payload.message ?? job.definition.message,
      timeoutMs:
        payload.timeoutSeconds === undefined ? job.definition.timeoutMs : payload.timeoutSeconds * 1000,
    };
    return book.together(() => changed({ ...job, definition }, patch, by));
  }

  function changed(job: Job, patch: JobPatch, by: Made["by"]): Job | Refusal {
    const { schedule } = job.definition;
    const isOn = patch.enabled ?? job.state.isEnabled;
    const isTouched = patch.enabled !== undefined || patch.schedule !== undefined;
    const switched = isOn ? switchedOn(job.state, schedule, clock.now()) : switchedOff(job.state);
    const next: Job = { ...job, state: isTouched ? switched : job.state };
    if (isOn && isTouched && !next.state.isEnabled)
      return { refused: "Its time is over. Give it another schedule." };
    const granted = leave.toDeliver(next, clock.now(), occurrenceOf(job.id, 0));
    if (isOn && !granted.may && !granted.isForNow) return { refused: granted.code };
    book.save(next);
    record(next, by, "changed");
    ports.look();
    return next;
  }

  function record({ id, definition }: Job, by: Made["by"], code: string): void {
    const { provider, account, chat, sender } = definition.origin;
    store.audit.append({
      kind: "cron-job",
      provider,
      account,
      chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
      sender: sender.id,
      agent: definition.agent,
      code,
      detail: { job: id, by },
    });
  }

  return {
    list: () => book.list(),
    get: (id) => book.get(id),
    add,
    change,
    renew(job) {
      const { agent, origin, deliver } = job.definition;
      const definition = { ...job.definition, made: made(job.definition.made.by, agent, origin, deliver) };
      const state = switchedOn(job.state, definition.schedule, clock.now());
      return keep(job.id, definition, state, "operator", "renewed");
    },
    remove(job, by) {
      book.together(() => {
        book.remove(job.id);
        record(job, by, "removed");
      });
      ports.lanes.stop(sessionOf(job));
    },
    runNow(job, by) {
      const now = clock.now();
      const { isEnabled, leastInterval } = settings();
      if (!isEnabled) return { refused: "Scheduled runs are switched off (cron.enabled)." };
      const { last, stopped } = job.state;
      if (stopped !== null) return { refused: stopped.code };
      if (by === "model" && last !== null && Math.abs(now - last.endedAt) < leastInterval)
        return { refused: "It ran a moment ago." };
      const state = openNow(job.state, now);
      if (state === null) return { refused: "It runs already, or waits for its turn." };
      const opened = { ...job, state };
      book.save(opened);
      ports.look();
      return opened;
    },
    runs: (job, limit) =>
      store.jobs.runs(job.id, limit).map(({ endedAt, record: text }) => ({
        ...(JSON.parse(text) as Omit<JobRunRecord, "endedAt">),
        endedAt,
      })),
  };
}
