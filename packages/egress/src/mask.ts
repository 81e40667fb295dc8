/** Takes secrets out of what a server says back: a service that echoes its request would else hand them to the container. */
import { Transform } from "node:stream";

const star = "*".charCodeAt(0);

/** The text with each secret covered, letter by letter. */
export function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, "*".repeat(secret.length)), text);
}

/** Bytes with the secrets covered, wherever they are cut; as many come out as went in, so lengths that were announced hold. */
export function maskStream(secrets: readonly string[]): Transform {
  const needles = secrets.map((secret) => Buffer.from(secret));
  const longest = Math.max(0, ...needles.map(({ length }) => length));
  let held: Buffer = Buffer.alloc(0);
  const cover = (bytes: Buffer) => {
    for (const needle of needles) {
      for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
        bytes.fill(star, at, at + needle.length);
      }
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = Buffer.concat([held, chunk]);
      cover(bytes);
      // Only what may be the beginning of a secret waits for what follows.
      const from = Math.max(0, bytes.length - longest + 1);
      const keep = beginningOf(bytes, from, needles);
      held = bytes.subarray(keep);
      done(null, bytes.subarray(0, keep));
    },
    flush(done) {
      done(null, held);
    },
  });
}

/** Where the first possible beginning of a needle is that the end of the bytes cuts off. */
function beginningOf(bytes: Buffer, from: number, needles: readonly Buffer[]): number {
  for (let at = from; at < bytes.length; at++) {
    const rest = bytes.subarray(at);
    if (needles.some((needle) => needle.subarray(0, rest.length).equals(rest))) return at;
  }
  return bytes.length;
}
