/** What a mistake in a config gives away, and what it only seems to. */
import type { DecisionCode, Place } from "@clawd/policy";
import type { Capability } from "@clawd/policy/analysis";
import type { Person, Room } from "./scene.ts";

/** What is decided about an attempt: where it runs, or the code of the denial. */
export type End = Place | `${Place} after approval` | DecisionCode;

export interface Attempt {
  readonly what: Capability;
  readonly by: Person;
  /** Absent: their direct messages. */
  readonly in?: Room;
  readonly topic?: string;
  /** False: the bot is not mentioned. */
  readonly mentioned?: false;
  /** For `send`, `sessions` and `spawn` the tool of the operation. */
  readonly tool: string;
  readonly elevated?: true;
  /** `send`: into the direct messages of this person. */
  readonly to?: Person;
  /** `sessions`: the session that is read. */
  readonly session?: string;
  /** `spawn`: the agent. */
  readonly target?: string;
  readonly ends: End;
}

export interface Misconfiguration {
  readonly name: string;
  /** Beside the token, the address of the network and the model. */
  readonly config: Readonly<Record<string, unknown>> & { readonly telegram: object };
  /** `reach` must find these, and the gateway must do them. */
  readonly gets: readonly Attempt[];
  /** `reach` must not find these, and the gateway must not do them. */
  readonly lacks: readonly Attempt[];
  /** Findings of lint that must be there: code and key. */
  readonly lint: readonly string[];
  /** People whose direct messages end in one session; owners, or the analysis must say of each but the first that they share it. */
  readonly together?: readonly Person[];
  /** People whose direct messages stay apart. */
  readonly apart?: readonly Person[];
}
