/** A slice of the small scope: full products of configs and requests; together the slices cross every rule with every other it touches. */
import type { Network } from "../src/network.ts";
import type { MessageRequest, Request, StateFacts } from "../src/request.ts";
import type { Sayings } from "./reference-config.ts";
import { product, written } from "./product.ts";

export interface Case {
  readonly request: Request;
  readonly state: StateFacts;
}

export interface Slice {
  readonly name: string;
  /** What the product crosses, for the reader of docs/guarantees.md. */
  readonly covers: string;
  configs(): readonly Sayings[];
  cases(): readonly Case[];
}

/**
 * Alice is in lists, bob in others; nobody knows Alice with a capital letter, or `constructor`; `"*"` is no name; and
 * everybody is a shared account.
 */
export const people = {
  alice: "alice",
  bob: "bob",
  cased: "Alice",
  fresh: "constructor",
  star: "*",
  shared: "everybody",
} as const;

/** The ways a mention can be seen or not. */
export const mentions = [
  { mentioned: true, mentionDetectable: true },
  { mentioned: false, mentionDetectable: true },
  { mentioned: false, mentionDetectable: false },
] as const;

export const events = [undefined, "message", "command", "edit", "reaction", "button", "member"] as const;

/** The config of one network, with the keys beside it. Absent keys are left out. */
export function configOf(network: Network, section: object, beside: object = {}): Sayings {
  return written({ ...beside, [network.id]: written(section) });
}

export function owners(entries: readonly string[] | undefined): object {
  return entries === undefined ? {} : { commands: { ownerAllowFrom: entries } };
}

interface AskAxes {
  readonly chat: readonly MessageRequest["chat"][];
  readonly sender: readonly (string | null)[];
  readonly account?: readonly (string | undefined)[];
  /** What else is said of the sender. */
  readonly standing?: readonly { readonly isBot?: boolean; readonly isSelf?: boolean }[];
  readonly event?: readonly MessageRequest["event"][];
  readonly mention?: readonly Partial<Pick<MessageRequest, "mentioned" | "mentionDetectable">>[];
  readonly mentionsOthers?: readonly (boolean | undefined)[];
  readonly command?: readonly (string | null | undefined)[];
  readonly isPaired?: readonly (boolean | undefined)[];
  readonly activation?: readonly StateFacts["activation"][];
}

/** Every request of the product. In a DM the chat's id is the sender's. */
export function asks(network: Network, axes: AskAxes): readonly Case[] {
  const {
    account = [undefined],
    standing = [{}],
    event = [undefined],
    mention = [{}],
    mentionsOthers = [undefined],
  } = axes;
  const { command = [undefined], isPaired = [undefined], activation = [undefined] } = axes;
  const all = {
    chat: axes.chat,
    sender: axes.sender,
    account,
    standing,
    event,
    mention,
    mentionsOthers,
    command,
  };
  return product({ ...all, isPaired, activation }).map((point) => ({
    request: written({
      action: "message",
      provider: network.id,
      account: point.account,
      chat: point.chat.kind === "dm" ? { ...point.chat, id: point.sender || "nobody" } : point.chat,
      sender: { id: point.sender, ...point.standing },
      event: point.event,
      ...point.mention,
      mentionsOthers: point.mentionsOthers,
      command: point.command,
    }) as MessageRequest,
    state: written({ isPaired: point.isPaired, activation: point.activation }) as StateFacts,
  }));
}

export const dm = { kind: "dm", id: "" } as const;
