/** A config after compilation: every list a set, every inheritance done, every rule an object. Read-only. */
import type { CommandSwitch } from "./command-rights.ts";
import type { RuleReference, Step } from "./decision.ts";
import type { DirectCheck, DirectFacts, GroupCheck, GroupFacts, OperatorCheck } from "./facts.ts";
import type { AccessLayout } from "./network.ts";
import type { Outcome } from "./outcome.ts";

/** A list of people; `null` in its place means that the config sets none. */
export interface People {
  readonly ids: ReadonlySet<string>;
  readonly everyone: boolean;
}

/** The core's answer in the words of one scope: its rules, and the checks that were enough, in their order. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly rules: readonly RuleReference[];
  readonly trace: readonly Step[];
}

interface ScopeOf<Chat, Check extends string> {
  readonly chat: Chat;
  /** The key that each check asks, or that would change it. */
  readonly rules: Readonly<Record<Check, RuleReference>>;
  /** The verdicts asked for so far, by `factsKey`. */
  readonly verdicts: Map<number, Verdict>;
}

export interface DirectScope extends ScopeOf<"dm", DirectCheck> {
  readonly dmPolicy: DirectFacts["dmPolicy"];
  readonly allowFrom: People | null;
}

export interface GroupScope extends ScopeOf<"group", GroupCheck> {
  readonly groupPolicy: GroupFacts["groupPolicy"];
  readonly room: GroupFacts["room"];
  readonly requireMention: GroupFacts["requireMention"];
  /** All lists of the place as one. */
  readonly roomList: People | null;
  /** The same one by one, nearest first, to say which of them kept somebody out. */
  readonly roomLists: readonly { readonly people: People; readonly rule: RuleReference }[];
  readonly groupList: People | null;
  readonly fallbackList: People | null;
  readonly topics: ReadonlyMap<string, GroupScope> | null;
}

export type OperatorScope = ScopeOf<"operator", OperatorCheck>;
export type Scope = DirectScope | GroupScope | OperatorScope;

/** The rooms that a map names, and what holds for all others. */
export interface Rooms {
  readonly byId: ReadonlyMap<string, GroupScope>;
  readonly others: GroupScope;
}

/** An agent at one account, with the beginnings of its sessions' names there. */
export interface Seat {
  readonly agent: string;
  readonly main: string;
  readonly dm: string;
  readonly group: string;
  readonly channel: string;
}

export interface Binding {
  readonly seat: Seat;
  readonly kind: "dm" | "group" | "channel" | null;
  /** `"*"`: every chat of that kind. */
  readonly peer: string | null;
  readonly guild: string | null;
  readonly team: string | null;
}

/** The bindings of one account, by precedence; inside one tier the first in the config wins. */
export interface Routes {
  readonly peers: Readonly<Record<"dm" | "group" | "channel", ReadonlyMap<string, readonly Binding[]>>>;
  readonly anyPeer: Readonly<Record<"dm" | "group" | "channel", readonly Binding[]>>;
  readonly guilds: ReadonlyMap<string, readonly Binding[]>;
  readonly teams: ReadonlyMap<string, readonly Binding[]>;
  /** The agent of the account's, else of the network's, else of no binding. */
  readonly rest: Seat;
}

export interface CommandRules {
  readonly owners: ReadonlySet<string>;
  /** `commands.allowFrom`, where it is set: nobody else may command. */
  readonly list: ReadonlySet<string> | null;
  readonly listRule: RuleReference;
  readonly textOff: RuleReference | null;
  readonly nativeOff: RuleReference | null;
  /** The switches that are off, with the key that would turn each on. */
  readonly off: ReadonlyMap<CommandSwitch, RuleReference>;
}

export interface AccountPlan {
  readonly network: string;
  readonly account: string;
  readonly isOn: "on" | "off";
  readonly sharedSenders: ReadonlySet<string>;
  readonly commands: CommandRules;
  readonly routes: Routes;
  readonly dmScope: DmScope;
  readonly topicSuffix: "topic" | "thread";
  readonly operator: OperatorScope | null;
  readonly direct: DirectScope;
  readonly groups: Rooms;
  /** Rooms outside guilds; where `guilds` is set, the rooms of a guild that it does not name. */
  readonly channels: Rooms;
  readonly guilds: ReadonlyMap<string, Rooms> | null;
  /** A room that should belong to a guild and names none. */
  readonly nowhere: GroupScope;
}

export type DmScope = "sender-account" | "sender" | "main";

export interface NetworkPlan {
  readonly id: string;
  readonly layout: AccessLayout;
  readonly accounts: ReadonlyMap<string, AccountPlan>;
  /** The key that would make an account known. */
  readonly accountsRule: RuleReference;
}

export interface Plan {
  readonly hash: string;
  readonly networks: ReadonlyMap<string, NetworkPlan>;
}
