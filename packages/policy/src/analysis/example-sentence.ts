/** The sentences of `access.examples`, as data. Words are lower-case; ids are bare and canonical, as requests have them. */
import { findCommand, type CommandRight } from "../command-rights.ts";
import type { Plan, ToolEntry } from "../plan.ts";
import type { ChatKind } from "../request.ts";

export const grammar =
  "Write <who> <what> in <where> [as <agent>]. Who: <network>:<id>, owner, friend, stranger or paired, each with or without " +
  "on <network>. What: nothing (a message), without a mention, uses <tool>, uses <tool> elevated, gives /<command>, " +
  "sends to <network>:<kind>:<id>. Where: dm, group, channel, <network>:group:<id>, with or without topic <id>, or " +
  "<network>:channel:<id>.";

type Role = "owner" | "friend" | "stranger" | "paired";

export interface Room {
  readonly network: string;
  readonly kind: ChatKind;
  readonly id: string;
  readonly topic: string | null;
}

type Deed =
  | { readonly kind: "writes"; readonly isMentioned: boolean }
  | { readonly kind: "gives"; readonly command: CommandRight }
  | { readonly kind: "uses"; readonly name: string; readonly tool: ToolEntry; readonly isElevated: boolean }
  | { readonly kind: "sends"; readonly to: Room };

export interface Sentence {
  readonly who: Role | { readonly id: string };
  /** Null: every network. */
  readonly network: string | null;
  readonly deed: Deed;
  /** A kind: every chat of it. */
  readonly where: ChatKind | Room;
  /** Null: the agent that the chat is bound to. */
  readonly agent: string | null;
}

interface Misunderstood {
  readonly message: string;
  readonly hint: string;
}

/** Thrown and caught in this file alone. */
class NotUnderstood extends Error {}

export function readSentence(text: string, plan: Plan): Sentence | Misunderstood {
  const words = new Words(text, plan);
  try {
    return words.sentence();
  } catch (error) {
    if (error instanceof NotUnderstood) return { message: error.message, hint: grammar };
    throw error;
  }
}

const roles: readonly Role[] = ["owner", "friend", "stranger", "paired"];

/** Reads from the front, one word after the other. */
class Words {
  readonly #plan: Plan;
  readonly #words: string[];

  constructor(text: string, plan: Plan) {
    this.#plan = plan;
    this.#words = text.split(" ").filter((word) => word !== "");
  }

  sentence(): Sentence {
    const named = this.#who();
    const on = this.#has("on") ? this.#network(this.#next("a network after on")) : null;
    if (on !== null && named.network !== null && on !== named.network)
      this.#fail(`${named.network} is not ${on}`);
    const deed = this.#deed();
    if (!this.#has("in")) this.#fail(`"in" is expected ${this.#place()}`);
    const where = this.#where();
    const agent = this.#has("as") ? this.#agent(this.#next("an agent after as")) : null;
    if (this.#words.length > 0) this.#fail(`nothing is expected ${this.#place()}`);
    if (agent !== null && deed.kind !== "uses" && deed.kind !== "sends")
      this.#fail("as goes with uses and with sends to");
    const network = named.network ?? on;
    if (typeof where === "string") return { ...named, network, deed, where, agent };
    if (network !== null && network !== where.network) this.#fail(`${network} is not ${where.network}`);
    return { ...named, network: where.network, deed, where, agent };
  }

  #who(): Pick<Sentence, "who" | "network"> {
    const word = this.#next("somebody");
    const role = roles.find((known) => known === word);
    if (role !== undefined) return { who: role, network: null };
    const at = word.indexOf(":");
    if (at <= 0 || at === word.length - 1) this.#fail(`"${word}" is nobody`);
    return { who: { id: word.slice(at + 1) }, network: this.#network(word.slice(0, at)) };
  }

  #deed(): Deed {
    if (this.#has("without")) {
      if (!this.#has("a") || !this.#has("mention")) this.#fail('"without" goes on with "a mention"');
      return { kind: "writes", isMentioned: false };
    }
    if (this.#has("uses")) {
      const name = this.#next("a tool after uses");
      const tool = this.#plan.tools.get(name) ?? this.#fail(`there is no tool "${name}"`);
      return { kind: "uses", name, tool, isElevated: this.#has("elevated") };
    }
    if (this.#has("gives")) {
      const name = this.#next("a command after gives");
      const command = name.startsWith("/") ? findCommand(name.slice(1)) : null;
      return { kind: "gives", command: command ?? this.#fail(`there is no command "${name}"`) };
    }
    if (!this.#has("sends")) return { kind: "writes", isMentioned: true };
    if (!this.#has("to")) this.#fail('"sends" goes on with "to"');
    const word = this.#next("a chat after sends to");
    return { kind: "sends", to: this.#room(word) ?? this.#fail(`"${word}" is no chat`) };
  }

  #where(): Sentence["where"] {
    const word = this.#next("a chat after in");
    if (word === "dm" || word === "group" || word === "channel") return word;
    const room = this.#room(word);
    if (room === null || room.kind === "dm") return this.#fail(`"${word}" is no chat`);
    if (room.kind !== "group" || !this.#has("topic")) return room;
    return { ...room, topic: this.#next("an id after topic") };
  }

  #room(word: string): Room | null {
    const [network = "", kind = "", ...rest] = word.split(":");
    const id = rest.join(":");
    if (id === "" || (kind !== "dm" && kind !== "group" && kind !== "channel")) return null;
    return { network: this.#network(network), kind, id, topic: null };
  }

  #network(id: string): string {
    return this.#plan.networks.has(id) ? id : this.#fail(`there is no network "${id}"`);
  }

  #agent(id: string): string {
    return this.#plan.agents.has(id) ? id : this.#fail(`there is no agent "${id}"`);
  }

  #has(word: string): boolean {
    if (this.#words[0] !== word) return false;
    this.#words.shift();
    return true;
  }

  #next(what: string): string {
    return this.#words.shift() ?? this.#fail(`${what} is missing`);
  }

  #place(): string {
    return this.#words.length === 0 ? "at the end" : `at "${this.#words[0]}"`;
  }

  #fail(reason: string): never {
    throw new NotUnderstood(`The example cannot be understood: ${reason}.`);
  }
}
