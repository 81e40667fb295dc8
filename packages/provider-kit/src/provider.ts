/** A provider turns platform events into `InboundEvent`s and `OutboundMessage`s into platform calls. It decides nothing. */
import type { Clock, Logger } from "@clawd/kernel";
import type { Button } from "./button.ts";
import type { ChatKind, InboundEvent } from "./event.ts";
import type { FetchedFile, FetchLimit, FileCapabilities, OutboundFile } from "./file.ts";
import type { Network } from "./network.ts";

export interface OutboundMessage {
  /** Stable over retries and restarts of one message. */
  readonly deliveryId: string;
  readonly chat: { readonly kind: ChatKind; readonly id: string; readonly thread: string | null };
  /** At most `capabilities.maxTextLength` long; `splitText` makes such pieces. Empty only where there are files. */
  readonly text: string;
  readonly replyToMessageId: string | null;
  /** Shown below the text, in this order. Absent: none; a provider without the capability is never given any. */
  readonly buttons?: readonly Button[];
  /**
   * It answers somebody who pressed a button of `replyToMessageId`: the buttons there have done their work, and are taken
   * away where the network can. Absent: no.
   */
  readonly answersPress?: boolean;
  /**
   * Shown with the text, in this order; at most 10. Absent: none; a provider without the capability is never given any. Where
   * the network needs several messages for them, the provider makes those, and they are one delivery.
   */
  readonly files?: readonly OutboundFile[];
}

export interface Delivery {
  readonly messageId: string;
}

export type ConnectionState =
  | { readonly state: "starting" | "connected" | "stopped" }
  | { readonly state: "down"; readonly code: string; readonly message: string; readonly hint: string };

/** An HTTP handler in the terms of the Fetch API. */
export type HttpHandler = (request: Request) => Promise<Response> | Response;

/** A part of the gateway's HTTP server given to a provider. */
export interface HttpMount {
  /**
   * Serves everything below `path`. `token`: the gateway checks its token first; `none`: the provider verifies each request
   * itself, before reading the body (a webhook's secret), or serves nothing secret.
   */
  handle(path: string, authentication: "token" | "none", handler: HttpHandler): void;
}

export interface ProviderPorts {
  readonly account: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly http: HttpMount;
  /**
   * A folder that is this connection's alone, for what is too large for a note; not made yet, and kept over restarts. Absent: what
   * the connection keeps ends with it.
   */
  readonly directory?: string;
  /** What this connection's `note` last said before the gateway ended, however it ended; null before the first time. */
  readonly note: string | null;
  /**
   * Stores the events durably, each once. The network may be told "received" only after it resolved;
   * when it rejects, nothing was stored and the provider lets the network deliver again.
   */
  receive(events: readonly InboundEvent[]): Promise<void>;
  /** Says how the connection is; the gateway shows it in `/health`, `status` and `doctor`. */
  report(state: ConnectionState): void;
  /** A notice for the operator that is not a state: `privacy mode is on`. Shown by `status` and `doctor`. */
  warn(notice: { readonly code: string; readonly message: string; readonly hint: string }): void;
}

/** A provider at work for one account. */
export interface ProviderConnection {
  /** Idempotent. Resolves once intake runs or is being retried; an unreachable network is reported, not thrown. */
  start(): Promise<void>;
  /** Idempotent; afterwards no timer, socket or request of this connection is left. */
  stop(): Promise<void>;
  /**
   * Sends one message, waiting as long as the network's own rate limits ask.
   * @throws SendError; before `start` with code CLAWD_PROVIDER_NOT_STARTED.
   */
  send(message: OutboundMessage, signal?: AbortSignal): Promise<Delivery>;
  /**
   * Downloads what an attachment's `reference` names, from the network's own hosts only: a reference is as little to be trusted
   * as the message it came with. Nothing else of the provider downloads a byte of it. Absent when files are not received.
   * @throws ClawdError with one of the codes CLAWD_FILE_*; before `start` with code CLAWD_PROVIDER_NOT_STARTED. It says neither
   * the reference nor an address with a token in it.
   */
  fetch?(reference: string, limit: FetchLimit, signal: AbortSignal): Promise<FetchedFile>;
  /** Shows that an answer is being written. Absent when the network has no such sign. Never throws. */
  typing?(chat: OutboundMessage["chat"]): Promise<void>;
  /**
   * What the connection must know again after a restart, at most 1 KiB. It is asked for and stored together with each batch of
   * events and each message sent. Absent means that there is nothing.
   */
  note?(): string;
  /**
   * A note to keep beside a message before it is sent, from which `confirm` can tell later, after a crash,
   * whether it arrived. Absent when the network offers nothing to tell by.
   */
  attempt?(message: OutboundMessage): string;
  /** Whether a message whose sending was cut off has arrived. Absent means `unknown`. */
  confirm?(message: OutboundMessage, attempt: string): Promise<"sent" | "not-sent" | "unknown">;
}

export interface ProviderCapabilities {
  readonly threads: boolean;
  readonly edits: boolean;
  readonly reactions: boolean;
  /** Shows the buttons of a message; a press arrives as an event of that kind, with the button's command. */
  readonly buttons: boolean;
  readonly typing: boolean;
  /** UTF-16 code units in one message. */
  readonly maxTextLength: number;
  /** Sending a `deliveryId` twice shows one message. */
  readonly idempotentSend: boolean;
  readonly files: FileCapabilities;
}

/** One setting of a provider; a zod type satisfies it. */
export interface SettingSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly output: Output } | undefined;
  };
}

export interface Provider<Settings = never> {
  readonly specVersion: 1;
  readonly network: Network;
  readonly capabilities: ProviderCapabilities;
  /** The provider's own config keys beside the access rules; strict, and valid for the network and for each account. */
  readonly settings: Readonly<Record<string, SettingSchema>>;
  /** Keys of `settings` whose values are secrets: redacted everywhere. */
  readonly secretSettings: readonly string[];
  /** Whether these settings are enough to connect; the reason and remedy otherwise (a missing token). */
  ready(
    settings: Settings,
  ): { readonly ready: true } | { readonly ready: false; readonly message: string; readonly hint: string };
  /** Makes the connection for one account. Loads the network's library lazily, in `start`. Does no work yet. */
  connect(settings: Settings, ports: ProviderPorts): ProviderConnection;
}

/** Checks nothing at run time; gives the literal its types. */
export function defineProvider<Settings>(provider: Provider<Settings>): Provider<Settings> {
  return provider;
}
