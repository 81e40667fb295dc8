/**
 * Reads which server a TLS client asks for, from its first message. Nothing else of the handshake is looked at, and the bytes go
 * on unchanged. Total: every input is one of four answers, and no answer is "as far as I could see it was all right".
 */

export type Hello =
  /** Whole, and it names this server (as it was sent). */
  | { readonly kind: "named"; readonly name: string }
  /** Whole, without a name. */
  | { readonly kind: "nameless" }
  /** So far the beginning of one. */
  | { readonly kind: "incomplete" }
  /** No TLS, or a hello that hides or doubles its name, or is damaged. */
  | { readonly kind: "refused" };

/** Larger than any client's, keys that withstand quantum computers included. */
export const longestHello = 32 * 1024;

const refused = { kind: "refused" } as const;
const incomplete = { kind: "incomplete" } as const;

export function readClientHello(bytes: Uint8Array): Hello {
  const message = handshakeMessage(bytes);
  if (message === "incomplete") return bytes.length < longestHello ? incomplete : refused;
  if (message === "refused") return refused;
  try {
    return helloOf(new Reader(message));
  } catch (fault) {
    if (fault instanceof RangeError) return refused;
    throw fault;
  }
}

/** The first handshake message, put together from as many records as it was cut into. */
function handshakeMessage(bytes: Uint8Array): Uint8Array | "incomplete" | "refused" {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let at = 0; ;) {
    if (bytes.length > at && bytes[at] !== 22) return "refused";
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return "refused";
    if (bytes.length < at + 5) return "incomplete";
    const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    if (length === 0 || length > 16_384) return "refused";
    const piece = bytes.subarray(at + 5, at + 5 + length);
    pieces.push(piece);
    size += piece.length;
    const first = Buffer.concat(pieces.slice(0, 4));
    if (first.length > 0 && first[0] !== 1) return "refused";
    if (first.length >= 4) {
      const whole = 4 + ((first[1]! << 16) | (first[2]! << 8) | first[3]!);
      if (whole > longestHello) return "refused";
      if (size >= whole) return Buffer.concat(pieces).subarray(4, whole);
    }
    at += 5 + length;
    if (at > bytes.length) return "incomplete";
  }
}

const serverName = 0;
const encryptedClientHello = 0xfe0d;

function helloOf(reader: Reader): Hello {
  reader.skip(2 + 32); // version, random
  reader.skip(reader.number(1)); // session
  reader.skip(reader.number(2)); // ciphers
  reader.skip(reader.number(1)); // compression
  if (reader.isAtEnd) return { kind: "nameless" };
  const extensions = reader.part(reader.number(2));
  if (!reader.isAtEnd) return refused;
  const seen = new Set<number>();
  let name: string | undefined;
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const content = extensions.part(extensions.number(2));
    // Of two names each reader may take another; behind an encrypted hello there may be a third.
    if (seen.has(type) || type === encryptedClientHello) return refused;
    seen.add(type);
    if (type === serverName) name = nameIn(content);
  }
  if (!seen.has(serverName)) return { kind: "nameless" };
  return name === undefined ? refused : { kind: "named", name };
}

/** Exactly one name, in ASCII. */
function nameIn(content: Reader): string | undefined {
  const list = content.part(content.number(2));
  if (!content.isAtEnd || list.number(1) !== 0) return undefined;
  const name = list.part(list.number(2));
  if (!list.isAtEnd || name.isAtEnd) return undefined;
  const text = Buffer.from(name.rest()).toString("latin1");
  return /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}

/** Runs out with a RangeError, never past the end. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  number(size: number): number {
    return this.#take(size).reduce((value, byte) => value * 256 + byte, 0);
  }

  skip(size: number): void {
    this.#take(size);
  }

  part(size: number): Reader {
    return new Reader(this.#take(size));
  }

  rest(): Uint8Array {
    return this.#take(this.#bytes.length - this.#at);
  }

  #take(size: number): Uint8Array {
    if (this.#at + size > this.#bytes.length) throw new RangeError("The message ends early.");
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }
}
