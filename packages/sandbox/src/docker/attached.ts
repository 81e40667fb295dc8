/**
 * The first process's input and output as one Duplex. What is not read makes the process wait, and what it does not take makes
 * the writer wait: nothing piles up here.
 */
import { Duplex } from "node:stream";
import type { ContainerStream } from "../engine.ts";
import { demux, type Demux } from "./demux.ts";
import { unavailable, withoutPaths } from "./fault.ts";

const keptErrorOutput = 4096;

/** @param socket the hijacked connection, to be used by nobody else. */
export function attached(socket: Duplex): ContainerStream {
  return new Attached(socket);
}

class Attached extends Duplex implements ContainerStream {
  readonly #socket: Duplex;
  readonly #frames: Demux;
  #errorOutput = Buffer.alloc(0);
  #failure = Buffer.alloc(0);
  #isFull = false;

  constructor(socket: Duplex) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#frames = demux({
      stdout: (piece) => {
        if (!this.push(piece)) this.#isFull = true;
      },
      stderr: (piece) => {
        this.#errorOutput = lastOf(this.#errorOutput, piece);
      },
      failure: (piece) => {
        this.#failure = lastOf(this.#failure, piece);
      },
    });
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#end());
    socket.on("error", (cause) => this.destroy(unavailable("The connection to the container broke.", cause)));
  }

  get errorOutput(): string {
    return this.#errorOutput.toString("utf8");
  }

  #receive(chunk: Buffer): void {
    this.#isFull = false;
    try {
      this.#frames.push(chunk);
    } catch (fault) {
      this.destroy(fault as Error);
      return;
    }
    if (this.#isFull) this.#socket.pause();
  }

  #end(): void {
    if (this.destroyed || this.readableEnded) return;
    if (this.#failure.length > 0) {
      const words = withoutPaths(this.#failure.toString("utf8").trim()).slice(0, 600);
      this.destroy(unavailable(`The container engine ended the stream: ${words}`));
    } else if (this.#frames.isWhole) this.push(null);
    else this.destroy(unavailable("The connection to the container broke in the middle of a frame."));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, (error) =>
      done(error ? unavailable("The container takes no more input.", error) : null),
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

/** Of a process that talks without end, the last words: those before it ended. */
function lastOf(kept: Buffer, piece: Uint8Array): Buffer<ArrayBuffer> {
  const all = Buffer.concat([kept, piece.subarray(Math.max(0, piece.length - keptErrorOutput))]);
  return Buffer.from(all.subarray(Math.max(0, all.length - keptErrorOutput)));
}
