/** The bytes of an answer: decoded, and bounded by what comes out, so that a small bomb is as harmless as a large file. */
import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { broken, isEgressFault, tooLarge } from "./fault.ts";

export const acceptEncoding = "gzip, deflate, br";

/** Chunks of decompressed output are this large, so the bound is overrun by one chunk at most. */
const chunkSize = 16 * 1024;

/**
 * Yields up to `maxBytes` of the decoded body.
 * @throws EgressFault CLAWD_EGRESS_TOO_LARGE after them, CLAWD_EGRESS_BROKEN for an unknown or damaged encoding; the signal's reason.
 */
export async function* boundedBody(
  message: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0;
  const source = decoded(message);
  const abort = () => source.destroy(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const room = maxBytes - total;
      total += chunk.length;
      if (chunk.length > room && room > 0) yield chunk.subarray(0, room);
      if (total > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (fault) {
    signal.throwIfAborted();
    throw isEgressFault(fault) ? fault : broken();
  } finally {
    signal.removeEventListener("abort", abort);
    source.destroy();
    message.destroy();
  }
}

function decoded(message: IncomingMessage): Readable {
  const coding = (message.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (coding === "identity" || coding === "") return message;
  // One coding only: two of them multiply what a byte can become.
  const decoder = decoders[coding]?.();
  if (decoder === undefined) throw broken();
  // The fault arrives at whoever reads the decoder.
  return pipeline(message, decoder, () => {});
}

const decoders: Readonly<Record<string, () => Transform>> = {
  // @ts-expect-error Prototype-less, so that a coding called "constructor" is unknown.
  __proto__: null,
  gzip: () => createGunzip({ chunkSize }),
  "x-gzip": () => createGunzip({ chunkSize }),
  deflate: () => createInflate({ chunkSize }),
  br: () => createBrotliDecompress({ chunkSize }),
};
