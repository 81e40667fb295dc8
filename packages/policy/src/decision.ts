/** The answers: data, for somebody else to act on. */

export type Effect = "allow" | "deny" | "challenge";

/** Stable, documented in the README; a denial and a permission each say why. */
export type DecisionCode =
  // denied before any rule of the config is asked
  | "bad-request"
  | "unknown-provider"
  | "unknown-account"
  | "own-message"
  | "bot-sender"
  | "no-sender"
  | "shared-sender"
  | "provider-disabled"
  // direct messages
  | "dm-disabled"
  | "sender-not-listed"
  | "pairing-required"
  // groups and channels
  | "group-disabled"
  | "group-not-listed"
  | "group-sender-not-listed"
  | "mention-required"
  | "mention-undetectable"
  // commands
  | "command-not-allowed"
  | "command-unknown"
  // profiles
  | "profile-unknown"
  | "agent-not-allowed"
  | "budget-spent"
  // tools and places
  | "unknown-agent"
  | "unknown-tool"
  | "owner-only-tool"
  | "tool-not-allowed"
  | "tool-not-in-sandbox"
  | "elevated-not-allowed"
  | "workspace-read-only"
  | "host-not-allowed"
  | "place-not-allowed"
  | "less-confined"
  // sending, and other sessions
  | "send-not-allowed"
  | "recipient-not-accepted"
  | "session-not-visible"
  | "session-of-another"
  | "agent-not-reachable"
  // allowed
  | "allowed"
  | "command-allowed"
  | "side-event-noted"
  | "tool-allowed"
  | "send-allowed"
  | "session-allowed";

export interface RuleReference {
  /**
   * The config key that decided; for a default, the key that would change it. `built-in.…` is a rule that no key
   * changes. A key that is not set has no position.
   */
  readonly path: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What the caller must do with the decision. A caller that does not know one of these must deny. */
export type Obligation =
  /** Send a pairing code, once. */
  | { readonly kind: "send-pairing-code" }
  /** Keep the text as context of the group, without a turn. */
  | { readonly kind: "remember-as-context" }
  /** Start a turn of `agent` in `session`. */
  | { readonly kind: "start-turn"; readonly authority: Authority }
  /** Run the command in `session`. */
  | { readonly kind: "run-command"; readonly command: string; readonly authority: Authority }
  /** Say nothing to the sender. */
  | { readonly kind: "stay-silent" }
  /** Say, now and then, that the budget is spent; nothing else. */
  | { readonly kind: "tell-budget-spent" }
  /** Run the tool there and nowhere else. */
  | RunIn
  /** First have an owner approve this very call, in a chat of their own. */
  | { readonly kind: "await-approval" }
  /** Count it against the budget of the sender's profile. */
  | { readonly kind: "count-against-budget"; readonly profile: string; readonly budget: Budget };

export interface RunIn {
  readonly kind: "run-in";
  readonly place: Place;
  /** What the call sees of the agent's workspace. `rw` on the host, `none` in the gateway. */
  readonly workspaceAccess: WorkspaceAccess;
  /** Who shares the container. */
  readonly scope: SandboxScope;
}

/** `gateway`: the tool works on what the gateway itself holds, and runs nothing. */
export type Place = "sandbox" | "host" | "gateway";
export type WorkspaceAccess = "none" | "ro" | "rw";
export type SandboxScope = "session" | "agent" | "shared";

/** How much one sender may use, as whole numbers above zero. Absent: without a bound. */
export interface Budget {
  readonly turnsPerHour?: number;
  readonly turnsPerDay?: number;
  readonly tokensPerDay?: number;
}

/** With what standing a turn starts: the sender's own, never more. */
export type Authority = "owner" | "listed" | "stranger";

/** One check on the way, in order. */
export interface Step {
  readonly check: string;
  readonly result: string;
  readonly rule?: RuleReference;
}

export interface Decision {
  readonly effect: Effect;
  readonly code: DecisionCode;
  /** The agent that the chat is bound to; null when the request named no known chat. */
  readonly agent: string | null;
  /** The session key; null where there is none. */
  readonly session: string | null;
  /** Never empty. */
  readonly rules: readonly RuleReference[];
  /** In the order in which they are to be met: an approval comes before what it is about. */
  readonly obligations: readonly Obligation[];
  readonly trace: readonly Step[];
  /** `sha256:…` of the compiled policy's config; the audit record carries it. */
  readonly policy: string;
}
