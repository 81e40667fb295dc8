/**
 * What has become of a job: when it is due next, and the one occurrence that is open. Each change is a value that the caller
 * stores before it acts on it, so that a crash between any two of them loses no occurrence and opens none twice.
 * INVARIANT: an occurrence is opened once, whatever the clock does, and ends in exactly one outcome (job-state.test.ts).
 */
import { nextAfter, type Schedule } from "./schedule.ts";

export interface Occurrence {
  /** Counted over the life of the job, from 1: with the job it names the occurrence for good. */
  readonly number: number;
  /** The time that the schedule named. Milliseconds since 1970. */
  readonly dueAt: number;
  /** How often it was begun. */
  readonly tries: number;
  /** Null: it waits. */
  readonly startedAt: number | null;
  /** It is not begun before. */
  readonly notBefore: number;
}

export type Outcome =
  /** Something was said, or there was nothing to say. */
  | "answered"
  | "silent"
  /** The model or the gateway failed, more than once. */
  | "failed"
  | "timeout"
  /** Somebody ended it. */
  | "cancelled"
  /** The job lost its right to run. */
  | "refused";

export interface JobState {
  readonly isEnabled: boolean;
  /** Occurrences that were ever opened. */
  readonly count: number;
  /** Null: the schedule names no further time. */
  readonly nextAt: number | null;
  readonly open: Occurrence | null;
  readonly last: {
    readonly number: number;
    readonly dueAt: number;
    readonly endedAt: number;
    readonly outcome: Outcome;
  } | null;
  /** Why the gateway switched it off; null when it did not. */
  readonly stopped: { readonly code: string; readonly at: number } | null;
}

/** Begins of one occurrence, after which a failure is final. */
export const mostTries = 3;
/** Milliseconds from a failure to the next try. */
const pauses = [30_000, 5 * 60_000];
/** A pause that is longer was not made by this clock. */
const longestPause = 3_600_000;

export const newState = (schedule: Schedule, now: number): JobState => ({
  isEnabled: true,
  count: 0,
  nextAt: nextAfter(schedule, now),
  open: null,
  last: null,
  stopped: null,
});

/** Opens the occurrence that is due; all that were missed since are this one. Null: none is. */
export function openDue(state: JobState, schedule: Schedule, now: number): JobState | null {
  const { isEnabled, nextAt, open } = state;
  if (!isEnabled || open !== null || nextAt === null || nextAt > now) return null;
  return { ...opened(state, nextAt, now), nextAt: nextAfter(schedule, now) };
}

/** Opens one beside the schedule. Null: one is open. */
export const openNow = (state: JobState, now: number): JobState | null =>
  state.open === null ? opened(state, now, now) : null;

function opened(state: JobState, dueAt: number, now: number): JobState {
  const number = state.count + 1;
  return { ...state, count: number, open: { number, dueAt, tries: 0, startedAt: null, notBefore: now } };
}

/** Whether an occurrence waits and may begin. */
export function isReady({ open }: JobState, now: number): boolean {
  if (open === null || open.startedAt !== null) return false;
  return open.notBefore <= now || open.notBefore - now > longestPause;
}

export const begun = (state: JobState, now: number): JobState =>
  withOpen(state, (open) => ({ ...open, startedAt: now, tries: open.tries + 1 }));

/** It failed: again after a pause; null when it was tried often enough. */
export const failed = (state: JobState, now: number): JobState | null =>
  again(state, ({ tries }) => now + pauses[Math.min(Math.max(tries, 1), pauses.length) - 1]!);

/** The gateway was killed under it: again at once; null when that happened too often to be chance. */
export const cutOff = (state: JobState, now: number): JobState | null => again(state, () => now);

function again(state: JobState, notBefore: (open: Occurrence) => number): JobState | null {
  const { open } = state;
  if (open === null || open.tries >= mostTries) return null;
  return { ...state, open: { ...open, startedAt: null, notBefore: notBefore(open) } };
}

/** It could not be done now, for a reason that is nobody's failure: it was not begun. */
export const postponed = (state: JobState, until: number): JobState =>
  withOpen(state, (open) => ({
    ...open,
    startedAt: null,
    tries: Math.max(0, open.tries - 1),
    notBefore: until,
  }));

/** One whose times are all over is switched off. */
export function ended(state: JobState, outcome: Outcome, now: number): JobState {
  const { open } = state;
  if (open === null) return state;
  return {
    ...state,
    isEnabled: state.isEnabled && state.nextAt !== null,
    open: null,
    last: { number: open.number, dueAt: open.dueAt, endedAt: now, outcome },
  };
}

/** Switched off by the gateway: nothing of it is due any more. */
export const stopped = (state: JobState, code: string, now: number): JobState => ({
  ...switchedOff(ended(state, "refused", now)),
  stopped: { code, at: now },
});

export const switchedOff = (state: JobState): JobState => ({ ...state, isEnabled: false, nextAt: null });

/** On again, from now on: what was missed while it was off stays missed. */
export const switchedOn = (state: JobState, schedule: Schedule, now: number): JobState => {
  const nextAt = nextAfter(schedule, now);
  return { ...state, isEnabled: nextAt !== null, nextAt, stopped: null };
};

/** The next moment at which something may be to do; null: none. */
export function wakesAt({ isEnabled, nextAt, open }: JobState): number | null {
  if (open !== null) return open.startedAt === null ? open.notBefore : null;
  return isEnabled ? nextAt : null;
}

function withOpen(state: JobState, change: (open: Occurrence) => Occurrence): JobState {
  return state.open === null ? state : { ...state, open: change(state.open) };
}
