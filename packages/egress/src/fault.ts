/**
 * What callers are told, and what the audit is told. Whatever goes wrong before the far side has answered is one fault with one
 * text: whether a name exists inside the network, or a port is open there, cannot be read from it.
 */
import { ClawdError, isClawdError } from "@clawd/kernel";

/** Which check refused, for the audit alone. */
export type EgressReason =
  | "url-not-allowed"
  | "host-not-allowed"
  | "port-not-allowed"
  | "address-not-global"
  | "own-address"
  | "address-mismatch"
  | "name-unresolved"
  | "connection-failed"
  | "timed-out";

/** `reason` is for the audit; it is neither in the message nor in the hint. */
export class EgressFault extends ClawdError {
  override readonly name = "EgressFault";
  readonly reason: EgressReason | null;

  constructor(code: `CLAWD_${string}`, message: string, hint: string, reason: EgressReason | null = null) {
    super(code, message, { hint });
    this.reason = reason;
  }
}

export const unreachable = (reason: EgressReason) =>
  new EgressFault(
    "CLAWD_EGRESS_UNREACHABLE",
    "This address cannot be reached.",
    "Only public http and https addresses that answer can be fetched.",
    reason,
  );

export const tooLarge = (maxBytes: number) =>
  new EgressFault(
    "CLAWD_EGRESS_TOO_LARGE",
    `The answer is larger than ${maxBytes} bytes.`,
    "Ask for a smaller part of it.",
  );

export const tooManyRedirects = (limit: number) =>
  new EgressFault(
    "CLAWD_EGRESS_REDIRECTS",
    `The address redirects more than ${limit} times.`,
    "Fetch the address that it leads to.",
  );

export const timedOut = () =>
  new EgressFault("CLAWD_EGRESS_TIMEOUT", "The answer took too long.", "Try again later.", "timed-out");

export const broken = () =>
  new EgressFault(
    "CLAWD_EGRESS_BROKEN",
    "The answer cannot be read: the connection, its certificate or its encoding is broken.",
    "Try again; if it stays so, the site is at fault.",
  );

/** Of anything that was thrown on the way out. */
export function reasonOf(fault: unknown): EgressReason {
  return isEgressFault(fault) && fault.reason !== null ? fault.reason : "connection-failed";
}

export function isEgressFault(value: unknown): value is EgressFault {
  return isClawdError(value) && "reason" in value;
}
