/** A call of a tool, on its way from the model to what carries it out. */
import type { Decision, RunIn, RunKind, RunReference, SendRequest } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { ToolAnswer } from "@clawd/tools";
import type { HeldTo } from "../jobs/job-rights.ts";

/** The run that calls: the origin is the message that started it. */
export interface ToolRun {
  readonly event: InboundEvent;
  readonly agent: string;
  readonly session: string;
  /** `provider/model`. */
  readonly model: string;
  /** Absent: a turn that a message started. */
  readonly run?: RunKind;
  /** The runs that this one descends from, nearest first. */
  readonly via?: NonNullable<RunReference["via"]>;
  /** What else allows its calls, or none of them. Absent: the policy in force alone. */
  readonly held?: HeldTo;
}

/** What a tool of the gateway is about to do, beyond being called. */
export type RunQuestion =
  | Pick<SendRequest, "action" | "to">
  | { readonly action: "session"; readonly operation: "list" | "read" | "send"; readonly session: string }
  | { readonly action: "session"; readonly operation: "spawn"; readonly target: string };

/** A call that was allowed, with the place where it must run. */
export interface PlacedCall extends ToolRun {
  readonly tool: string;
  readonly input: unknown;
  readonly runIn: RunIn;
  /** Whether this run may also use that tool now; asks no owner. */
  readonly mayUse: (tool: string) => boolean;
  /** Whether the person whose message started the run may give that command here now. */
  readonly mayCommand: (command: string) => boolean;
  /**
   * Another tool used by this run for the sake of this call, decided and kept in the record like a call of its own: `message` that
   * sends a file reads it as `read` would. Null when it may not, or only with an owner's word.
   */
  readonly asTool: (tool: string, input: unknown) => PlacedCall | null;
  /** Decides what the call is about to do, and keeps a record of it. Whoever is about to do it asks first. */
  readonly decide: (question: RunQuestion) => Decision;
  /** The same without a record, for what is only left out of a list or not: the call of the tool has its own. */
  readonly wouldAllow: (question: RunQuestion) => boolean;
}

/** What carries a tool out. It never decides, and it runs where `runIn` says or not at all. */
export interface ToolExecutor {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /**
   * What a call finds where it would run, as one word: the directory, the files that it names. It must be the same when the call
   * runs as when an owner was asked. Absent: nothing but the call itself counts.
   */
  fingerprint?(call: PlacedCall): Promise<string>;
  run(call: PlacedCall, signal: AbortSignal): Promise<ToolAnswer>;
}
