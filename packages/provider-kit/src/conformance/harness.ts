/** What a provider's own test must be able to do with its (emulated) network, so that the suite can be the same for all. */
import type { Clock } from "@clawd/kernel";
import type { ChatFacts, EventKind } from "../event.ts";
import type { FakePorts } from "../fake-ports.ts";
import type { OutboundMessage } from "../provider.ts";

/** A file that a person sends. */
export interface SentFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** The size that the network announces. Absent: the true one. */
  readonly claimedSize?: number;
  /** Its download begins with `bytes` and goes on for ever. */
  readonly isEndless?: boolean;
}

/** Something that happens on the network. */
export interface Happening {
  readonly kind: EventKind;
  /** `bot`: the account under test itself; `anonymous`: an id that stands for many people. */
  readonly from: "alice" | "bob" | "bot" | "another-bot" | "anonymous";
  /** `thread`: a topic or thread of the group or channel. */
  readonly in: "dm" | "group" | "channel" | "thread";
  /** For a reaction, button or member event: the text the attacker can choose there, if there is one. */
  readonly text: string;
  /** `look-alike`: a name that begins with the bot's own. Absent means nobody is mentioned. */
  readonly mentions?: "bot" | "look-alike" | "somebody-else";
  /** The message answers one of the bot's own. */
  readonly repliesToBot?: boolean;
  /** Some file comes with it. */
  readonly attachment?: boolean;
  /** This file comes with it; `text` is then what is written beside it. */
  readonly file?: SentFile;
  /** The network delivers this one event two times. */
  readonly twice?: boolean;
}

/** What the network itself knows about a happening; the events must say the same. */
export interface Expected {
  /** Canonical, bare; null when the network gave no id that is one person's. */
  readonly sender: string | null;
  readonly chat: Pick<ChatFacts, "kind" | "id"> & Partial<ChatFacts>;
}

export type Disturbance =
  /** Nothing can be reached, until `up`. */
  | { readonly kind: "down" }
  | { readonly kind: "up" }
  /** The credentials are refused from now on. */
  | { readonly kind: "revoke-credentials" }
  /** The next message is refused with a wait of this long. */
  | { readonly kind: "ask-to-wait"; readonly milliseconds: number }
  /** The next message is refused for good. */
  | { readonly kind: "refuse-message" }
  /** The next message is shown, and the connection breaks before the provider is told. */
  | { readonly kind: "lose-answer" }
  /** Alice takes Bob's display name, and another username. */
  | { readonly kind: "rename-alice" }
  /** The next download stops in the middle: `hang` stays silent, `cut` ends the connection. */
  | { readonly kind: "stop-download"; readonly how: "hang" | "cut" }
  /** Whatever the network answers about the next download, a redirection included, leads to this address. */
  | { readonly kind: "redirect-download"; readonly to: string };

export interface ShownMessage {
  /** Canonical id of the chat. */
  readonly chat: string;
  readonly text: string;
  /** The labels of its buttons, as they are now. Absent: none. */
  readonly buttons?: readonly string[];
  /** What people can open, each with its bytes. Absent: none. */
  readonly files?: readonly Uint8Array[];
}

/** Somebody presses a button below a message of the bot. */
export interface Press {
  readonly from: "alice" | "bob";
  readonly chat: OutboundMessage["chat"];
  /** As `send` gave it. */
  readonly messageId: string;
  /** Its label. */
  readonly button: string;
  /** The network delivers this one press two times. */
  readonly twice?: boolean;
}

/** One emulated network with one account for the bot on it. */
export interface ConformanceHarness<Settings> {
  /** They make the provider connect to this network and nowhere else. */
  readonly settings: Settings;
  /** Parts of the settings and of the network that must never be said in an error, a log line or a report. */
  readonly secrets: readonly string[];
  /** A chat with Alice that the bot can write to. */
  readonly dm: OutboundMessage["chat"];
  /** A chat with Alice and Bob that the bot can write to. Absent: the skips of the tests of buttons in groups must say why. */
  readonly group?: OutboundMessage["chat"];
  /** The network's own limit for one chat, which the provider keeps. Absent: the skip of `rate-limit` must say why. */
  readonly limit?: { readonly burst: number; readonly perSecond: number };
  /** Called with the ports of every connection before it starts; for providers that are driven by HTTP requests. */
  attach?(ports: FakePorts): void;
  /**
   * Makes it happen; resolves as soon as the network holds it, without waiting for the provider. Null when the network has no
   * such thing: then the tests that need it must be skipped with a reason.
   */
  deliver(happening: Happening): Promise<Expected | null>;
  /** Absent: the provider claims no buttons. */
  press?(press: Press): Promise<Expected>;
  /** What people see from the bot, oldest first. */
  shown(): readonly ShownMessage[];
  /** How often the network was asked to show a message, refusals included. */
  attempts(): number;
  /** How many files the provider has fetched. Null where there is nothing to fetch them from: they are sent to the provider itself. */
  downloads(): number | null;
  /** False when this network cannot be disturbed in this way: then a skip must say why. */
  disturb(disturbance: Disturbance): Promise<boolean>;
  close(): Promise<void>;
}

/** Makes a fresh network for one test. Time stamps come from the clock; the suite moves it. */
export type CreateHarness<Settings> = (options: {
  readonly clock: Clock;
}) => Promise<ConformanceHarness<Settings>>;
