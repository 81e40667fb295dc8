/** An engine under measurement: what it makes of the workload answers every question with yes or no. */
import type { Question, Workload } from "../workload.ts";

export type Answer = (question: Question) => boolean;

/** Loaded and compiled apart, so that only the second is timed. */
export type Load = () => Promise<(workload: Workload) => Answer | Promise<Answer>>;

/** What the bundle of a program that uses this engine imports of it. */
export interface Bundled {
  readonly source: string;
  /** Files that it reads beside its JavaScript. */
  readonly files?: readonly string[];
}
