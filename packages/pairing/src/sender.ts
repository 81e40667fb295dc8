/** Which ids may stand in the pairing files: one person's, in the network's one form. */

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
  /** The ids that the entries of an allow file stand for. */
  approved(allowFrom: readonly string[]): ReadonlySet<string>;
}

const maxLength = 256;
// Controls, bidi and zero-width characters, lone surrogates, line separators; and the wildcard, wherever it stands.
const forbidden = /[\p{C}\p{Zl}\p{Zp}*]/u;

export function sendersOf(network: PairingNetwork): Senders {
  const shared = new Set(network.sharedSenders);
  let last: { readonly allowFrom: readonly string[]; readonly ids: ReadonlySet<string> } | undefined;

  const check: Senders["check"] = (entry) => {
    const id = entry.trim();
    if (id === "" || id.length > maxLength || forbidden.test(id)) return { ok: false, hint: shapeHint };
    const canonical = network.canonicalSender(id);
    if (!canonical.ok) return { ok: false, hint: canonical.hint };
    if (canonical.id === "" || forbidden.test(canonical.id)) return { ok: false, hint: shapeHint };
    if (shared.has(canonical.id)) return { ok: false, hint: sharedHint };
    return { ok: true, id: canonical.id };
  };

  return {
    check,
    approved(allowFrom) {
      // The store hands out the same array until the file changes, so this runs once for each change.
      if (last?.allowFrom !== allowFrom) {
        const ids = allowFrom.map(check).flatMap((checked) => (checked.ok ? [checked.id] : []));
        last = { allowFrom, ids: new Set(ids) };
      }
      return last.ids;
    },
  };
}

const shapeHint = "Give one sender's id, as the network writes it; `*` and names are not ids.";
const sharedHint = "This id stands for more than one person and can never be paired.";
