/** Reads a payload field by field; whatever is missing or left over is a violation. */
import { protocolFault } from "./faults.ts";

export class PayloadReader {
  readonly bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#at === this.bytes.length;
  }
  u8(): number {
    return this.bytes.readUInt8(this.#take(1));
  }
  u16(): number {
    return this.bytes.readUInt16LE(this.#take(2));
  }
  u32(): number {
    return this.bytes.readUInt32LE(this.#take(4));
  }
  /** One that a number cannot hold is no size of anything. */
  u64(): number {
    const value = this.bytes.readBigUInt64LE(this.#take(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw protocolFault("a number beyond all sizes");
    return Number(value);
  }
  big(): bigint {
    return this.bytes.readBigUInt64LE(this.#take(8));
  }
  take(length: number): Buffer {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }
  end(): void {
    if (!this.isEmpty) throw protocolFault("a payload that is too long");
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.bytes.length) throw protocolFault("a payload that is too short");
    this.#at += length;
    return at;
  }
}
