/** What the tool `gateway` is given: the gateway's own config and its restart. Each port answers for itself what may be done. */

export interface ControlPort {
  /** The config as its file says it, without secrets, and which version of the file it is. */
  read(): Promise<ControlAnswer>;
  /** What may be written under a key; absent: the keys that there are. */
  schema(key: string | null): Promise<ControlAnswer>;
  /** Changes the file and puts it in force, where it gives nobody and nothing more. */
  apply(change: ConfigProposal): Promise<ControlAnswer>;
  /** Ends everything in order and begins anew. */
  restart(when: { readonly delayMs: number; readonly reason: string | null }): Promise<ControlAnswer>;
}

export interface ConfigProposal {
  /** JSON5: the whole config, or with `isPatch` a part that is merged into it, where null takes a key away. */
  readonly text: string;
  readonly isPatch: boolean;
  /** Of the version that the proposal was made for. */
  readonly baseHash: string;
}

export interface ControlAnswer {
  /** What happened, for the record; anything but `done` is an error to the model. */
  readonly outcome: string;
  readonly text: string;
  /** The keys that it was about, for the record. */
  readonly keys?: readonly string[];
}
