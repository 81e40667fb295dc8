/** What a decision about a message is told of its sender's approval. */
import type { Grant } from "./grant.ts";

export interface PairingFacts {
  /** Approved, and writing directly: an approval admits nobody to a group. */
  readonly isPaired: boolean;
  /** The profile of rights that the approval names; null: none. */
  readonly profile: string | null;
}

/** The profile of the least rights, which the policy has without being told. */
const leastProfile = "stranger";

/**
 * `grantOf`: looks the approval up, and throws where it cannot; who should hear of that hears of it there.
 * INVARIANT: then nobody counts as paired, and whoever is no owner has a stranger's rights, since a profile might have
 * narrowed theirs (facts.test.ts). Whom the config lists is still heard.
 */
export function pairingFacts(
  chat: { readonly kind: string },
  grantOf: () => Pick<Grant, "profile"> | undefined,
): PairingFacts {
  try {
    const held = grantOf();
    return { isPaired: chat.kind === "dm" && held !== undefined, profile: held?.profile ?? null };
  } catch {
    return { isPaired: false, profile: leastProfile };
  }
}
