/** What the engine must know of a chat network. Any object of this shape will do; a provider's descriptor has it. */

export type Canonical =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** How the access rules of a network are laid out in the config; `operator` has none: its senders hold the gateway's token. */
export type AccessLayout = "groups" | "guilds" | "channels" | "operator";

export interface Network {
  /** The config key, and the prefix of qualified ids (`telegram:42`). */
  readonly id: string;
  readonly layout: AccessLayout;
  /** Whether a pairing code can be delivered; where it is false, the pairing policy is a config error. */
  readonly canPair: boolean;
  /** Canonical ids that stand for more than one person: they never match, even when listed. */
  readonly sharedSenders: readonly string[];
  canonicalSender(entry: string): Canonical;
  canonicalChat(entry: string): Canonical;
}
