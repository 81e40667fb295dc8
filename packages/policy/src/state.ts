/** State comes from the caller, but a decision throws for nobody: what cannot be read is not there. */
import type { StateFacts } from "./request.ts";

export const noState: StateFacts = Object.freeze({});

export function readState(state: StateFacts | undefined): StateFacts {
  if (state === undefined || state === null) return noState;
  try {
    const { isPaired, profile = null, isWithinBudget, activation = null } = state;
    const { isTargetPaired, isSpawned, contributors } = state;
    return {
      isPaired: isPaired === true,
      // Whatever is not a name is a name that no profile has.
      profile: profile === null || typeof profile === "string" ? profile : "",
      isWithinBudget: isWithinBudget === true,
      activation,
      isTargetPaired: isTargetPaired === true,
      isSpawned: isSpawned === true,
      ...(Array.isArray(contributors) && { contributors: contributors.map((each) => readState(each)) }),
    };
  } catch {
    // Nothing is known then, and a profile might have narrowed.
    return { profile: "" };
  }
}
