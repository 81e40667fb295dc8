/** What a command says, in the order of arrival, and no more of it in memory than a few hundred kilobytes. */
import type { Readable } from "node:stream";
import type { OutputPiece } from "@clawd/sandbox";

/** Bytes that wait for the reader before the streams are paused. */
const most = 262_144;

export class Output implements AsyncIterable<OutputPiece> {
  readonly #streams: readonly Readable[];
  #waiting: OutputPiece[] = [];
  #bytes = 0;
  #open: number;
  #isDropping = false;
  #wake: (() => void) | null = null;

  constructor(stdout: Readable, stderr: Readable) {
    this.#streams = [stdout, stderr];
    this.#open = this.#streams.length;
    this.#take(stdout, "stdout");
    this.#take(stderr, "stderr");
  }

  /** From now on the command never waits for the reader: what does not fit is lost. For one that is being killed. */
  drop(): void {
    this.#isDropping = true;
    for (const stream of this.#streams) stream.resume();
  }

  /** For streams that somebody out of reach holds open. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OutputPiece, void> {
    try {
      for (;;) {
        const piece = this.#waiting.shift();
        if (piece !== undefined) {
          this.#bytes -= piece.bytes.length;
          if (this.#bytes < most / 2) for (const stream of this.#streams) stream.resume();
          yield piece;
        } else if (this.#open === 0) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#waiting = [];
      this.drop();
    }
  }

  #take(stream: Readable, name: OutputPiece["stream"]): void {
    stream.on("data", (bytes: Buffer) => {
      if (this.#isDropping && this.#bytes >= most) return;
      this.#waiting.push({ stream: name, bytes });
      this.#bytes += bytes.length;
      if (this.#bytes >= most && !this.#isDropping) for (const each of this.#streams) each.pause();
      this.#wake?.();
    });
    // A broken pipe ends the stream; the exit of the command says what happened.
    stream.on("error", () => undefined);
    stream.once("close", () => {
      this.#open--;
      this.#wake?.();
    });
  }
}
