/**
 * What a decision may depend on: a finite record of booleans and closed words, nothing else.
 * No name, number or text gets in, so every law about `core` can be checked on every possible input.
 * The words are listed here once, as data; the types are derived from them. The order is the order of the checks.
 */

/** Of whoever is turned away before any rule of a chat is asked, nothing more is looked up. */
export const unreachedDomain = {
  chat: ["unreached"],
  /** Who wrote: `nobody` is a missing id, `shared` an id that stands for several people. */
  sender: ["person", "self", "bot", "nobody", "shared"],
  /** Whether the network and the account are switched on. */
  account: ["on", "off"],
} as const;

const reached = { sender: ["person"], account: ["on"] } as const;

const event = ["message", "button", "side"] as const;
/**
 * The right that the command asks for; `refused` is a command that is switched off or kept from this sender, `unknown`
 * a native command of no known name. A text of no known name is `none`: ordinary text.
 */
const command = ["none", "listed", "owner", "refused", "unknown"] as const;
const truth = [false, true] as const;

export const directDomain = {
  chat: ["dm"],
  ...reached,
  dmPolicy: ["pairing", "allowlist", "open", "disabled"],
  /** `everyone`: only `"*"` speaks for the sender. An absent list and an empty one are both `unnamed`. */
  allowFrom: ["unnamed", "named", "everyone"],
  isPaired: truth,
  event,
  isOwner: truth,
  command,
} as const;

export const groupDomain = {
  chat: ["group"],
  ...reached,
  /** `rooms` is `allowlist` on a network whose map names rooms instead of people. */
  groupPolicy: ["unset", "open", "allowlist", "rooms", "disabled"],
  /** `whole`: the guild is named and its rooms are not; `unmapped`: the network has no map at all. */
  room: ["unmapped", "unnamed", "whole", "named", "disabled"],
  /** The lists of the place: of its topic, of itself, of its guild. `named`: every one of them admits the sender. */
  roomList: ["unset", "named", "unnamed", "everyone"],
  groupList: ["unset", "named", "unnamed"],
  /** `allowFrom`, which stands in where `groupAllowFrom` is not set. */
  fallbackList: ["unnamed", "named"],
  isOwner: truth,
  command,
  event,
  requireMention: ["unset", "yes", "no"],
  activation: ["unset", "mention", "always"],
  mention: ["mentioned", "absent", "undetectable"],
  mentionsOthers: truth,
} as const;

export const operatorDomain = { chat: ["operator"], ...reached, event, command } as const;

type RecordOf<Domain> = {
  readonly [Field in keyof Domain]: Domain[Field] extends readonly (infer Word)[] ? Word : never;
};

export type UnreachedFacts = RecordOf<typeof unreachedDomain>;
export type DirectFacts = RecordOf<typeof directDomain>;
export type GroupFacts = RecordOf<typeof groupDomain>;
export type OperatorFacts = RecordOf<typeof operatorDomain>;
export type Facts = UnreachedFacts | DirectFacts | GroupFacts | OperatorFacts;

type Without<Key extends string, Name> = Exclude<Name, Key>;
export type DirectCheck = Without<"chat", keyof DirectFacts>;
export type GroupCheck = Without<"chat", keyof GroupFacts>;
export type OperatorCheck = Without<"chat", keyof OperatorFacts>;
export type Check = DirectCheck | GroupCheck | OperatorCheck;
