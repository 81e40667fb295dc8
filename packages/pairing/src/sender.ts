/** Which ids may stand in the pairing files: one person's, in the network's one form. */
import { type Holders, holdersOf, type NameOf } from "./approvals.ts";
import type { Approvals } from "./store.ts";

/** What pairing must know of a chat network; a provider's descriptor has it. */
export interface PairingNetwork {
  /** Canonical ids that stand for more than one person. */
  readonly sharedSenders: readonly string[];
  canonicalSender(
    entry: string,
  ):
    | { readonly ok: true; readonly id: string }
    | { readonly ok: false; readonly message: string; readonly hint: string };
}

export interface Senders {
  /** The id in its one form, or why it can never be paired. */
  check(
    entry: string,
  ): { readonly ok: true; readonly id: string } | { readonly ok: false; readonly hint: string };
  readonly nameOf: NameOf;
  /** What the entries of an allow file stand for. */
  holders(approvals: Approvals): Holders;
}

const maxLength = 256;
// Controls, bidi and zero-width characters, lone surrogates, line separators; and the wildcard, wherever it stands.
const forbidden = /[\p{C}\p{Zl}\p{Zp}*]/u;

export function sendersOf(network: PairingNetwork): Senders {
  const shared = new Set(network.sharedSenders);
  let last: { readonly approvals: Approvals; readonly holders: Holders } | undefined;

  const check: Senders["check"] = (entry) => {
    const id = entry.trim();
    if (id === "" || id.length > maxLength || forbidden.test(id)) return { ok: false, hint: shapeHint };
    const canonical = network.canonicalSender(id);
    if (!canonical.ok) return { ok: false, hint: canonical.hint };
    if (canonical.id === "" || forbidden.test(canonical.id)) return { ok: false, hint: shapeHint };
    if (shared.has(canonical.id)) return { ok: false, hint: sharedHint };
    return { ok: true, id: canonical.id };
  };

  const nameOf: NameOf = (entry) => {
    const checked = check(entry);
    return checked.ok ? checked.id : undefined;
  };

  return {
    check,
    nameOf,
    holders(approvals) {
      // The store hands out the same object until the file changes, so this runs once for each change.
      if (last?.approvals !== approvals) last = { approvals, holders: holdersOf(approvals, nameOf) };
      return last.holders;
    },
  };
}

const shapeHint = "Give one sender's id, as the network writes it; `*` and names are not ids.";
const sharedHint = "This id stands for more than one person and can never be paired.";
