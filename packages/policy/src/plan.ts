/** A config after compilation: every list a set, every inheritance done, every rule an object. Read-only. */
import type { CommandSwitch } from "./command-rights.ts";
import type { Authority, Budget, RuleReference, SandboxScope, Step, WorkspaceAccess } from "./decision.ts";
import type { DirectCheck, DirectFacts, GroupCheck, GroupFacts, OperatorCheck } from "./facts.ts";
import type { AccessLayout } from "./network.ts";
import type { Outcome } from "./outcome.ts";
import type { RunKind } from "./request.ts";
import type { SendFacts, SessionFacts, ToolFacts } from "./tool-facts.ts";

/** A list of people; `null` in its place means that the config sets none. */
export interface People {
  readonly ids: ReadonlySet<string>;
  readonly everyone: boolean;
}

/** The core's answer in the words of one scope: its rules, and the checks that were enough, in their order. */
export interface Finding {
  readonly outcome: Outcome;
  readonly rules: readonly RuleReference[];
  readonly trace: readonly Step[];
}

/** The same, with what else depends on the facts alone. */
export interface Verdict extends Finding {
  readonly isOwner: boolean;
  /** The sender's standing; of somebody whose event starts nothing, what it would be if it did. */
  readonly authority: Authority;
  /** With what standing it would start a run, as the first check of that run's calls. */
  readonly standing: StandingStep;
}

export interface StandingStep extends Step {
  readonly check: "standing";
  readonly result: ToolFacts["standing"];
  readonly rule: RuleReference;
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
  /** The rules about tools here, nearest first: every one of them must let a tool through. */
  readonly roomTools: readonly RoomTools[];
}

export type OperatorScope = ScopeOf<"operator", OperatorCheck>;
export type Scope = DirectScope | GroupScope | OperatorScope;

/** The rooms that a map names, and what holds for all others. */
export interface Rooms {
  readonly byId: ReadonlyMap<string, GroupScope>;
  readonly others: GroupScope;
}

/** An agent at one account, with the beginnings of its sessions' names there, up to the id. */
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
  /** Every agent, bound here or not. */
  readonly seats: readonly Seat[];
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
  /** Each network has a number of its own, from 0. */
  readonly networkIndex: number;
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

/**
 * A list of tools, with groups, wildcards and aliases spelled out. `message` is in `allow` when any network is, and in
 * `deny` only by its own name, which brings every network with it.
 */
export interface ToolList {
  /** Null: the list allows whatever it does not deny. */
  readonly allow: ReadonlySet<string> | null;
  readonly deny: ReadonlySet<string>;
  /** The key that would have to name the tool, and the one that denies it. */
  readonly allowRule: RuleReference;
  readonly denyRule: RuleReference;
}

/** The rules about tools that are written at one place: a topic, a group, a channel, a guild. */
export interface RoomTools {
  readonly tools: ToolList | null;
  /** `toolsBySender`: a sender who is not named here is under `others`. */
  readonly bySender: ReadonlyMap<string, ToolList>;
  readonly others: ToolList | null;
}

/** A gate of elevated mode. `ids` by network; a network that is missing names nobody. */
export interface ElevatedGate {
  readonly isOn: boolean;
  /** Null: this gate asks for no list of its own. */
  readonly lists: ReadonlyMap<
    string,
    { readonly ids: ReadonlySet<string>; readonly rule: RuleReference }
  > | null;
  readonly onRule: RuleReference;
  readonly listRule: RuleReference;
}

export interface SandboxPlan {
  readonly mode: ToolFacts["mode"];
  readonly scope: SandboxScope;
  readonly workspaceAccess: WorkspaceAccess;
  readonly visibility: SessionFacts["visibility"];
  /** Configured lists: all of them must let a tool through. */
  readonly lists: readonly ToolList[];
  /** The built-in allow list; null where one is configured. */
  readonly unlisted: ToolList | null;
  readonly rules: Readonly<Record<"mode" | "scope" | "workspaceAccess" | "visibility", RuleReference>>;
}

/** What one agent may do, whoever asks. */
export interface AgentPlan {
  readonly id: string;
  /** Each agent has a number of its own, from 0. */
  readonly index: number;
  /** Global ones and its own, profiles among them: all of them must let a tool through. */
  readonly lists: readonly ToolList[];
  /** `tools.byProvider`, global and its own, by `provider` and by `provider/model`. */
  readonly byModel: ReadonlyMap<string, readonly ToolList[]>;
  /** The tools that its own allow list or profile names, by name or group and not by a wildcard. */
  readonly named: ReadonlySet<string>;
  readonly sandbox: SandboxPlan;
  readonly elevated: { readonly global: ElevatedGate; readonly own: ElevatedGate };
  /** The agents of `tools.agentToAgent.allow`; empty when it is off. */
  readonly reaches: ReadonlySet<string>;
  readonly reachesRule: RuleReference;
  /** `subagents.allowAgents`, and itself. */
  readonly spawns: ReadonlySet<string>;
  readonly spawnsRule: RuleReference;
}

/** A named set of rights. */
export interface Profile {
  readonly name: string;
  /** Each has a number of its own, from 0 to the last. */
  readonly index: number;
  /** Null: every agent. */
  readonly agents: ReadonlySet<string> | null;
  readonly tools: ToolList | null;
  readonly mayUseSandbox: boolean;
  readonly mayUseHost: boolean;
  readonly mayUseGateway: boolean;
  /** Null: every command that the sender's standing has the right to. */
  readonly commands: ReadonlySet<string> | null;
  readonly sends: SendFacts["sends"];
  readonly sessions: SessionFacts["sessions"];
  /** Tools about which an owner is asked first. */
  readonly asks: ReadonlySet<string>;
  readonly budget: Budget | null;
  readonly rules: Readonly<
    Record<"agents" | "places" | "commands" | "sends" | "sessions" | "asks" | "budget", RuleReference>
  >;
}

export interface Profiles {
  readonly byName: ReadonlyMap<string, Profile>;
  /** The profile of whoever the config names in one, by network and sender. */
  readonly byMember: ReadonlyMap<string, ReadonlyMap<string, Profile>>;
  /** For everyone else, by their standing. */
  readonly owner: Profile;
  readonly listed: Profile;
  readonly stranger: Profile;
  readonly unknownRule: RuleReference;
}

/** A tool as a call names it: under its own name, by an alias, or as `message` to one network. */
export interface ToolEntry {
  /** Each tool has a number of its own, from 0. */
  readonly index: number;
  /** The name that lists hold. */
  readonly name: string;
  readonly kind: ToolFacts["kind"];
}

export interface Plan {
  readonly hash: string;
  readonly networks: ReadonlyMap<string, NetworkPlan>;
  readonly ownerRule: RuleReference;
  readonly agents: ReadonlyMap<string, AgentPlan>;
  readonly agentsRule: RuleReference;
  readonly profiles: Profiles;
  readonly tools: ReadonlyMap<string, ToolEntry>;
  /** What a run of each kind may never use, and what the config adds. */
  readonly runs: Readonly<Record<Exclude<RunKind, "turn">, readonly ToolList[]>>;
}
