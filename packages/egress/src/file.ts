/** Fetches a file for a program to look at: all its bytes, or none. */
import { EgressFault } from "./fault.ts";
import type { GuardedFetch } from "./fetch.ts";

/**
 * @throws what `GuardedFetch` and its body throw, CLAWD_EGRESS_TOO_LARGE among it, and EgressFault CLAWD_EGRESS_STATUS where the
 * answer is none.
 */
export type FetchFile = (
  url: string,
  options: { readonly maxBytes: number; readonly signal?: AbortSignal },
) => Promise<Uint8Array>;

export function createFileFetcher(guardedFetch: GuardedFetch): FetchFile {
  return async (url, options) => {
    const { status, body } = await guardedFetch(url, options);
    if (status !== 200) {
      await body[Symbol.asyncIterator]().return?.(undefined);
      throw new EgressFault(
        "CLAWD_EGRESS_STATUS",
        `The address answered with status ${status} instead of a file.`,
        "Check the address.",
      );
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    return Buffer.concat(pieces);
  };
}
