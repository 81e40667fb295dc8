/** What the rest of the system knows of a chat network: a value, so that no shared code ever asks for its name. */

/** The one form of an id that config entries and messages are both brought to, or why there is none. */
export type Canonical =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/**
 * How the access rules of a network are laid out in the config.
 * - `groups`: `dmPolicy`, `allowFrom`, `groupPolicy`, `groupAllowFrom`, `groups` with `topics`
 * - `guilds`: `dm`, `groupPolicy`, `guilds` with `channels` and `users`
 * - `channels`: `dm`, `groupPolicy`, `channels` with `users`
 * - `operator`: no rules; whoever reaches it has presented the gateway's token
 */
export type AccessLayout = "groups" | "guilds" | "channels" | "operator";

export interface Network {
  /** Lower-case; the config key and the prefix of qualified ids (`telegram:42`). */
  readonly id: string;
  /** As people write it: `Telegram`. */
  readonly label: string;
  /** What a person's id is called in messages: `Telegram user id`. */
  readonly senderIdLabel: string;
  readonly layout: AccessLayout;
  /** Of the layout `operator`: the id of its one sender. Absent on every other. */
  readonly operator?: string;
  /** Whether a pairing code can be delivered here; where it is false, `pairing` is a config error. */
  readonly canPair: boolean;
  /** Canonical ids that stand for more than one person; they never match, even when listed. */
  readonly sharedSenders: readonly string[];
  /**
   * Injective on accounts: two entries give one id only when they mean one account.
   * Takes what a person may write (`tg:42`, ` 42 `) and what the network sends.
   */
  canonicalSender(entry: string): Canonical;
  /** The same for the keys of `groups`, `guilds`, `channels` and the ids of chats. */
  canonicalChat(entry: string): Canonical;
}
