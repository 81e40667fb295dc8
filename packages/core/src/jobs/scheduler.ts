/**
 * Looks for jobs that are due, and has them run: each begin is stored first. INVARIANT: nothing is held while a job runs, and
 * never do more run, at once or in an hour, than the settings say (scheduler.test.ts).
 */
import type { Clock, Logger } from "@clawd/kernel";
import { begun, type CronSettings, isReady, openDue, wakesAt } from "@clawd/cron";
import type { Job } from "./job.ts";
import type { JobBook } from "./job-book.ts";
import type { JobRuns } from "./job-run.ts";
import { reasonOf } from "../perform.ts";

export interface SchedulerPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly book: JobBook;
  readonly runs: JobRuns;
  readonly settings: () => CronSettings;
}

export interface Scheduler {
  /** Begins to look, first of all for what an earlier process left. */
  start(): void;
  /** Something changed: looks at once. */
  look(): void;
  /** Begins nothing more, and lets what runs finish for a while; the next start takes up what is left. Idempotent. */
  stop(graceMilliseconds: number): Promise<void>;
}

/** Milliseconds; a machine that slept, and a clock that was set, are noticed as soon. */
const longestWait = 60_000;
const hour = 3_600_000;

export function createScheduler({ clock, logger, book, runs, settings }: SchedulerPorts): Scheduler {
  const closing = new AbortController();
  const cut = new AbortController();
  const running = new Map<string, Promise<void>>();
  let wait = new AbortController();
  let isStarted = false;
  /** Within the last hour. */
  let begunAt: number[] = [];

  function look(): void {
    if (!isStarted || closing.signal.aborted) return;
    wait.abort();
    wait = new AbortController();
    try {
      // The settings know time zones, which cost a start-up more than all of this: without a job nobody asks.
      if (book.list().length > 0 && settings().isEnabled) begin(clock.now());
    } catch (fault) {
      logger.error("scheduled jobs cannot be looked at", reasonOf(fault));
    }
    const mine = wait;
    void clock.sleep(untilNext(), mine.signal).then(() => {
      if (!mine.signal.aborted) look();
    });
  }

  function begin(now: number): void {
    for (const job of book.list()) {
      // Begun, and nobody is at it: a process was killed, or could not store how it ended.
      if (!running.has(job.id) && typeof job.state.open?.startedAt === "number") runs.recover(job);
    }
    for (const job of book.list()) {
      const state = openDue(job.state, job.definition.schedule, now);
      if (state !== null) book.save({ ...job, state });
    }
    const ready = book
      .list()
      .filter(({ id, state }) => !running.has(id) && isReady(state, now))
      .toSorted((a, b) => a.state.open!.dueAt - b.state.open!.dueAt);
    for (const job of ready.slice(0, places(now))) run(job, now);
  }

  /** How many may begin now. Those that wait merge with their next time, so that nothing piles up. */
  function places(now: number): number {
    const { mostAtOnce, mostPerHour } = settings();
    begunAt = begunAt.filter((at) => Math.abs(now - at) < hour);
    return Math.max(0, Math.min(mostAtOnce - running.size, mostPerHour - begunAt.length));
  }

  function run(job: Job, now: number): void {
    const started = { ...job, state: begun(job.state, now) };
    book.save(started);
    begunAt.push(now);
    const work = runs.run(started, { closing: closing.signal, cut: cut.signal }).finally(() => {
      running.delete(job.id);
      look();
    });
    running.set(job.id, work);
  }

  function untilNext(): number {
    const now = clock.now();
    const moments = book.list().flatMap(({ id, state }) => (running.has(id) ? [] : (wakesAt(state) ?? [])));
    // One that is ready and waits for another to end is looked at then.
    const ahead = moments.filter((moment) => moment > now);
    return Math.min(longestWait, ...ahead.map((moment) => moment - now));
  }

  return {
    start() {
      isStarted = true;
      look();
    },
    look,
    async stop(graceMilliseconds) {
      closing.abort();
      wait.abort();
      const timer = setTimeout(() => cut.abort(), graceMilliseconds);
      await Promise.allSettled(running.values());
      clearTimeout(timer);
    },
  };
}
