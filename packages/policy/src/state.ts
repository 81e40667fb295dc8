/** State comes from the caller, but a decision throws for nobody: what cannot be read is not there. */
import type { StateFacts } from "./request.ts";

/** Of the shape that `readFacts` makes, so that whoever reads it meets one shape alone. */
export const noState: StateFacts = Object.freeze({
  isPaired: false,
  profile: null,
  isWithinBudget: false,
  activation: null,
  isTargetPaired: false,
  isSpawned: false,
});

/** Nothing is known then, and a profile might have narrowed: it is one that no config has. */
const unreadable: StateFacts = Object.freeze({ profile: "" });

/** As many as a request may have. */
const mostContributors = 64;

export function readState(state: StateFacts | undefined): StateFacts {
  if (state === undefined || state === null) return noState;
  try {
    const { contributors } = state;
    if (contributors === undefined) return readFacts(state);
    if (!Array.isArray(contributors)) return unreadable;
    const length = Math.min(contributors.length, mostContributors);
    const others = Array.from({ length }, (_, at) => readFacts(contributors[at] as StateFacts | undefined));
    return { ...readFacts(state), contributors: others };
  } catch {
    return unreadable;
  }
}

/** What is known of one person. */
function readFacts(state: StateFacts | undefined): StateFacts {
  if (state === undefined || state === null) return noState;
  try {
    const { isPaired, profile = null, isWithinBudget, activation = null, isTargetPaired, isSpawned } = state;
    return {
      isPaired: isPaired === true,
      // Whatever is not a name is a name that no profile has.
      profile: profile === null || typeof profile === "string" ? profile : "",
      isWithinBudget: isWithinBudget === true,
      activation,
      isTargetPaired: isTargetPaired === true,
      isSpawned: isSpawned === true,
    };
  } catch {
    return unreadable;
  }
}
