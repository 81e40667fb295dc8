/** What the analysis answers with. Everything is data: ids, words, and a witness that can be decided again. */
import type {
  Authority,
  Budget,
  Decision,
  Effect,
  Place,
  RuleReference,
  SandboxScope,
  WorkspaceAccess,
} from "../decision.ts";
import type { ChatKind, Request, RunKind, StateFacts } from "../request.ts";

/** What somebody may get to; the words of `clawdbot policy reach --capability`. */
export const capabilities = [
  "turn",
  "command",
  "host-exec",
  "sandbox-exec",
  "elevated",
  "read",
  "write",
  "browse",
  "fetch",
  "send",
  "sessions",
  "spawn",
  "schedule",
  "config",
] as const;
export type Capability = (typeof capabilities)[number];

/** Some of the people of one network, by canonical id. */
export interface Senders {
  readonly network: string;
  /** `only`: these. `all-but`: everybody except these. */
  readonly kind: "only" | "all-but";
  readonly ids: readonly string[];
}

/** A chat, or every chat of its kind that is not named in another place. */
export interface ChatPlace {
  readonly provider: string;
  readonly account: string;
  readonly kind: ChatKind;
  /** Null: every other one. Always null for direct messages, whose chat is their sender. */
  readonly id: string | null;
  /** The topic; null: every other one. Absent: the chat itself, and every topic that is in no place of its own. */
  readonly thread?: string | null;
  /** The room that the chat is a thread of; null: every other one. Absent: a room, with the threads that are in no place of their own. */
  readonly parent?: string | null;
  /** Null: every other one. Absent: none, and all that are in no place of their own. */
  readonly guild?: string | null;
  /** Absent: none that is in a place of its own. */
  readonly team?: string;
  /** For people: `telegram group -1001, topic 7`. */
  readonly text: string;
}

/** The state under which something holds. A key that is absent: whatever it is. */
export interface Conditions {
  readonly isPaired?: boolean;
  /** What the approval of the sender names; null: no profile; `unknownProfile`: one that the config does not have. */
  readonly profile?: readonly (string | null)[];
  readonly isWithinBudget?: boolean;
  readonly activation?: readonly ("mention" | "always" | null)[];
  readonly isTargetPaired?: boolean;
  readonly isSpawned?: boolean;
}

/** One request that `decide` was asked, and what it was told. */
export interface WitnessStep {
  readonly request: Request;
  readonly state: StateFacts;
}

export interface Reach extends Whom {
  readonly capability: Capability;
  /** With what standing their messages start turns, or their command runs. */
  readonly standing: Authority;
  readonly agent: string;
  /** Agents whose runs stand between the message and this one; nearly always empty. */
  readonly through: readonly string[];
  /** An owner is asked about each call first. */
  readonly needsApproval: boolean;
  /** Where the tool runs; null for what is no tool. */
  readonly place: Place | null;
  /** What the tool sees of the agent's workspace, in the sandbox; else null. */
  readonly workspaceAccess: WorkspaceAccess | null;
  /** Names of tools and commands; for `send`, `sessions` and `spawn` what they reach. */
  readonly by: readonly string[];
  /** The message, and the request that it makes possible. Each is allowed by `decide`. */
  readonly witness: readonly WitnessStep[];
  /** The rules that decided each step of the witness. */
  readonly rules: readonly RuleReference[];
}

export interface ReachOptions {
  /** Absent: all of them. */
  readonly capability?: Capability;
}

/** What of a decision is access: what two decisions are compared by. */
export interface Answer {
  readonly effect: Effect;
  /** What an allowed message does; `context` also for one that is denied and kept as context. */
  readonly does?: "turn" | "command" | "context";
  readonly authority?: Authority;
  readonly agent?: string;
  /** The session's key, with `*` for the id of the sender or the chat. */
  readonly session?: string;
  readonly place?: Place;
  readonly workspaceAccess?: WorkspaceAccess;
  readonly scope?: SandboxScope;
  readonly approval?: true;
  readonly budget?: Budget & { readonly profile: string };
}

/** `moves`: another agent or session, or another place that is neither stricter nor laxer. It counts as widening. */
export type Direction = "widens" | "moves" | "narrows";

/** Each of these people, in each of these chats, in each of these states. */
export interface Whom {
  /** For people: ids (`telegram:42`), or `any stranger on telegram`, `any paired sender on telegram`, … */
  readonly who: readonly string[];
  /** For people: `direct messages on telegram`, `telegram group -1001`, … */
  readonly where: readonly string[];
  readonly senders: Senders;
  readonly chats: readonly ChatPlace[];
  readonly when: Conditions;
}

/** What is answered otherwise, alike for everybody whom it names. */
export interface Change {
  readonly direction: Direction;
  readonly action: "message" | "tool" | "send" | "session";
  /** For people: `bash`, `bash elevated`, `writes with a mention`, `/status`, … Every one of them changes. */
  readonly what: readonly string[];
  /** The agents of the run; empty for messages. */
  readonly agents: readonly string[];
  /** The kinds of run; absent: all, or a message. */
  readonly runs?: readonly RunKind[];
  /** The models, as `tools.byProvider` tells them apart; absent: all, or a message. */
  readonly models?: readonly string[];
  readonly before: Answer;
  readonly after: Answer;
  readonly whom: readonly Whom[];
  readonly witness: WitnessStep & { readonly before: Decision; readonly after: Decision };
}

export interface PolicyDiff {
  /** `sha256:…` over the changes that widen or move: the same difference has the same hash, and no other has it. */
  readonly hash: string;
  /** Something widens or moves. */
  readonly widens: boolean;
  /** Widenings first, then moves, then narrowings. */
  readonly changes: readonly Change[];
}

export type Severity = "danger" | "warning" | "note";

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  /** The config key. */
  readonly path: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly hint: string;
  readonly witness?: readonly WitnessStep[];
}

/** What an example of the config came to. */
export type ExampleResult =
  | { readonly sentence: string; readonly holds: true }
  /** Some of whom the sentence speaks get another answer; the witness is one of them. */
  | {
      readonly sentence: string;
      readonly holds: false;
      readonly expected: string;
      readonly found: string;
      readonly witness: readonly WitnessStep[];
    }
  /** It cannot be understood, or speaks of nobody. */
  | { readonly sentence: string; readonly holds: null; readonly message: string; readonly hint: string };

export interface RuleCoverage {
  readonly rule: RuleReference;
  /** A request that the rule decides; null: there is none. */
  readonly witness: WitnessStep | null;
}
