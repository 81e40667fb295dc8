/** A code without its account: the message that carried it named none. */
import type { GrantOptions } from "./grant.ts";
import type { Pairing } from "./pairing.ts";
import type { Approved } from "./verdict.ts";

export interface ApprovedThere {
  readonly account: string;
  readonly approved: Approved;
}

/**
 * Approves the code at the first account, else at the one of the others that holds it. A code that nobody holds counts as a
 * guess at the first alone. Undefined: nobody holds it. @throws as `Pairing.approve`
 */
export function approveAnywhere(
  code: string,
  grant: GrantOptions,
  [first, ...others]: readonly string[],
  open: (account: string) => Pairing,
): ApprovedThere | undefined {
  const approved = first === undefined ? undefined : open(first).approve(code, grant);
  if (first !== undefined && approved !== undefined) return { account: first, approved };
  const written = code.trim().toUpperCase();
  for (const account of others) {
    const pairing = open(account);
    const holds = pairing.list().some((request) => request.code === written);
    const there = holds ? pairing.approve(code, grant) : undefined;
    if (there !== undefined) return { account, approved: there };
  }
  return undefined;
}
