/** What tools that work on what the gateway holds are given: each call of a port is decided before it has an effect. */
import type { JobsPort } from "./jobs.ts";

/** A chat, as its network names it. */
export interface Address {
  readonly provider: string;
  readonly account: string;
  readonly chat: {
    readonly kind: "dm" | "group" | "channel";
    readonly id: string;
    readonly thread: string | null;
  };
}

/** Why something was not done: the decision's code, or a mistake in what was asked. */
export interface Refusal {
  readonly refused: string;
}

export interface MessagesPort {
  /** The chat that the run answers. */
  readonly here: Address;
  /** Reads where a message is to go; a mistake is a refusal. Absent parts are those of `here`. */
  address(to: {
    readonly provider?: string;
    readonly account?: string;
    readonly to?: string;
    readonly thread?: string;
  }): Address | Refusal;
  /**
   * Stores it for sending, once for each call.
   * @throws ClawdError when a file cannot be read
   */
  send(
    to: Address,
    message: {
      /** Empty only with files. */
      readonly text: string;
      readonly replyTo: string | null;
      /** Everything is decided, read and checked, and nothing is sent. */
      readonly isDryRun: boolean;
      /** Paths, read as `read` would read them for this run. */
      readonly media: readonly string[];
    },
    signal: AbortSignal,
  ): Promise<Refusal | { readonly deliveryId: string }>;
}

/** A picture that a tool looks at. */
export interface OpenedPicture {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface PicturesPort {
  /**
   * The picture at a path, read as `read` would read it for this run, or at an https address, fetched as `web_fetch` would.
   * @throws ClawdError when it cannot be had
   */
  open(source: string, maxBytes: number, signal: AbortSignal): Promise<Refusal | OpenedPicture>;
  /** Asks the models for pictures, in their order. */
  describe(
    picture: OpenedPicture,
    prompt: string,
    signal: AbortSignal,
  ): Promise<Refusal | { readonly text: string; readonly model: string; readonly attempts: number }>;
}

export interface SessionRow {
  readonly key: string;
  readonly kind: "main" | "dm" | "group" | "channel" | "subagent" | "cron" | "hook" | "other";
  readonly agent: string;
  readonly provider: string | null;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly sessionId: string;
  readonly spawnedBy: string | null;
}

export interface SessionLine {
  readonly role: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface SessionsPort {
  /** The run's own session. */
  readonly own: string;
  /** Those in the run's reach, the last used first. */
  list(): readonly SessionRow[];
  history(key: string, limit: number): Refusal | readonly SessionLine[];
  /** Has the session's agent answer; settles at its end, or when the time is over. */
  send(key: string, text: string, timeoutMs: number, signal: AbortSignal): Promise<Refusal | RunResult>;
  /** Begins a run of its own; its answer goes to the chat of this run. */
  spawn(task: {
    readonly agent?: string;
    readonly text: string;
    readonly label?: string;
    readonly timeoutMs: number;
  }): Refusal | { readonly session: string; readonly runId: string };
  status(key: string): Refusal | SessionStatus;
  /** The agents that this run may have work for it. */
  agents(): readonly { readonly id: string; readonly name: string; readonly isOwn: boolean }[];
}

export type RunResult =
  | { readonly status: "ok"; readonly runId: string; readonly reply: string }
  | { readonly status: "timeout" | "accepted" | "failed"; readonly runId: string };

export interface SessionStatus {
  readonly key: string;
  readonly agent: string;
  readonly model: string;
  readonly messages: number;
  readonly updatedAt: number;
}

export interface GatewayContext {
  readonly jobs: JobsPort;
  readonly messages: MessagesPort;
  readonly pictures: PicturesPort;
  readonly sessions: SessionsPort;
}

export const isRefusal = (value: object): value is Refusal => "refused" in value;
