/**
 * Takes frames out of chunks as they come. A frame that lies whole in a chunk is a view of it; only one that does not is copied.
 * Its payload is there until the next one is asked for.
 */
import { protocolFault } from "./faults.ts";
import { headerBytes, maxPayload, type Frame } from "./frames.ts";
import { giveBack } from "./memory.ts";

export class FrameDecoder {
  /** Of an unfinished frame: its header and what there is of its payload. */
  #partial: Buffer | null = null;
  #filled = 0;

  /** @throws CLAWD_PLACE_PROTOCOL for a frame that is too long; nothing after it can be trusted. */
  *push(chunk: Buffer): Generator<Frame, void, void> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#partial === null) {
        const frame = whole(rest);
        if (frame === null) {
          this.#begin(rest);
          return;
        }
        rest = rest.subarray(headerBytes + frame.payload.length);
        yield frame;
        continue;
      }
      rest = this.#fill(rest);
      const partial: Buffer = this.#partial;
      const frame = this.#filled === partial.length ? whole(partial) : null;
      if (frame === null) continue;
      this.#partial = null;
      yield frame;
      giveBack(partial);
    }
  }

  #begin(rest: Buffer): void {
    const size = rest.length < headerBytes ? headerBytes : headerBytes + lengthOf(rest);
    this.#partial = Buffer.allocUnsafe(size);
    this.#filled = rest.copy(this.#partial);
  }

  #fill(rest: Buffer): Buffer {
    const partial = this.#partial!;
    const taken = rest.copy(partial, this.#filled);
    this.#filled += taken;
    // The header is whole: now it is known how much belongs to it.
    if (this.#filled === headerBytes && partial.length === headerBytes && lengthOf(partial) > 0)
      this.#partial = Buffer.concat([partial], headerBytes + lengthOf(partial));
    return rest.subarray(taken);
  }
}

function lengthOf(bytes: Buffer): number {
  const length = bytes.readUInt32LE(0);
  if (length > maxPayload) throw protocolFault("a frame of more than 64 KiB");
  return length;
}

function whole(bytes: Buffer): Frame | null {
  if (bytes.length < headerBytes) return null;
  const end = headerBytes + lengthOf(bytes);
  if (bytes.length < end) return null;
  return { type: bytes[4]!, id: bytes.readUInt32LE(5), payload: bytes.subarray(headerBytes, end) };
}
