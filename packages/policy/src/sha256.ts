/** SHA-256 in plain arithmetic, so that the engine runs wherever JavaScript does and stays synchronous. */

/** Lower-case hexadecimal digest of the UTF-8 form of a text. */
export function sha256(text: string): string {
  const { roots, state } = constants();
  const bytes = padded(new TextEncoder().encode(text));
  const words = new Int32Array(64);
  for (let offset = 0; offset < bytes.length; offset += 64) {
    spread(bytes, offset, words);
    compress(state, words, roots);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/**
 * The sixteen words of a block, and the rest of the schedule. Here and below, numbers one by one and no call: most configs
 * are compiled once in a process, by code that nothing has made fast, and there this is the largest part of it.
 */
function spread(bytes: Uint8Array, offset: number, words: Int32Array): void {
  for (let i = 0, at = offset; i < 16; i++, at += 4)
    words[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  for (let i = 16; i < 64; i++) {
    const a = words[i - 15]!;
    const b = words[i - 2]!;
    const early = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
    const late = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
    words[i] = words[i - 16]! + early + words[i - 7]! + late;
  }
}

function compress(state: Int32Array, words: Int32Array, roots: Int32Array): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const choice = g ^ (e & (f ^ g));
    const majority = (a & b) ^ (c & (a ^ b));
    const turnedE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const turnedA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const first = (h + turnedE + choice + roots[i]! + words[i]!) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + turnedA + majority) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/** A one bit, zeros, and the length in bits, to a multiple of 64 bytes. */
function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(bytes.length - 4, message.length * 8);
  return bytes;
}

/** The fractions of the cube and square roots of the first primes (FIPS 180-4, sections 4.2.2 and 5.3.3). */
function constants(): { roots: Int32Array; state: Int32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number) => ((root - Math.floor(root)) * 0x100000000) | 0;
  return {
    roots: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    state: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
  };
}
