/** What the core can answer: a closed set of values made once, so that equal answers are the same object. */
import type { Authority, DecisionCode, Effect } from "./decision.ts";
import type { Check } from "./facts.ts";

/** What the caller is to do; turned into obligations by `decide`. */
export type Deed = "silence" | "pairing-code" | "budget-notice" | "context" | "turn" | "command";

export interface Outcome {
  readonly effect: Effect;
  readonly code: DecisionCode;
  /** The checks whose rules decided. Never empty. */
  readonly rules: readonly [Check, ...Check[]];
  /** How many checks, in the order of the domain, were enough to decide: the length of the trace. */
  readonly depth: number;
  readonly deed: Deed;
  readonly authority: Authority;
}

const deny = (code: DecisionCode, depth: number, rule: Check, deed: Deed = "silence"): Outcome =>
  Object.freeze({ effect: "deny", code, rules: [rule] as const, depth, deed, authority: "stranger" });

const allow = (
  code: DecisionCode,
  depth: number,
  deed: Deed,
  authority: Authority,
  ...rules: [Check, ...Check[]]
): Outcome => Object.freeze({ effect: "allow", code, rules, depth, deed, authority });

export const identity = {
  self: deny("own-message", 1, "sender"),
  bot: deny("bot-sender", 1, "sender"),
  nobody: deny("no-sender", 1, "sender"),
  shared: deny("shared-sender", 1, "sender"),
  disabled: deny("provider-disabled", 2, "account"),
  /** A word outside the domain. */
  unknown: deny("bad-request", 1, "sender"),
} as const;

type Admission = "allowFrom" | "isPaired";

export const direct = {
  disabled: deny("dm-disabled", 3, "dmPolicy"),
  notListed: deny("sender-not-listed", 4, "allowFrom"),
  /** Under `pairing`, for events that cannot carry a code to anybody. */
  notPaired: deny("sender-not-listed", 6, "allowFrom"),
  challenge: Object.freeze({
    ...deny("pairing-required", 6, "dmPolicy", "pairing-code"),
    effect: "challenge",
  } satisfies Outcome) as Outcome,
  refused: {
    owner: deny("command-not-allowed", 8, "isOwner"),
    listing: deny("command-not-allowed", 8, "allowFrom"),
    switch: deny("command-not-allowed", 8, "command"),
    unknown: deny("command-unknown", 8, "command"),
  },
  noted: {
    allowFrom: allow("side-event-noted", 8, "context", "stranger", "allowFrom"),
    isPaired: allow("side-event-noted", 8, "context", "stranger", "isPaired"),
  } satisfies Record<Admission, Outcome>,
  command: {
    owner: allow("command-allowed", 8, "command", "owner", "isOwner"),
    allowFrom: allow("command-allowed", 8, "command", "listed", "allowFrom"),
    isPaired: allow("command-allowed", 8, "command", "listed", "isPaired"),
  },
  turn: {
    owner: {
      allowFrom: allow("allowed", 8, "turn", "owner", "allowFrom"),
      isPaired: allow("allowed", 8, "turn", "owner", "isPaired"),
    },
    listed: {
      allowFrom: allow("allowed", 8, "turn", "listed", "allowFrom"),
      isPaired: allow("allowed", 8, "turn", "listed", "isPaired"),
    },
    stranger: allow("allowed", 8, "turn", "stranger", "allowFrom"),
  },
} as const;

export const group = {
  disabled: deny("group-disabled", 3, "groupPolicy"),
  roomDisabled: deny("group-disabled", 4, "room"),
  notListed: deny("group-not-listed", 4, "room"),
  notInRoomList: deny("group-sender-not-listed", 5, "roomList"),
  notInGroupList: deny("group-sender-not-listed", 6, "groupList"),
  notInFallbackList: deny("group-sender-not-listed", 7, "fallbackList"),
  refused: {
    owner: deny("command-not-allowed", 9, "isOwner"),
    listing: deny("command-not-allowed", 9, "groupList"),
    switch: deny("command-not-allowed", 9, "command"),
    unknown: deny("command-unknown", 9, "command"),
  },
  noted: allow("side-event-noted", 10, "context", "stranger", "room"),
  mentionUndetectable: deny("mention-undetectable", 14, "requireMention"),
  mentionRequired: deny("mention-required", 14, "requireMention", "context"),
  command: {
    owner: allow("command-allowed", 14, "command", "owner", "isOwner"),
    roomList: allow("command-allowed", 14, "command", "listed", "roomList"),
    groupList: allow("command-allowed", 14, "command", "listed", "groupList"),
    fallbackList: allow("command-allowed", 14, "command", "listed", "fallbackList"),
  },
  turn: {
    owner: allow("allowed", 14, "turn", "owner", "room", "requireMention"),
    listed: allow("allowed", 14, "turn", "listed", "room", "requireMention"),
    stranger: allow("allowed", 14, "turn", "stranger", "room", "requireMention"),
  } satisfies Record<Authority, Outcome>,
} as const;

export const operator = {
  refused: deny("command-not-allowed", 4, "command"),
  unknown: deny("command-unknown", 4, "command"),
  noted: allow("side-event-noted", 4, "context", "owner", "sender"),
  command: allow("command-allowed", 4, "command", "owner", "sender"),
  turn: allow("allowed", 4, "turn", "owner", "sender"),
} as const;
