/** The output of a command between its arrival and whoever reads it. What is not read stays with the command. */
import type { ClawdError } from "@clawd/kernel";
import type { OutputPiece } from "../place.ts";
import type { Inflow } from "./inflow.ts";
import { giveBack } from "./memory.ts";

/** Pieces below this are put together, so that a command that writes single bytes costs no more than its bytes. */
const small = 2048;
const joinedBytes = 16 * 1024;
/** Beyond this the last words of a killed command that nobody reads are dropped. */
const mostAfterRelease = 1024 * 1024;

interface Piece {
  readonly stream: OutputPiece["stream"];
  bytes: Uint8Array;
  /** Room behind `bytes` in the same memory, which is ours. */
  own: Buffer | null;
}

class Taken implements OutputPiece {
  readonly stream: OutputPiece["stream"];
  readonly bytes: Uint8Array;

  constructor(stream: OutputPiece["stream"], bytes: Uint8Array) {
    this.stream = stream;
    this.bytes = bytes;
  }

  free(): void {
    giveBack(this.bytes);
  }
}

export class Output implements AsyncIterable<OutputPiece> {
  readonly #inflow: Inflow;
  #pieces: Piece[] = [];
  #isOver = false;
  #isDiscarded = false;
  #isReleased = false;
  #kept = 0;
  #fault: ClawdError | null = null;
  #wake: (() => void) | null = null;
  #whenRead: (() => void)[] = [];

  constructor(inflow: Inflow) {
    this.#inflow = inflow;
  }

  push(stream: OutputPiece["stream"], bytes: Buffer): void {
    this.#inflow.arrived(bytes.length);
    if (this.#isReleased) this.#kept += bytes.length;
    if (this.#isDiscarded || this.#isReleased) this.#inflow.used(bytes.length);
    if (this.#isDiscarded || this.#kept > mostAfterRelease) return;
    if (!this.#join(stream, bytes)) this.#pieces.push({ stream, bytes: new Uint8Array(bytes), own: null });
    this.#wake?.();
  }

  /** Nothing more comes; with a fault, because the place is gone. */
  end(fault?: ClawdError): void {
    this.#isOver = true;
    this.#fault ??= fault ?? null;
    this.#wake?.();
    this.#settle();
  }

  /** Something is here that nobody has taken. */
  get isWaiting(): boolean {
    return this.#pieces.length > 0 && !this.#isReleased;
  }

  /** The end is near: what still comes is kept, up to a bound, and waits for nobody. */
  release(): void {
    if (this.#isReleased) return;
    for (const piece of this.#pieces) this.#inflow.used(piece.bytes.length);
    this.#isReleased = true;
    this.#settle();
  }

  /** When the last piece was taken, or is wanted by nobody. */
  whenRead(then: () => void): void {
    this.#whenRead.push(then);
    this.#settle();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OutputPiece, void, undefined> {
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece !== undefined) {
          if (!this.#isReleased) this.#inflow.used(piece.bytes.length);
          this.#settle();
          yield new Taken(piece.stream, piece.bytes);
        } else if (this.#fault !== null) throw this.#fault;
        else if (this.#isOver) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#discard();
    }
  }

  #discard(): void {
    this.#isDiscarded = true;
    for (const piece of this.#pieces.splice(0)) if (!this.#isReleased) this.#inflow.used(piece.bytes.length);
    this.#settle();
  }

  #settle(): void {
    if (!this.#isOver || (this.#pieces.length > 0 && !this.#isReleased)) return;
    for (const then of this.#whenRead.splice(0)) then();
  }

  #join(stream: OutputPiece["stream"], bytes: Buffer): boolean {
    const last = this.#pieces.at(-1);
    if (last === undefined || last.stream !== stream || bytes.length > small) return false;
    const filled = last.bytes.length;
    if (last.own === null) {
      if (filled > small) return false;
      last.own = Buffer.allocUnsafe(joinedBytes);
      last.own.set(last.bytes);
    }
    if (filled + bytes.length > joinedBytes) return false;
    last.own.set(bytes, filled);
    last.bytes = last.own.subarray(0, filled + bytes.length);
    return true;
  }
}
