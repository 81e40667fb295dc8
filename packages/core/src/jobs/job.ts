/** A scheduled job as it is kept: what is to be done, when, for whom. It holds nothing that gives a right by itself. */
import type { JobState, Schedule } from "@clawd/cron";
import type { StateFacts } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Address } from "@clawd/tools";

/** The event that the creating run had: who and where, and nothing of what it said. */
export type JobOrigin = Pick<InboundEvent, "provider" | "account" | "chat" | "sender">;

export interface JobDefinition {
  readonly version: 1;
  readonly name: string;
  readonly description: string | null;
  readonly schedule: Schedule;
  readonly message: string;
  readonly timeoutMs: number;
  /** Null: nothing is sent. */
  readonly deliver: Address | null;
  readonly agent: string;
  readonly origin: JobOrigin;
  readonly made: Made;
}

/** How things stood when it was made. */
export interface Made {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `model`: by a call of the tool. `operator`: by whoever holds the gateway's token. */
  readonly by: "model" | "operator";
  /** `sha256:…` of the config. */
  readonly policy: string;
  /** `provider/model` of the agent. */
  readonly model: string;
  /** What the config did not hold of the sender. */
  readonly standing: Pick<StateFacts, "isPaired" | "profile">;
  /** Whether the person that it delivers to was approved. */
  readonly isTargetPaired: boolean;
}

export interface Job {
  readonly id: string;
  /** Names the policy that it was made under. */
  readonly rights: string;
  readonly definition: JobDefinition;
  readonly state: JobState;
}

export const sessionOf = ({ id, definition }: Job): string => `agent:${definition.agent}:cron:${id}`;

/** Names an occurrence for good: its messages, its lines in the transcript, its cost. */
export const occurrenceOf = (id: string, number: number): string => `cron:${id}:${number}`;

/** A run of the job descends from the turn that made it: what that might not call, it may not. */
export const descentOf = ({ definition: { agent } }: Pick<Job, "definition">) => [
  { agent, run: "turn" } as const,
];

/** The event that a run of the job has: as if its creator had just spoken to the bot, saying nothing. */
export function eventOf({ id, definition: { origin } }: Job, now: number): InboundEvent {
  return {
    ...origin,
    kind: "message",
    eventId: `cron:${id}`,
    sentAt: now,
    mentioned: true,
    mentionDetectable: true,
    mentionsOthers: false,
    text: "",
    command: null,
    messageId: null,
    replyTo: null,
    attachments: [],
  };
}
