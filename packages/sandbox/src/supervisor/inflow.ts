/** How much the supervisor may send on a stream, and what of it was used up. */
import type { Connection } from "./connection.ts";
import { protocolFault } from "./faults.ts";
import { type, u32, windowIn } from "./frames.ts";

const step = windowIn / 4;

export class Inflow {
  readonly #connection: Connection;
  readonly #id: number;
  #window = windowIn;
  #owed = 0;

  constructor(connection: Connection, id: number) {
    this.#connection = connection;
    this.#id = id;
  }

  /** @throws CLAWD_PLACE_PROTOCOL when it was not granted. */
  arrived(bytes: number): void {
    if (bytes > this.#window) throw protocolFault("more than it was granted");
    this.#window -= bytes;
  }

  used(bytes: number): void {
    this.#owed += bytes;
    if (this.#owed < step) return;
    this.#connection.send(type.credit, this.#id, u32(this.#owed));
    this.#window += this.#owed;
    this.#owed = 0;
  }
}
