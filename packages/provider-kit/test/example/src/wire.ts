/** What Example's own library can do. Replace this by the library, and keep its types out of every other file. */

export interface Update {
  /** Counts up; a poll acknowledges everything up to the number it names. */
  readonly number: number;
  readonly kind: "message" | "edit" | "button";
  /** Of the message; of the one below which a button was pressed. */
  readonly id: string;
  readonly at: number;
  readonly from: { readonly id: string; readonly name: string; readonly isBot: boolean };
  readonly chat: { readonly id: string; readonly isGroup: boolean; readonly title: string | null };
  readonly text: string;
  readonly mentions: readonly string[];
  readonly answers: { readonly id: string; readonly from: string; readonly text: string } | null;
  /** `size` is what the sender's program said. */
  readonly file: {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly size: number;
  } | null;
}

export interface Wire {
  /** The bot's own account. */
  whoAmI(): Promise<{ readonly id: string; readonly name: string }>;
  /** Resolves with the updates after `number`, as soon as there are some, and with none when the signal aborts. */
  poll(after: number, signal: AbortSignal): Promise<readonly Update[]>;
  post(message: {
    readonly chat: string;
    readonly text: string;
    /** `says` comes back as the text of the update when one is pressed. */
    readonly buttons: readonly { readonly label: string; readonly says: string }[];
    readonly files: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[];
    readonly key: string;
  }): Promise<{ readonly id: string }>;
  /** The bytes of the file with this id, as they come; never from another host, whatever the answer says. */
  download(id: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Takes the buttons away from a message. */
  clear(chat: string, id: string): Promise<void>;
}

/** How Example's library fails. */
export class WireError extends Error {
  readonly reason:
    | "unauthorized"
    | "unreachable"
    | "slow-down"
    | "refused"
    | "cut-off"
    | "no-such-file"
    | "moved";
  readonly waitMs: number;
  /** Where the network says that it is now: not to be believed. */
  readonly location: string;

  constructor(reason: WireError["reason"], waitMs = 0, location = "") {
    super(`Example failed: ${reason}.`);
    this.reason = reason;
    this.waitMs = waitMs;
    this.location = location;
  }
}

/** Opens the library. The example has none, so it can never be reached. */
export function openWire(): Wire {
  const unreachable = () => Promise.reject(new WireError("unreachable"));
  return {
    whoAmI: unreachable,
    poll: unreachable,
    post: unreachable,
    clear: unreachable,
    download: () => {
      throw new WireError("unreachable");
    },
  };
}
