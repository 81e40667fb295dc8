/** A connection that somebody in the container opened to the way out, as a stream of the gateway. */
import { Duplex } from "node:stream";
import type { ClawdError } from "@clawd/kernel";
import type { Connection, StreamHandler } from "./connection.ts";
import { inputFault, protocolFault } from "./faults.ts";
import { type, type Frame } from "./frames.ts";
import { Inflow } from "./inflow.ts";
import { Outflow } from "./outflow.ts";

export class EgressStream extends Duplex implements StreamHandler {
  readonly #connection: Connection;
  readonly #id: number;
  readonly #inflow: Inflow;
  readonly #outflow: Outflow;
  #unread = 0;
  #isOver = false;

  constructor(connection: Connection, id: number) {
    super({ allowHalfOpen: true });
    this.#connection = connection;
    this.#id = id;
    this.#inflow = new Inflow(connection, id);
    this.#outflow = new Outflow(connection, id);
    // One that nobody listens to is no reason to end the gateway.
    this.on("error", () => undefined);
  }

  frame(frame: Frame): boolean {
    switch (frame.type) {
      case type.data:
        this.#inflow.arrived(frame.payload.length);
        this.#unread += frame.payload.length;
        if (this.push(Buffer.from(frame.payload))) this.#grant();
        return false;
      case type.credit:
        this.#outflow.credit(frame.payload);
        return false;
      case type.end:
        this.push(null);
        return false;
      case type.close:
        this.#isOver = true;
        this.#outflow.stop(inputFault());
        this.destroy();
        return true;
      default:
        throw protocolFault("no frame of a connection");
    }
  }

  lost(fault: ClawdError): void {
    this.#isOver = true;
    this.#outflow.stop(fault);
    this.destroy(fault);
  }

  override _read(): void {
    this.#grant();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const told = (error?: Error) => done(error);
    this.#outflow.write(chunk).then(() => told(), told);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#outflow.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const isWhole = this.readableEnded && this.writableFinished;
    if (!this.#isOver && !isWhole) this.#connection.send(type.close, this.#id);
    this.#outflow.stop(inputFault());
    this.#connection.forget(this.#id);
    done(error);
  }

  #grant(): void {
    this.#inflow.used(this.#unread);
    this.#unread = 0;
  }
}
