/** Faults of the browser itself; what a page does wrong is an answer. */
import { ClawdError } from "@clawd/kernel";

const hints = {
  CLAWD_BROWSER_START:
    "See that Chromium is installed and may be started, or build the image with `clawdbot sandbox build browser`.",
  CLAWD_BROWSER_LOST: "Call again: it starts anew, without the pages that were open.",
  CLAWD_BROWSER_CROWDED: "Try again later, or stop another conversation's browser.",
  CLAWD_BROWSER_FULL: "Remove files there that are not needed.",
} as const;

export type BrowserFaultCode = keyof typeof hints;

export function browserFault(code: BrowserFaultCode, message: string, cause?: unknown): ClawdError {
  return new ClawdError(code, message, { hint: hints[code], ...(cause !== undefined && { cause }) });
}
