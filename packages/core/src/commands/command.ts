/** What a slash command is. */
import type { Authority } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";

export interface CommandContext {
  readonly event: InboundEvent;
  readonly agent: string;
  readonly session: string;
  readonly authority: Authority;
  /** What follows the name. */
  readonly args: string;
}

/** What commands may reach. */
export interface CommandServices {
  readonly help: () => readonly Pick<Command, "name" | "summary">[];
  readonly status: (context: CommandContext) => StatusReport;
  /** Begins the session anew; the old transcript stays. */
  readonly resetSession: (agent: string, session: string) => void;
  /** Aborts what runs in the session and drops what waits; says how many turns that were. */
  readonly stopSession: (session: string) => number;
  /** Whether the config lets this person's calls leave the sandbox here, and for how many milliseconds they now may. */
  readonly elevation: (context: CommandContext) => { readonly isGranted: boolean; readonly left: number };
  /** Milliseconds from now; 0 ends it. */
  readonly elevate: (context: CommandContext, milliseconds: number) => void;
  /** What to say to it; null when nothing waits under its hash. */
  readonly hearOwner: (word: OwnersWord) => Promise<string | null>;
}

/** An owner's word about something that waits for it. */
export interface OwnersWord {
  readonly verdict: "approve" | "deny";
  /** At least the first eight hex digits. */
  readonly hash: string;
  /** How long it holds for the same again. Absent: this once. */
  readonly milliseconds?: number;
  /** How it was said. */
  readonly event: InboundEvent;
}

export interface StatusReport {
  readonly version: string;
  readonly agent: string;
  readonly model: string;
  readonly messages: number;
  /** Only for an owner. */
  readonly providers: readonly { readonly label: string; readonly account: string; readonly state: string }[];
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  run(context: CommandContext, services: CommandServices): string | Promise<string>;
}
