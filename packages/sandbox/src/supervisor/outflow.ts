/** Bytes to the supervisor, never more than it granted. A write resolves when whoever it is for has taken it. */
import type { ClawdError } from "@clawd/kernel";
import type { Connection } from "./connection.ts";
import { inputFault, protocolFault } from "./faults.ts";
import { maxPayload, type, windowOut } from "./frames.ts";
import { PayloadReader } from "./payload.ts";

interface Waiting {
  /** The byte of the stream at which it is done. */
  readonly until: number;
  resolve(): void;
  reject(fault: ClawdError): void;
}

export class Outflow {
  readonly #connection: Connection;
  readonly #id: number;
  #queue: Uint8Array[] = [];
  #waiting: Waiting[] = [];
  #credit = windowOut;
  #accepted = 0;
  #taken = 0;
  #isEnded = false;
  #hasSaidEnd = false;
  #fault: ClawdError | null = null;

  constructor(connection: Connection, id: number) {
    this.#connection = connection;
    this.#id = id;
  }

  /** @throws CLAWD_COMMAND_INPUT after the end, or what `stop` was told. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#fault !== null || this.#isEnded) return Promise.reject(this.#fault ?? inputFault());
    if (bytes.length === 0) return Promise.resolve();
    this.#queue.push(bytes);
    this.#accepted += bytes.length;
    const until = this.#accepted;
    const written = new Promise<void>((resolve, reject) => this.#waiting.push({ until, resolve, reject }));
    this.#pump();
    return written;
  }

  end(): void {
    if (this.#isEnded || this.#fault !== null) return;
    this.#isEnded = true;
    this.#pump();
  }

  /** A CREDIT frame. @throws CLAWD_PLACE_PROTOCOL when more is granted than was sent. */
  credit(payload: Buffer): void {
    const reader = new PayloadReader(payload);
    const more = reader.u32();
    reader.end();
    if (more > windowOut - this.#credit) throw protocolFault("credit for what was not sent");
    this.#credit += more;
    this.#taken += more;
    while (this.#waiting[0] !== undefined && this.#waiting[0].until <= this.#taken)
      this.#waiting.shift()!.resolve();
    this.#pump();
  }

  /** Nothing is taken any more. */
  stop(fault: ClawdError): void {
    if (this.#fault !== null) return;
    this.#fault = fault;
    this.#queue = [];
    for (const each of this.#waiting.splice(0)) each.reject(fault);
  }

  #pump(): void {
    while (this.#credit > 0 && this.#queue.length > 0) {
      const [first] = this.#queue;
      const piece = first!.subarray(0, Math.min(this.#credit, maxPayload));
      if (piece.length === first!.length) this.#queue.shift();
      else this.#queue[0] = first!.subarray(piece.length);
      this.#credit -= piece.length;
      this.#connection.send(type.data, this.#id, piece);
    }
    if (!this.#isEnded || this.#hasSaidEnd || this.#queue.length > 0 || this.#fault !== null) return;
    this.#hasSaidEnd = true;
    this.#connection.send(type.end, this.#id);
  }
}
