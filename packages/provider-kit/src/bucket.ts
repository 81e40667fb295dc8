/** A token bucket in one number: the time at which it will be full again. */

export interface Rate {
  /** How many may pass at once after a rest; at least 1. */
  readonly burst: number;
  /** How many pass in a second in the long run; more than 0. */
  readonly perSecond: number;
}

export interface Bucket {
  /** The time at which the next token is there; in the past when it is there already. */
  readyAt(now: number): number;
  take(now: number): void;
  /** Gives nothing out for this long. */
  pause(now: number, milliseconds: number): void;
  /** Nothing is remembered: it equals a new one. */
  isFull(now: number): boolean;
}

export function createBucket({ burst, perSecond }: Rate): Bucket {
  const interval = 1000 / perSecond;
  let fullAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let longestPause = 0;
  // A wall clock that was set back must not stop the sending for as long as it was set back.
  const settle = (now: number) => {
    fullAt = Math.min(fullAt, now + burst * interval);
    pausedUntil = Math.min(pausedUntil, now + longestPause);
  };
  return {
    readyAt(now) {
      settle(now);
      return Math.max(fullAt - (burst - 1) * interval, pausedUntil);
    },
    take(now) {
      settle(now);
      fullAt = Math.max(fullAt, now) + interval;
    },
    pause(now, milliseconds) {
      settle(now);
      if (now + milliseconds <= pausedUntil) return;
      longestPause = milliseconds;
      pausedUntil = now + milliseconds;
    },
    isFull(now) {
      settle(now);
      return fullAt <= now && pausedUntil <= now;
    },
  };
}
