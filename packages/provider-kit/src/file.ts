/** Files that messages bring and answers carry. A reference is turned into bytes only when somebody asked for it. */

/** A file that goes out with a message. */
export interface OutboundFile {
  /** Shown to people: one visible line, no path; the core makes it so. */
  readonly name: string;
  /** `image/png`; what the network shows it as follows from it. */
  readonly mimeType: string;
  /** Read when it is sent, and again when it is tried again. */
  readonly bytes: () => Promise<Uint8Array>;
}

/** A file that a message brought. */
export interface FetchedFile {
  readonly bytes: Uint8Array;
  /** As the network says, which proves nothing; null when it does not say. */
  readonly mimeType: string | null;
  /** As the network says: somebody else's words, never a path. Null when it does not say. */
  readonly name: string | null;
}

export interface FetchLimit {
  /** A larger file is refused while it streams, whatever size the network claimed. */
  readonly maxBytes: number;
}

/** What a network can do with files. Without any: `{ send: false, receive: false, maxBytes: 0 }`. */
export interface FileCapabilities {
  /** Messages with `files` can be sent. */
  readonly send: boolean;
  /** Events have attachments, and the connection has `fetch`. */
  readonly receive: boolean;
  /** Of one file that is sent; 0 when none can be. */
  readonly maxBytes: number;
}
