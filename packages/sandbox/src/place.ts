/**
 * A place is where a call's files and commands are: a container, or the host. Tools see this port alone, so that a tool behaves
 * the same in both, and cannot tell a command to run anywhere else than the decision said.
 */

/** Proof of where a call really ran; goes into the audit and with every tool result. */
export type Receipt = HostReceipt | SandboxReceipt;

export interface HostReceipt {
  readonly place: "host";
  readonly uid: number;
}

export interface SandboxReceipt {
  readonly place: "sandbox";
  /** Id of the container. */
  readonly container: string;
  /** Digest of its image. */
  readonly image: string;
  /** Digest of all that the container was made from. */
  readonly configuration: string;
  /** `strong`: a kernel of its own (gVisor). */
  readonly isolation: "standard" | "strong";
  /** Which way commands take: the supervisor, or the engine's own exec where there is none. */
  readonly path: "supervisor" | "exec";
  /** How the supervisor is spoken to. */
  readonly transport: "socket" | "attach" | "exec";
}

export interface Place {
  readonly receipt: Receipt;
  /** Where relative paths begin and commands start, as the model sees it: `/workspace`, or the agent's workspace on the host. */
  readonly home: string;
  readonly environment: PlaceEnvironment;
  readonly files: Files;
  /** @throws CLAWD_COMMAND_START when the program cannot be started; its exit is no fault. */
  start(request: CommandRequest): Promise<Command>;
}

/** What commands of the place have in their environment. Nothing of the gateway's own is in it. */
export interface PlaceEnvironment {
  /** What every command begins with: PATH, HOME, LANG, … */
  readonly base: Readonly<Record<string, string>>;
  /** The names that a call may set besides. Every other name is refused, one in `base` too. */
  readonly settable: readonly string[];
}

/**
 * The files of a place. Paths are the model's: absolute, or relative to `home`. Nothing outside the place's roots is reached,
 * through no link and no race; what is written replaces the whole file or leaves it as it was.
 * @throws CLAWD_FILE_MISSING, CLAWD_FILE_OUTSIDE, CLAWD_FILE_LINK, CLAWD_FILE_KIND (no regular file, or no directory),
 * CLAWD_FILE_TOO_LARGE, CLAWD_FILE_CHANGED, CLAWD_FILE_READ_ONLY, CLAWD_FILE_FULL, CLAWD_FILE_DENIED. No message names a path of
 * the host that the model did not write itself.
 */
export interface Files {
  /** Null when nothing is there. Links are not followed: a link is `kind: "link"`. */
  stat(path: string): Promise<FileStat | null>;
  /** Without a range: the whole file, up to `maxBytes` (else CLAWD_FILE_TOO_LARGE). */
  read(path: string, range: ReadRange): Promise<FileContent>;
  /** Makes missing parents. `expect` binds what was checked to what is replaced: CLAWD_FILE_CHANGED when it does not hold. */
  write(path: string, bytes: Uint8Array, expect?: Expectation): Promise<FileStat>;
  /** Entries in the order of their names, in bytes. */
  list(path: string, limit: number): Promise<Listing>;
  /** A file or an empty directory. */
  remove(path: string, expect?: Expectation): Promise<void>;
}

export interface ReadRange {
  /** From 0. */
  readonly offset?: number;
  readonly maxBytes: number;
}

/** `absent`: nothing may be there. Otherwise the file must still be of this version. */
export type Expectation = { readonly version: string } | "absent";

export interface FileStat {
  readonly kind: "file" | "directory" | "link" | "other";
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  /** Changes whenever the file does: device, inode, size and times as one opaque word. */
  readonly version: string;
  /** Stays while it is the same file or directory, whatever is in it: device and inode. */
  readonly identity: string;
}

export interface FileContent {
  readonly bytes: Uint8Array;
  readonly stat: FileStat;
}

export interface Listing {
  readonly entries: readonly {
    readonly name: string;
    readonly kind: FileStat["kind"];
    readonly size: number;
  }[];
  /** There were more than the limit. */
  readonly isCut: boolean;
}

export interface CommandRequest {
  /** The program and its arguments, byte for byte; no shell comes between. */
  readonly argv: readonly [string, ...string[]];
  /** As the model writes paths. */
  readonly cwd: string;
  /** All of it: nothing is inherited, not even PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** `none`: end of input at once. */
  readonly input: "none" | "pipe";
  /** Absent: no terminal. With one, both streams are `stdout`. */
  readonly terminal?: TerminalSize;
  /** Absent: no end by time. When it is over, the whole tree is killed, whatever detached itself from it. */
  readonly timeoutMs?: number;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A running command. Whoever does not read `output` makes the command wait, not the gateway grow. */
export interface Command {
  /** In the order of arrival; ends when both streams are closed. To be read once. */
  readonly output: AsyncIterable<OutputPiece>;
  /** Resolves when the command has taken it; rejects with CLAWD_COMMAND_INPUT when it takes no more. */
  write(bytes: Uint8Array): Promise<void>;
  endInput(): void;
  resize(size: TerminalSize): void;
  /** Kills it with all its descendants, daemons too. Idempotent. */
  kill(): void;
  /** Settles after the last piece of output. @throws CLAWD_PLACE_LOST when the place ended under it. */
  readonly exit: Promise<CommandExit>;
}

export interface OutputPiece {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
  /**
   * Gives the memory back; `bytes` is empty afterwards. For whoever takes much and keeps nothing: the collector lets a hundred
   * megabytes of pieces lie before it looks. Absent: there is nothing to give back.
   */
  free?(): void;
}

export interface CommandExit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** `SIGKILL`, … */
  readonly signal: string | null;
  readonly isTimedOut: boolean;
  readonly durationMs: number;
}
