/** What a table shows of many measurements. */

export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export function figures(values: readonly number[]): Figures {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)!, count: sorted.length };
}

/** What the median is to be. */
export type Goal = { readonly below: number } | { readonly above: number };

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  /** As the project promises it; absent where the figure only explains another one. */
  readonly goal?: Goal;
  readonly ours: Figures;
  /** What was run beside it, in turns. */
  readonly beside?: { readonly what: string; readonly figures: Figures };
  /** openclaw 2026.9.6 and 2026.1.24-3, measured with the real programs on such a machine. */
  readonly openclaw?: readonly [string, string];
}

/** One line of the table of engines: the same questions, the same answers. */
export interface Contender {
  readonly name: string;
  /** How many times faster than this one ours is to be. */
  readonly goal?: number;
  /** Microseconds for one decision: about the same request objects again and again, and about new ones. */
  readonly reused: Figures;
  readonly fresh: Figures;
  /** Milliseconds: the first in a process, and when it is warm. */
  readonly coldCompile: Figures;
  readonly warmCompile: Figures;
  readonly firstDecision: Figures;
  /** Megabytes that the process grew by, loading, compiling and deciding. */
  readonly memory: Figures;
  /** Kilobytes, minified and compressed. */
  readonly bundle: number | null;
}
