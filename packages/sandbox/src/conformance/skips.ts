import { ClawdError } from "@clawd/kernel";

export interface Skip {
  /** Id of a case. */
  readonly test: string;
  /** In a sentence; it is printed. */
  readonly reason: string;
}

/** @throws CLAWD_CONFORMANCE_SKIP when a skip names no case or gives no reason. */
export function checkSkips(skips: readonly Skip[], cases: readonly { readonly id: string }[]): void {
  for (const { test, reason } of skips) {
    if (cases.some(({ id }) => id === test) && reason.trim().length >= 10) continue;
    throw new ClawdError("CLAWD_CONFORMANCE_SKIP", `The skip of "${test}" names no case or no reason.`, {
      hint: `The cases are: ${cases.map(({ id }) => id).join(", ")}.`,
    });
  }
}
